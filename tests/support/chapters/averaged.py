"""Means, variances and ratios."""

from __future__ import annotations

from chapters.example import Chapter, Example

CHAPTER = Chapter(
    title="Means, variances and ratios",
    text=(
        "A mean is a noisy sum of distances from the middle of the stated range over a noisy count of rows that have "
        "a value; a variance adds the squares of those distances, in coarser steps; a rate is one noisy amount over "
        "another. A share of rows is the mean of a condition, 1 where a row meets it and 0 where not: its middle is "
        "one half, and it is summed in millionths. Both of its sides keep the same rows of a unit, so it is the share "
        "of the kept rows. All parts are protected, and the interval is that of the ratio."
    ),
    examples=(
        Example(
            says="A mean: distances from 240, the middle of -20 to 500; rows without a value do not count",
            python='ask("offences").mean("minutes")',
            tables={"offences": "unit_id minutes\nu1 250\nu2 -\nu3 -20"},
            cells={"minutes_mean/values": {(): 2}, "minutes_mean/sum": {(): (10 - 260) * 10**4}},
        ),
        Example(
            says="A variance: the squares of the same distances, too",
            python='ask("offences").variance("minutes")',
            tables={"offences": "unit_id minutes\nu1 250\nu2 230\nu3 243"},
            cells={
                "minutes_variance/values": {(): 3},
                "minutes_variance/sum": {(): (10 - 10 + 3) * 10**4},
                "minutes_variance/squares": {(): (100 + 100 + 9) * 10**2},
            },
        ),
        Example(
            says="A mean and a variance of one column: three noisy vectors, for both are made of one count and one sum",
            python='ask("offences").mean("minutes").variance("minutes")',
            tables={"offences": "unit_id minutes\nu1 250\nu2 230\nu3 243"},
            cells={
                "minutes_mean/values": {(): 3},
                "minutes_mean/sum": {(): (10 - 10 + 3) * 10**4},
                "minutes_variance/squares": {(): (100 + 100 + 9) * 10**2},
            },
        ),
        Example(
            says="A share of rows, by ward",
            python='ask("offences").group_by("ward").share(col("kind") == "arson")',
            tables={"offences": "unit_id ward kind\nu1 north arson\nu2 north theft\nu3 south theft"},
            cells={"kind_share/top": {("south",): -500_000}, "kind_share/bottom": {("north",): 2, ("south",): 1}},
        ),
        Example(
            says="A share of some rows: of those of grade 1, how many are large losses; u1 has 20, of which 10 count",
            python='ask("offences").ratio(top=rows(where=(col("grade") == 1) & (col("loss") > 9)), '
            'bottom=rows(where=col("grade") == 1))',
            tables={"offences": "unit_id grade loss\n" + "u1 1 50\n" * 5 + "u1 1 2\n" * 15 + "u2 2 50"},
            cells={"loss_share/top": {(): -2_500_000}, "loss_share/bottom": {(): 10}},
        ),
        Example(
            says="Minutes a person",
            python='ask("offences").ratio(top=total("minutes"), bottom=units())',
            tables={"offences": "unit_id minutes\nu1 10\nu1 20\nu2 30"},
            cells={"ratio/top": {(): 60 * 10**4}, "ratio/bottom": {(): 2}},
        ),
        Example(
            says="A standard deviation: the parts of a variance, whose root is taken after the noise",
            python='ask("offences").deviation("minutes", where=col("kind") != "arson")',
            tables={"offences": "unit_id kind minutes\nu1 theft 250\nu2 theft 230\nu3 theft 243\nu4 arson 500"},
            cells={
                "minutes_deviation/values": {(): 3},
                "minutes_deviation/sum": {(): (10 - 10 + 3) * 10**4},
                "minutes_deviation/squares": {(): (100 + 100 + 9) * 10**2},
            },
        ),
        Example(
            says="Offences per 100 persons: what is stated per so many changes the figure, not the cells",
            python='ask("offences").ratio(top=rows(), bottom=units(), per=100)',
            tables={"offences": "unit_id\nu1\nu1\nu2"},
            cells={"rate/top": {(): 3}, "rate/bottom": {(): 2}},
        ),
    ),
)
