"""Disclosure risk of a treated table: who could be found in it by what others know of them."""
