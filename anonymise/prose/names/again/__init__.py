"""Names that were found once, wherever they stand again: in the text, and in others of the same unit."""
