"""Counts of what treatment did: added up over batches, written as JSON, never a value of the data.

A tally travels as a row of the treated table itself. What was written once was counted once, however often Spark
tried a task; accumulators count every try.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

PLACEHOLDER = "placeholder "
"""What begins the name of a count of placeholders: `placeholder PERSON`."""

PLANTED = "planted "
"""What begins the name of a count of canaries: `planted PERSON`."""
MISSED = "missed "
"""What begins the name of a count of canaries that redaction left: `missed PERSON`."""


class Did(StrEnum):
    """What was done to a cell."""

    MISSING = "missing"
    """There was nothing to treat."""
    DROPPED = "dropped"
    PSEUDONYMISED = "pseudonymised"
    GENERALISED = "generalised"
    TOP_CODED = "top coded"
    """Of the generalised: above the limit, or in the open top band."""
    SHIFTED = "shifted"
    """Of the generalised: dates moved by the days of their unit."""
    UNFIT = "unfit"
    """Blanked, because the value has no coarser form."""
    UNLISTED = "unlisted"
    """Of the generalised: into something that the contract does not list."""
    SEARCHED = "searched"
    """Free text that was searched for identifiers."""
    CHANGED = "changed"
    """Of the searched: at least one placeholder was put in."""
    UNREADABLE = "unreadable"
    """Free text that was replaced as a whole."""
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of one or more batches."""

    rows: int = 0
    """Rows that came in."""
    without_unit: int = 0
    """Rows left out, because nothing says whose they are."""
    columns: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Of each column how often each thing was done, by `Did` and by placeholder."""

    def document(self) -> dict[str, object]:
        """Render for a report."""
        return {
            "rows": self.rows,
            "rows_without_unit": self.without_unit,
            "columns": {name: dict(counts) for name, counts in self.columns.items()},
        }

    def to_json(self) -> str:
        """Render for a row of the treated table."""
        return json.dumps(self.document(), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Tally:
        """Read what `to_json` wrote."""
        document = json.loads(text)
        return cls(rows=document["rows"], without_unit=document["rows_without_unit"], columns=document["columns"])


def total(tallies: Iterable[Tally]) -> Tally:
    """Add tallies up."""
    rows = without_unit = 0
    columns: dict[str, Counter[str]] = {}
    for tally in tallies:
        rows += tally.rows
        without_unit += tally.without_unit
        for name, counts in tally.columns.items():
            columns.setdefault(name, Counter()).update(counts)
    return Tally(rows=rows, without_unit=without_unit, columns={name: dict(counts) for name, counts in columns.items()})
