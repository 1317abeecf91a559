"""Lists of names and of words, from files beside them."""
