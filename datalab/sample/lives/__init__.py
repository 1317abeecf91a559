"""What happens to the people of the county, as it truly happened: the planted effects are here and nowhere else."""
