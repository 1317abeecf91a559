"""Unlisted values."""

from __future__ import annotations

from chapters.example import Chapter, Example

CHAPTER = Chapter(
    title="Unlisted values",
    text=(
        "Where no contract lists the values of a column, those that many units have can be found out: "
        "units are counted by value, each in at most `rows_per_unit` values, and a value is told where "
        "its noisy count reaches a threshold. Below it, nothing shows that a value exists. This costs "
        "delta beside the budget. The preview shows the threshold, and how likely a value is told by how many units "
        "have it. With the most frequent cells chosen among them, intervals hold in all cells at once; before it is "
        "known how many there are, a preview reckons with 1,000 values, and says what fewer or more would change."
    ),
    examples=(
        Example(
            says="Persons by code decide which codes are told; here X was, and rows are then counted by it",
            python='ask("offences").discover("code").count_rows()',
            tables={"offences": "unit_id code\nu1 X\nu1 X\nu2 X\nu3 rare\nu4 -"},
            cells={"rows": {("X",): 3, ("(missing)",): 1}},
            values=("X",),
            counts={"X": 2, "rare": 1},
        ),
    ),
)
