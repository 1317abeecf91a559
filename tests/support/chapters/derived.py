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
            cells={"minutes_held_sum": {("arson or theft",): 70 * 10**5, ("other",): 20 * 10**5}},
        ),
        Example(
            says="By financial year, April to March",
            python='ask("offences").group_by(financial_year("on")).count_rows()',
            tables={"offences": "unit_id on\nu1 2024-03-31\nu2 2024-04-01\nu3 2024-12-31"},
            cells={"rows": {("2023/24",): 1, ("2024/25",): 2}},
        ),
        Example(
            says="By day",
            python='ask("offences").group_by(day("on")).count_rows()',
            tables={"offences": "unit_id on\nu1 2024-02-29\nu2 2024-03-01\nu3 2024-03-01"},
            cells={"rows": {("2024-02-29",): 1, ("2024-03-01",): 2}},
        ),
        Example(
            says="By week of ISO 8601, Monday to Sunday: the last Monday of 2024 is of the first week of 2025",
            python='ask("offences").group_by(week("on")).count_rows()',
            tables={"offences": "unit_id on\nu1 2024-01-01\nu2 2024-01-07\nu3 2024-01-08\nu4 2024-12-30"},
            cells={"rows": {("2024-W01",): 2, ("2024-W02",): 1, ("2025-W01",): 1}},
        ),
        Example(
            says="By month",
            python='ask("offences").group_by(month("on")).count_rows()',
            tables={"offences": "unit_id on\nu1 2024-02-29\nu2 2024-03-01\nu3 2024-03-31"},
            cells={"rows": {("2024-02",): 1, ("2024-03",): 2}},
        ),
        Example(
            says="By quarter",
            python='ask("offences").group_by(quarter("on")).count_rows()',
            tables={"offences": "unit_id on\nu1 2024-03-31\nu2 2024-04-01\nu3 2024-06-30"},
            cells={"rows": {("2024-Q1",): 1, ("2024-Q2",): 2}},
        ),
        Example(
            says="By year, of a time: the contract's bounds end with 2024, and a missing time has a group of its own",
            python='ask("offences").group_by(year("at")).count_rows()',
            tables={"offences": "unit_id at\nu1 2024-01-01T00:00\nu2 2024-12-31T23:59\nu3 2023-12-31T23:59\nu4 -"},
            cells={"rows": {("2024",): 2, ("(missing)",): 1}},
        ),
        Example(
            says="By month of the year",
            python='ask("offences").group_by(month_of_year("on")).count_rows()',
            tables={"offences": "unit_id on\nu1 2024-03-31\nu2 2024-04-01\nu3 2024-04-30"},
            cells={"rows": {("March",): 1, ("April",): 2}},
        ),
        Example(
            says="By hour of the day",
            python='ask("offences").group_by(hour("at")).count_rows()',
            tables={"offences": "unit_id at\nu1 2024-05-03T18:00\nu2 2024-05-04T18:59\nu3 2024-05-05T00:00\nu4 -"},
            cells={"rows": {("0",): 1, ("18",): 2, ("(missing)",): 1}},
        ),
        Example(
            says="By days between two dates: of a time its date counts, and one that comes before is below 0",
            python='ask("offences").group_by(days_between("on", "at")).count_rows()',
            tables={
                "offences": "unit_id on at\nu1 2024-05-02 2024-05-01T23:59\nu2 2024-05-02 2024-05-02T00:00\n"
                "u3 2024-05-02 2024-05-09T23:00"
            },
            cells={"rows": {("-1",): 1, ("0",): 1, ("7",): 1}},
        ),
        Example(
            says="A weighted sum of columns in each row, 60 + 12.50 and 10 of u4; missing where one of them is",
            python='ask("offences").sum(combine({"minutes": 0.5, "loss": 2}, constant=10))',
            tables={"offences": "unit_id minutes loss\nu1 100 1.25\nu2 10 -\nu3 - 3\nu4 0 0"},
            cells={"minutes_combined_sum": {(): 625_000 + 100_000}},
        ),
    ),
)
