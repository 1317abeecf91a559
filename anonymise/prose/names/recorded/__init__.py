"""Names of the record in its text: in full, as initials, in short, with a slip."""
