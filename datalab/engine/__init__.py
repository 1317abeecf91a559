"""Adapters that compute: Spark, the in-memory reference, OpenDP noise."""
