"""Questions: the model, JSON, the builder, the checks, the explanation."""
