"""Units whose rows a bound could cut, bounded in arrays of words of 64 bits, and the hashes that put them in order."""
