"""Names that lists know."""
