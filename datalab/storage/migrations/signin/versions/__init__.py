"""Migrations of the sign-in database."""
