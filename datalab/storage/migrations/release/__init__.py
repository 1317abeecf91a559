"""Migrations of the release database."""
