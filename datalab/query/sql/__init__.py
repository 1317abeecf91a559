"""Questions in SQL: a small, strict subset of the standard's SELECT, read into the query model and written from it."""
