"""Adapters that store: SQL tables and Parquet zones."""
