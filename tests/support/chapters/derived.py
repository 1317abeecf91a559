"""Groups by bands and time."""

from __future__ import annotations

from chapters.example import Chapter, Example

CHAPTER = Chapter(
    title="Groups by bands and time",
    text=(
        "Columns worked out of others, row by row: bands of a number, periods of the calendar (day, week, "
        "month, quarter, year, academic year, financial year), the hour, weekday or month of year, "
        "categories merged, numbers held in a tighter range, weighted sums, days between two dates. Times "
        "are UTC, as they were written. The groups follow from the contract's bounds, so a date beyond "
        "them all is in none."
    ),
    examples=(
        Example(
            says="By academic year, September to August; a year that the contract's bounds do not touch is no group",
            python='ask("offences").group_by(academic_year("on")).count_rows()',
            tables={"offences": "unit_id on\nu1 2024-08-31\nu2 2024-09-01\nu3 2023-08-31"},
            cells={"rows": {("2023/24",): 1, ("2024/25",): 1}},
        ),
        Example(
            says="By weekday, of evenings only",
            python='ask("offences").where(hour("at") >= 18).group_by(weekday("at")).count_rows()',
            tables={"offences": "unit_id at\nu1 2024-05-03T18:00\nu2 2024-05-03T17:59\nu3 2024-05-05T23:30\nu4 -"},
            cells={"rows": {("Friday",): 1, ("Sunday",): 1}},
        ),
        Example(
            says="Categories merged, and a number held in a tighter range before it is summed",
            python='ask("offences").group_by(recode("kind", ["arson", "theft"])).sum(clamp("minutes", 0, 60))',
            tables={"offences": "unit_id kind minutes\nu1 arson 10\nu2 theft 500\nu3 burglary 20"},
            cells={"minutes_held_sum": {("arson or theft",): 70, ("other",): 20}},
        ),
    ),
)
