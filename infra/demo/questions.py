"""What the demonstration's researcher asks: does school absence go with antisocial behaviour?"""

from __future__ import annotations

from datalab.query.build import ask, col
from datalab.query.model import Question

TERM = "2023 autumn"
MONTHS = ("2023-09", "2023-10", "2023-11", "2023-12")


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
            & col("occurred_at").is_in(MONTHS)
        )
        .join("school_attendance", where=col("term") == TERM)
        .group_by("school_attendance.absence_band")
        .count_units()
        .spend(rho="1/10", rows_per_unit=1, rows_per_cell=1)
    )
