"""A part of an extract after treatment, and who keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatedPart:
    """The rows of some units, de-identified."""

    number: int
    """From 0."""
    rows: int
    """Rows that came in."""
    texts: int
    """Cells of free text among them."""
    content: bytes = field(repr=False)
    """A Parquet file under the plan's schema and `_tally`."""


class Keeper(Protocol):
    """Keeps parts. It travels to Spark's workers inside a function, keys and all (law 5)."""

    def keep(self, part: TreatedPart) -> None:
        """Keep a part, whole or not at all; one that is kept again takes the place of the first."""
