"""What stands in a text for what was found in it: plain or numbered placeholders, moved dates, surrogates."""
