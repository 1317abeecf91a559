"""The commands of this package, and how they look in a terminal."""
