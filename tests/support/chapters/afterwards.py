"""What is done with the noisy cells."""

from __future__ import annotations

from chapters.example import Chapter, Example

TABLE = "unit_id kind\nu1 arson\nu2 theft\nu3 theft"

CHAPTER = Chapter(
    title="After the noise: the largest cells, counts that are not negative, weights",
    text=(
        "These change what is read from the noisy cells, or how much noise each table gets, and not the cells before "
        "the noise: every cell is counted and noised, also those that are then left out. Whatever is done after the "
        "noise costs nothing, and the answer says that it was done."
    ),
    examples=(
        Example(
            says="The most frequent kind: one cell is told, the one that came out largest after the noise",
            python='ask("offences").group_by("kind").count_rows().most_frequent(1)',
            tables={"offences": TABLE},
            cells={"rows": {("arson",): 1, ("theft",): 2}},
        ),
        Example(
            says="Counts that are not negative: noise below 0 is raised to 0 after the noise, and the answer says so",
            python='ask("offences").group_by("kind").count_rows().nonnegative()',
            tables={"offences": TABLE},
            cells={"rows": {("arson",): 1, ("theft",): 2}},
        ),
        Example(
            says="Two tables, of which that by kind matters three times as much as the total: it gets less noise",
            python='ask("offences").tables(("kind",), (), weights=(3, 1)).count_rows()',
            tables={"offences": TABLE},
            cells={"rows/1": {("arson",): 1, ("theft",): 2}, "rows/2": {(): 3}},
        ),
    ),
)
