"""What a model takes for a name and is nobody's: roles and procedures, things, conditions and medicines, days."""
