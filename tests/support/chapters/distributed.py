"""Quantiles and histograms."""

from __future__ import annotations

from chapters.example import Chapter, Example

CHAPTER = Chapter(
    title="Quantiles and histograms",
    text=(
        "A quantile comes from noisy counts of rows in equal steps of the stated range, and in coarser "
        "steps above them, made to agree with each other. A histogram is a count by bands. The least and "
        "the greatest value are single rows' values and are never answered: ask for a low or a high "
        "quantile."
    ),
    examples=(
        Example(
            says="A median, in 4 steps of 131 minutes from -20",
            python='ask("offences").median("minutes", bins=4)',
            tables={"offences": "unit_id minutes\nu1 -20\nu2 110\nu3 111\nu4 500\nu5 9000\nu6 -"},
            cells={"minutes_median/bins": {("0",): 2, ("1",): 1, ("3",): 2}},
        ),
        Example(
            says="A histogram: each edge belongs to the band above it",
            python='ask("offences").histogram("minutes", 10, 60)',
            tables={"offences": "unit_id minutes\nu1 9\nu2 10\nu3 59\nu4 60\nu5 -"},
            cells={
                "rows": {
                    ("below 10",): 1,
                    ("10 to below 60",): 2,
                    ("60 and over",): 1,
                    ("(missing)",): 1,
                }
            },
        ),
        Example(
            says="How many rows nine in ten persons have at most, for choosing `rows_per_unit`",
            python='ask("offences").unit_rows("9/10")',
            tables={"offences": "unit_id\nu1\nu1\nu1\nu2\nu3"},
            cells={"rows_per_unit_p90": {("1",): 2, ("3",): 1}},
        ),
        Example(
            says="For the least and the greatest value: a low and a high quantile, read from the same bins",
            python='ask("offences").quantile("minutes", "1/50", bins=4).quantile("minutes", "49/50", bins=4)',
            tables={"offences": "unit_id minutes\nu1 -20\nu2 110\nu3 111\nu4 500"},
            cells={"minutes_p2/bins": {("0",): 2, ("1",): 1, ("3",): 1}},
        ),
    ),
)
