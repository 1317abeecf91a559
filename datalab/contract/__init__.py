"""Data contracts: the model, its YAML, and what researchers see of it."""
