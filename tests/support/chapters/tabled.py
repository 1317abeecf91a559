"""Several tables."""

from __future__ import annotations

from chapters.example import Chapter, Example

CHAPTER = Chapter(
    title="Several tables at once",
    text=(
        "A table and its margins cost less together than singly: all are added up from the same bounded "
        "cells, share the budget by weight, and are made to agree with each other after the noise. Different "
        "persons are counted in each table by itself: they do not add up."
    ),
    examples=(
        Example(
            says="Kind by ward, and the margin by kind",
            python='ask("offences").group_by("kind", "ward").tables(("kind", "ward"), ("kind",)).count_rows()',
            tables={"offences": "unit_id kind ward\nu1 arson north\nu1 arson south\nu2 theft -"},
            cells={
                "rows/1": {("arson", "north"): 1, ("arson", "south"): 1, ("theft", "(missing)"): 1},
                "rows/2": {("arson",): 2, ("theft",): 1},
            },
        ),
        Example(
            says="Persons by kind and in all: who did both is one person in all, so these are not sums",
            python='ask("offences").group_by("kind").margins().count_units()',
            tables={"offences": "unit_id kind\nu1 arson\nu1 theft\nu1 theft\nu2 theft"},
            cells={"units/1": {("arson",): 1, ("theft",): 2}, "units/2": {(): 2}},
        ),
    ),
)
