"""The one door to Spark in de-identification."""
