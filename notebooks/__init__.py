"""What researchers use: describing questions, reading answers."""
