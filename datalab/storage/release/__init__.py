"""The release database: privacy ledger and requests."""
