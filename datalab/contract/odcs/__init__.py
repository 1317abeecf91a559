"""Contract files: Open Data Contract Standard YAML, read and written strictly."""
