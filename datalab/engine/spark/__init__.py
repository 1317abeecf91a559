"""The one door to Spark in the core."""
