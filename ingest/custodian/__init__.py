"""What runs on a custodian's own machine: sealing, sending, rehearsing."""
