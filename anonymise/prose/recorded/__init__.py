"""What a row says of its person, and where that stands in the text of the row."""
