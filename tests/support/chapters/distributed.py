"""Quantiles and histograms."""

from __future__ import annotations

from chapters.example import Chapter, Example

CHAPTER = Chapter(
    title="Quantiles and histograms",
    text=(
        "Rows are counted in equal steps of the stated range. A median, and what else lies near the middle, "
        "is then searched for: a few noisy counts, each of the rows below one step less those above it, and "
        "each where the ones before leave the most in doubt. Far quantiles, and several of one column, come "
        "from noisy counts of all steps, and of coarser ones above them, made to agree with each other: "
        "whichever leaves the narrower interval. A histogram is a count by bands. The least and the greatest "
        "value are single rows' values and are never answered: ask for a low or a high quantile."
    ),
    examples=(
        Example(
            says="A median, in 4 steps of 131 minutes from -20",
            python='ask("offences").median("minutes", bins=4)',
            tables={"offences": "unit_id minutes\nu1 -20\nu2 110\nu3 111\nu4 500\nu5 9000\nu6 -"},
            cells={"minutes_median/bins": {("0",): 2, ("1",): 1, ("3",): 2}},
        ),
        Example(
            says="A median that is searched for, in 16 steps of 33 minutes from -20",
            python='ask("offences").median("minutes", bins=16)',
            tables={"offences": "unit_id minutes\nu1 -20\nu2 14\nu3 111\nu4 500"},
            cells={"minutes_median/search": {("0",): 1, ("1",): 1, ("3",): 1, ("15",): 1}},
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
