"""Several tables."""

from __future__ import annotations

from chapters.example import Chapter, Example

CHAPTER = Chapter(
    title="Several tables at once",
    text=(
        "**Rows and sums** of a table and its margins are added up from the same bounded cells, share the budget by "
        "weight, and are made to agree after the noise. So each table tells of the others, and has less noise than its "
        "share of the budget alone would leave. With a cap of R, as many rows of a person in a cell as in all, they "
        "are together more exact than one by one for the same price. With a smaller cap a margin is another figure "
        "than the one asked by itself: of a person it lets through what its cells let through, up to R rows; by itself "
        "it lets through the cap, with less noise and more left out.\n\n"
        "**Different persons** are counted in each table by itself: they do not add up, and no table tells of another. "
        "Together they cost what they cost one by one, with the budget split by weight. Where R is 1, each person "
        "is one row in one cell: rows are then as many as persons, and are the cheaper figure."
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
