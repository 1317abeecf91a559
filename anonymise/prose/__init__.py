"""Free text: what identifies somebody in it, found and replaced by typed placeholders."""
