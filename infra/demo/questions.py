"""What the demonstration's researcher asks: does school absence go with antisocial behaviour?"""

from __future__ import annotations

from datalab.query.build import ask, col, days
from datalab.query.model import Question

TERM = "2023 autumn"
FROM, BEFORE = "2023-09-01", "2024-01-01"
"""First day of that term, holidays after it included, and the first day after it (UTC)."""


def pupils() -> Question:
    """How many pupils, and how many sessions they miss, by absence band."""
    return (
        ask("school_attendance")
        .titled("Pupils by absence")
        .where(col("term") == TERM)
        .group_by("absence_band")
        .count_units()
        .mean("absence_sessions")
        .spend(rho="1/10", rows_per_unit=1, rows_per_cell=1)
    )


def suspects() -> Question:
    """How many of them are suspects of antisocial behaviour in the same term: two agencies, one person."""
    return (
        ask("police_incidents")
        .titled("Suspects of antisocial behaviour by absence")
        .where(
            (col("incident_type") == "antisocial behaviour")
            & (col("nominal_role") == "suspect")
            & (col("occurred_at") >= FROM)
            & (col("occurred_at") < BEFORE)
        )
        .join("school_attendance", where=col("term") == TERM)
        .group_by("school_attendance.absence_band")
        .count_units()
        .spend(rho="1/10", rows_per_unit=1, rows_per_cell=1)
    )


def first_incidents() -> Question:
    """Whose first incident as a suspect came within 120 days after the end of a term, by what they missed in that term.

    A term is a label; a public table gives it its dates.
    """
    return (
        ask("school_attendance")
        .titled("Absence in the term before a first incident")
        .join("school_terms", on={"term": "term"})
        .having(
            "police_incidents",
            where=col("nominal_role") == "suspect",
            within=days("school_terms.ends_on", "occurred_at", 0, 120),
            first="occurred_at",
        )
        .group_by("absence_band")
        .count_units()
        .spend(rho="1/10", rows_per_unit=1, rows_per_cell=1)
    )


def beats() -> Question:
    """How many people stand in incidents on each beat: beats are listed by no contract, and rare ones stay untold."""
    return (
        ask("police_incidents")
        .titled("People by beat")
        .discover("beat")
        .count_units()
        .spend(rho="1/10", rows_per_unit=1, rows_per_cell=1)
    )
