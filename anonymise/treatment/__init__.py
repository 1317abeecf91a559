"""Treatment of a batch of rows: drop, pseudonymise, generalise, redact, keep; and the count of it."""
