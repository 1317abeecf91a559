"""The landing zone: receiving extracts, and keeping and destroying their ciphertext."""
