"""The secrets behind pseudonyms and match keys, and the pseudonyms made with them."""
