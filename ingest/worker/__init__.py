"""The ingest worker: durable steps from a received extract to views, and what they clean up."""
