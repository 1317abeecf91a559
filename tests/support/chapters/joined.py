"""Joins."""

from __future__ import annotations

from chapters.example import Chapter, Example

CHAPTER = Chapter(
    title="Joins: by unit, window and look-up; having, without, first",
    text=(
        "Rows of another dataset about the same person are paired with those of the question, or decide "
        "which of them are kept (`having`, `without`). A window says how many days lie between the two "
        "events. Each side is bounded to `rows_per_unit` rows of a person before pairs are made. A public "
        "table is looked up by columns. `first` and `last` keep one row of each person."
    ),
    examples=(
        Example(
            says="Every offence with every visit of the same person",
            python='ask("offences").join("visits").group_by("visits.clinic").count_rows()',
            tables={
                "offences": "unit_id kind\nu1 arson\nu1 theft\nu2 theft",
                "visits": "unit_id clinic\nu1 a\nu1 b\nu3 b",
            },
            cells={"rows": {("a",): 2, ("b",): 2}},
        ),
        Example(
            says="Visits within 30 days after an offence: the day itself and the thirtieth count",
            python='ask("offences").join("visits", within=days("on", "seen_on", 0, 30)).count_rows().count_units()',
            tables={
                "offences": "unit_id on\nu1 2024-05-01\nu2 2024-05-01",
                "visits": "unit_id seen_on\nu1 2024-05-01\nu1 2024-05-31\nu1 2024-06-01\nu2 2024-04-30",
            },
            cells={"rows": {(): 2}, "units": {(): 1}},
        ),
        Example(
            says="Visits on a later day than an offence, and fewer than 30 days after it: of dates a day less each way",
            python='ask("offences").join("visits", within=days("on", "seen_on", more_than=0, fewer_than=30))'
            ".count_rows()",
            tables={
                "offences": "unit_id on\nu1 2024-05-01\nu2 2024-05-01",
                "visits": "unit_id seen_on\nu1 2024-05-01\nu1 2024-05-02\nu1 2024-05-30\nu1 2024-05-31\nu2 2024-04-30",
            },
            cells={"rows": {(): 2}},
        ),
        Example(
            says="Offences of persons with a visit on any later day, each counted once",
            python='ask("offences").having("visits", within=days("on", "seen_on", more_than=0)).count_rows()',
            tables={
                "offences": "unit_id on\nu1 2024-05-01\nu2 2024-05-01\nu3 2024-05-01",
                "visits": "unit_id seen_on\nu1 2024-05-02\nu1 2024-08-01\nu2 2024-05-01\nu3 2024-04-30",
            },
            cells={"rows": {(): 1}},
        ),
        Example(
            says="Between two timestamps exact time counts, in days of 24 hours",
            python='ask("offences").having("visits", within=days("at", "seen_at", 0, 1)).count_rows()',
            tables={
                "offences": "unit_id at\nu1 2024-05-01T12:00\nu2 2024-05-01T12:00",
                "visits": "unit_id seen_at\nu1 2024-05-02T12:00\nu2 2024-05-02T12:01",
            },
            cells={"rows": {(): 1}},
        ),
        Example(
            says="Offences of persons with a visit to clinic a, each counted once",
            python='ask("offences").having("visits", where=col("clinic") == "a").count_rows()',
            tables={
                "offences": "unit_id kind\nu1 arson\nu1 theft\nu2 theft",
                "visits": "unit_id clinic\nu1 a\nu1 a\nu2 b",
            },
            cells={"rows": {(): 2}},
        ),
        Example(
            says="Offences of persons without a visit",
            python='ask("offences").without("visits").count_rows()',
            tables={"offences": "unit_id kind\nu1 arson\nu2 theft\nu3 theft", "visits": "unit_id clinic\nu1 a"},
            cells={"rows": {(): 2}},
        ),
        Example(
            says="Each person's first offence by kind",
            python='ask("offences").first("on").group_by("kind").count_rows()',
            tables={"offences": "unit_id kind on\nu1 arson 2024-03-01\nu1 theft 2024-02-01\nu2 burglary 2024-05-01"},
            cells={"rows": {("theft",): 1, ("burglary",): 1}},
        ),
        Example(
            says="Offences with another of the same person within 30 days after: no offence is its own partner",
            python='ask("offences").having("offences", within=days("on", "on", 0, 30)).group_by("kind").count_rows()',
            tables={
                "offences": "unit_id kind on\nu1 arson 2024-05-01\nu1 theft 2024-05-31\nu1 theft 2024-07-01\n"
                "u2 theft 2024-05-01\nu3 burglary 2024-05-01\nu3 burglary 2024-05-01"
            },
            cells={"rows": {("arson",): 1, ("burglary",): 2}},
        ),
        Example(
            says="Each person's first arson, where no theft of theirs follows within 30 days",
            python='ask("offences").where(col("kind") == "arson").first("on")'
            '.without(\n    "offences", where=col("kind") == "theft", within=days("on", "on", 0, 30)\n).count_units()',
            tables={
                "offences": "unit_id kind on\nu1 arson 2024-05-01\nu1 theft 2024-05-31\nu2 arson 2024-05-01\n"
                "u2 arson 2024-05-02\nu3 arson 2024-05-01\nu3 theft 2024-04-30"
            },
            cells={"units": {(): 2}},
        ),
        Example(
            says="A public table looked up by ward",
            python='ask("offences").join("rates", on={"ward": "ward"}).sum("rates.people")',
            tables={
                "offences": "unit_id ward\nu1 north\nu2 south\nu3 -",
                "rates": "ward people\nnorth 500\nsouth 700",
            },
            cells={"people_sum": {(): 1_200}},
        ),
        Example(
            says="Absence in the term before a first offence: a public table says when terms end, and 120 days count",
            python='ask("lessons").join("terms", on={"term": "term"})'
            '.having(\n    "offences", within=days("terms.ends_on", "on", 0, 120), first="on"\n)'
            '.group_by("missed").count_units()',
            tables={
                "lessons": "unit_id term missed\nu1 spring many\nu1 summer few\nu2 spring many\nu3 summer many",
                "terms": "term starts_on ends_on\nspring 2024-01-08 2024-03-28\nsummer 2024-04-15 2024-07-24",
                "offences": "unit_id on\nu1 2024-07-26\nu1 2024-11-01\nu2 2024-03-01\nu2 2024-05-01\nu3 2024-07-24",
            },
            cells={"units": {("many",): 2, ("few",): 1}},
        ),
        Example(
            says="The same from the other side: each person's first offence by what they missed in the term before it",
            python='ask("offences").first("on").join("lessons").join("terms", on={"lessons.term": "term"})'
            '.where(\n    days_between("terms.ends_on", "on") >= 0, days_between("terms.ends_on", "on") <= 120\n)'
            '.group_by("lessons.missed").count_rows()',
            tables={
                "lessons": "unit_id term missed\nu1 spring many\nu1 summer few\nu2 spring many\nu3 summer many",
                "terms": "term starts_on ends_on\nspring 2024-01-08 2024-03-28\nsummer 2024-04-15 2024-07-24",
                "offences": "unit_id on\nu1 2024-07-26\nu1 2024-11-01\nu2 2024-03-01\nu2 2024-05-01\nu3 2024-07-24",
            },
            cells={"rows": {("many",): 2, ("few",): 1}},
        ),
        Example(
            says="Each person's last offence, and with it the first visit",
            python='ask("offences").last("on").join("visits", first="seen_on").group_by("kind", "visits.clinic")'
            ".count_rows()",
            tables={
                "offences": "unit_id kind on\nu1 arson 2024-01-01\nu1 theft 2024-02-01",
                "visits": "unit_id clinic seen_on\nu1 b 2024-03-02\nu1 a 2024-03-01",
            },
            cells={"rows": {("theft", "a"): 1}},
        ),
    ),
)
