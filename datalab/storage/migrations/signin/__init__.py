"""Migrations of the sign-in database: see `versions`."""
