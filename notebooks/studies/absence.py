"""Does missing school go with antisocial behaviour in the same term?

Two agencies, one person: pupils in the schools' file, suspects in the police's. How many pupil-terms there are by
absence, and how many incidents came of them, give a rate for each band; the rates over that of the lowest band are
the finding. People whom the lab could not link are missing from every band alike, so a ratio hardly feels them.
"""

from __future__ import annotations

from collections.abc import Mapping

from datalab.query.build import Condition, ask, col
from datalab.query.model import Question
from notebooks.studies.counts import Counts
from notebooks.studies.interval import Interval, events, members, ratio
from notebooks.studies.study import Finding, Study

BANDS = ("under 5%", "5% to under 10%", "10% to under 50%", "50% or more")
"""Share of possible sessions missed in the term; the first is what the others are compared with."""
OLD_ENOUGH = tuple(f"Year {year}" for year in range(6, 12))
"""Years in which every pupil is 10 or more, the age of criminal responsibility in England and Wales."""
TERMS = {
    "2023 spring": ("2023-01-01", "2023-04-01"),
    "2023 summer": ("2023-04-01", "2023-09-01"),
    "2023 autumn": ("2023-09-01", "2024-01-01"),
    "2024 spring": ("2024-01-01", "2024-04-01"),
}
"""Terms that the extracts cover: first day, and first day after."""


def pupil_terms() -> Question:
    """How many pupil-terms, by absence: four a pupil at most."""
    return (
        ask("school_attendance")
        .titled("Pupil-terms by absence")
        .where(col("year_group").is_in(OLD_ENOUGH), col("term").is_in(tuple(TERMS)))
        .group_by("absence_band")
        .count_rows()
        .spend(rho="1/10", rows_per_unit=4, rows_per_cell=4)
    )


def incidents() -> Question:
    """How many incidents of antisocial behaviour, by what their suspects missed of school in the same term."""
    return (
        ask("police_incidents")
        .titled("Antisocial behaviour by absence in the same term")
        .where(col("incident_type") == "antisocial behaviour", col("nominal_role") == "suspect")
        .join("school_attendance", where=col("year_group").is_in(OLD_ENOUGH))
        .where(_same_term())
        .group_by("school_attendance.absence_band")
        .count_rows()
        .spend(rho="1/4", rows_per_unit=4, rows_per_cell=3)
    )


def _same_term() -> Condition:
    first, *others = (
        (col("school_attendance.term") == term) & (col("occurred_at") >= begins) & (col("occurred_at") < after)
        for term, (begins, after) in TERMS.items()
    )
    for other in others:
        first = first | other
    return first


def rate(answers: Mapping[str, Counts], band: str, confidence: float) -> Interval:
    """Return incidents a pupil-term in one band."""
    happened, terms = answers["incidents"], answers["pupil_terms"]
    return ratio(
        events(happened.value(band), happened.variance(band), confidence),
        members(terms.value(band), terms.variance(band), confidence),
    )


def _findings(answers: Mapping[str, Counts], confidence: float) -> tuple[Finding, ...]:
    lowest, *others = BANDS
    base = rate(answers, lowest, confidence)
    return tuple(
        Finding(
            name=f"antisocial behaviour, {band} missed over {lowest}: rate ratio",
            interval=ratio(rate(answers, band, confidence), base),
            none=1.0,
        )
        for band in others
    )


ABSENCE = Study(
    title="Absence from school and antisocial behaviour",
    questions={"pupil_terms": pupil_terms(), "incidents": incidents()},
    read=_findings,
)
