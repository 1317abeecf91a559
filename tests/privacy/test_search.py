"""Searching for a quantile: what a unit moves, how often intervals hold, how near figures are, beside noisy bins."""
