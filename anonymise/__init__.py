"""De-identification: recognisers, pseudonyms, match keys, generalisation; contract and rows in, safe rows out."""
