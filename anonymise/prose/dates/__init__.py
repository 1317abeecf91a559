"""Dates as people write them in prose: days, ranges of days, and months and seasons that tell of when."""
