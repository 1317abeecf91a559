"""The schools' calendar: public reference data, one row for each school term."""

from __future__ import annotations

from datalab.sample.agencies.register import Row
from datalab.sample.lives.calendar import TERMS, Period, period_of

DATASET = "school_terms"
COLUMNS = ("term", "starts_on", "ends_on")


def rows_of(period: Period) -> list[Row]:
    """Return the terms that begin in a period."""
    return [
        {"term": term.label, "starts_on": term.first.isoformat(), "ends_on": term.last.isoformat()}
        for term in TERMS
        if period_of(term.first) is period
    ]
