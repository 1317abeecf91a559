"""What canaries are made of: names, numbers and homes that nobody has, and the words of notes around them."""
