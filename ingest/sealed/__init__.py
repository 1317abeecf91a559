"""What crosses from an agency to the lab besides the rows: keys, manifest, signature."""
