"""A live connection to a kernel through the lab door: how it is opened, counted and passed on."""
