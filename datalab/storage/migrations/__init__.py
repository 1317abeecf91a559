"""Migrations: how a database of an older version of the lab becomes one of this version; forward only."""
