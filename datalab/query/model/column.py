"""Columns as questions name them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRef:
    """A column of the question's dataset, or of one joined to it."""

    name: str
    dataset: str | None = None
    """None means the question's own dataset."""

    def __str__(self) -> str:
        """Render as `column` or `dataset.column`."""
        return f"{self.dataset}.{self.name}" if self.dataset else self.name
