"""What holds a sandbox to its share of the machine, from its start to what is left behind."""
