"""The control database: catalogue, governance, jobs."""
