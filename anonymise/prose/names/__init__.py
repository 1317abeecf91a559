"""Names of people: found by lists, by where they stand, by the record, again; and what the model takes for one."""
