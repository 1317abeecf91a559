"""The way in: checks on what a researcher brings, who may decide on it, and where it is placed."""
