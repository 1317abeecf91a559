"""Where a project's view of a dataset lies, for an engine to read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from datalab.query.schema import ViewSchema


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRef:
    """One Parquet folder and how it is laid out.

    Columns are `unit_id` (string; absent from public data) and those of the schema: string, integer as bigint,
    number as double, date, timestamp, boolean.
    """

    path: Path
    buckets: int
    """Number of Parquet buckets by `unit_id`, each sorted by it; 0 means that the rows lie in no order."""
    schema: ViewSchema
    rows: int | None = None
    """How many rows it has, where that is known: what an engine is chosen by, and never what it answers."""
