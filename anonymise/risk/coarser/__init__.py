"""Coarser treatments of quasi-identifiers: what could be done, and what it would cost in information."""
