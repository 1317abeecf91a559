"""Sample agencies: one county as four agencies see it, with the truth beside it."""
