"""The one door to Spark in ingest."""
