"""The demonstration: the whole journey with sample agencies, by the commands that people would type."""
