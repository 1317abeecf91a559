"""Who lives in the fictional county: names, households, places and their numbers."""
