"""Counts and sums."""

from __future__ import annotations

from chapters.example import Chapter, Example

CHAPTER = Chapter(
    title="Counts and sums",
    text=(
        "Rows, distinct units, and sums of a number column whose range the contract states. Every group "
        "that the contract lists is in the answer, whether or not it has rows. Of one unit at most "
        "`rows_per_unit` rows count in all and `rows_per_cell` in a cell; each figure may look at some of "
        "the rows only (`where`)."
    ),
    examples=(
        Example(
            says="Rows and persons by kind; a person counts once in a cell",
            python='ask("offences").group_by("kind").count_rows().count_units()',
            tables={"offences": "unit_id kind\nu1 arson\nu1 arson\nu2 theft"},
            cells={"rows": {("arson",): 2, ("theft",): 1}, "units": {("arson",): 1, ("theft",): 1}},
        ),
        Example(
            says="A sum of some rows: values are held within 0 to 99.95 and counted in steps of 0.00001",
            python='ask("offences").sum("loss", where=col("kind") == "theft")',
            tables={"offences": "unit_id kind loss\nu1 theft 1.25\nu2 theft 1000\nu3 arson 7\nu4 theft -"},
            cells={"loss_sum": {(): 125_000 + 9_995_000}},
            rows_per_cell=1,
        ),
        Example(
            says="Beyond the bounds: of four rows two count, and their sum is two average rows",
            python='ask("offences").count_rows().sum("minutes")',
            tables={"offences": "unit_id minutes\nu1 100\nu1 200\nu1 300\nu1 400"},
            cells={"rows": {(): 2}, "minutes_sum": {(): 500 * 10**4}},
            rows_per_unit=2,
        ),
        Example(
            says="Conditions joined by or and not: of not (a or b), u1 is named and u2 has no ward",
            python='ask("offences").where(~(col("kind").is_in(["arson", "theft"]) | col("ward").is_missing()))'
            ".count_units()",
            tables={"offences": "unit_id kind ward\nu1 arson north\nu2 burglary -\nu3 burglary north"},
            cells={"units": {(): 1}},
        ),
        Example(
            says="A missing value compares false: u3 is neither below 100 nor at 100 and above",
            python='ask("offences").count_rows(where=col("minutes") < 100, name="low")'
            '.count_rows(where=col("minutes") >= 100, name="rows")',
            tables={"offences": "unit_id minutes\nu1 99\nu2 100\nu3 -"},
            cells={"low": {(): 1}, "rows": {(): 1}},
        ),
    ),
)
