"""Public data."""

from __future__ import annotations

from chapters.example import Chapter, Example

CHAPTER = Chapter(
    title="Public data",
    text=("Public reference data is nobody's: it is counted exactly, nothing is bounded, and nothing is spent."),
    examples=(
        Example(
            says="Exact counts and sums",
            python='ask("rates").group_by("ward").count_rows().sum("people")',
            tables={"rates": "ward people\nnorth 5\nnorth 7\nsouth -"},
            cells={"rows": {("north",): 2, ("south",): 1}, "people_sum": {("north",): 12}},
            rows_per_unit=1,
        ),
    ),
)
