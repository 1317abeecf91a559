"""Readers: a file that an agency sent in, batches of text cells out, or every fault at once."""
