"""A first contract, drafted from a sample on the custodian's own machine."""
