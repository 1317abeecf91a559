"""Prose as a reader sees it: signs of print, markup and hidden letters undone, numbers as they are read aloud."""
