"""Names by what they are: lists of given names and surnames, short forms, slips, and the same name again."""
