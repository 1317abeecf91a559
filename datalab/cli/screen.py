"""A terminal on which no figure is cut: a table that does not fit is printed wider, for the terminal to wrap or scroll.

Rich would print `0.1…` for a budget of 0.199999999, which is another figure.
"""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

WIDE = 132
"""Characters that a table of figures may have; one that needs more holds sentences, which fold."""


def say(text: str) -> None:
    """Print a sentence as it is: words in brackets are no markup, and lines are the terminal's to wrap."""
    Console(soft_wrap=True).print(text, markup=False, highlight=False)


class Screen(Console):
    """A console that gives tables of figures the width they need, and folds long words instead of cutting them."""

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401 - as the method that it extends
        """Print as `rich.console.Console.print` does."""
        tables = [each for each in objects if isinstance(each, Table)]
        before = self.width
        self.width = max([before, *(self._needed(table) for table in tables)])
        try:
            super().print(*objects, **options)
        finally:
            self.width = before

    def _needed(self, table: Table) -> int:
        for column in table.columns:
            column.overflow = "fold"
        measured = Measurement.get(self, self.options.update(max_width=WIDE * 10), table)
        return measured.maximum if measured.maximum <= WIDE else min(measured.minimum, WIDE)
