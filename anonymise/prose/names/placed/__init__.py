"""Names by where they stand: a title, a label, a surname before or behind, a verb of people."""
