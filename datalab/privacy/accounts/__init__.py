"""What the ledger is made of: accounts, the acts that fill them, and the mechanisms that charges were computed from."""
