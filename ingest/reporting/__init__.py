"""What is found in an extract, in names, places and counts; never a value."""
