"""Do victims of domestic incidents attend A&E more often, and soon after an incident?

How often somebody attends depends on their age and much else, so victims are compared with people who are in the
police's file for another reason that has nothing to do with A&E: victims of burglary, damage, theft and vehicle crime,
of the same ages. Some of these are victims of domestic incidents as well; how many follows from asking for either, and
the ratio is mended by it.

How soon is a matter of the window: of the visits of domestic victims, which share comes within 30 days after an
incident, beside those within 30 days before one. Some would have come in such a window by chance. As incidents come in
runs, chance is at most what the window before shows, and at least nothing: the share that an incident brought lies
between (after - before) / (all - before) and after / all, and the interval holds both.
"""

from __future__ import annotations

from collections.abc import Mapping

from datalab.query.build import Condition, ask, col, days, recode
from datalab.query.model import Question, Window
from notebooks.studies.counts import Counts
from notebooks.studies.interval import Interval, difference, events, members, ratio
from notebooks.studies.study import Finding, Study

DOMESTIC = "domestic incident"
OTHERS = ("burglary", "criminal damage", "theft", "vehicle crime")
GROUPS = (DOMESTIC, " or ".join(OTHERS))
ADULT = ("18 to 24", "25 to 34", "35 to 49", "50 to 64")
"""Ages in which attendance hardly changes."""
WITHIN = 30
"""Days."""
MOST_IN_BOTH = 0.2
"""Largest share of the compared that is believed to be domestic victims, too: beyond it only noise says so."""
MOST_BY_CHANCE = 0.5
"""Largest share of visits near an incident by chance that is believed."""


def _victims(*kinds: str) -> Condition:
    return (col("nominal_role") == "victim") & col("age_band").is_in(ADULT) & col("incident_type").is_in(kinds)


def victims() -> Question:
    """How many adults were victims of domestic incidents, and of others; somebody may be both."""
    return (
        ask("police_incidents")
        .titled("Adult victims")
        .where(_victims(DOMESTIC, *OTHERS))
        .group_by(recode("incident_type", (DOMESTIC,), OTHERS))
        .count_units()
        .spend(rho="1/10", rows_per_unit=2, rows_per_cell=1)
    )


def either() -> Question:
    """How many adults were victims of any of these."""
    return (
        ask("police_incidents")
        .titled("Adult victims of either kind")
        .where(_victims(DOMESTIC, *OTHERS))
        .count_units()
        .spend(rho="1/20", rows_per_unit=1)
    )


def visits(*kinds: str, rho: str = "1/10", within: Window | None = None) -> Question:
    """How many times victims of some kinds of incident attended; or only near an incident."""
    return (
        ask("ae_attendances")
        .titled("Attendances of adult victims")
        .having("police_incidents", where=_victims(*kinds), within=within)
        .count_rows()
        .spend(rho=rho, rows_per_unit=4)
    )


def _after() -> Window:
    return days("arrived_at", "occurred_at", -WITHIN, 0)


def _before() -> Window:
    return days("arrived_at", "occurred_at", 0, WITHIN)


def _counted(answers: Mapping[str, Counts], name: str, confidence: float) -> Interval:
    return events(answers[name].value(), answers[name].variance(), confidence)


def _rate_ratio(answers: Mapping[str, Counts], confidence: float) -> Interval:
    people = answers["victims"]
    rates = [
        ratio(
            _counted(answers, name, confidence),
            members(people.value(group), people.variance(group), confidence),
        )
        for name, group in zip(("visits", "others_visits"), GROUPS, strict=True)
    ]
    seen = ratio(*rates)
    domestic, others = (people.value(group) for group in GROUPS)
    both = max(0.0, domestic + others - answers["either"].value()) / max(1.0, others)
    both = min(both, MOST_IN_BOTH)
    return Interval(**{end: _unmixed(getattr(seen, end), both) for end in ("value", "low", "high")})


def _unmixed(seen: float, both: float) -> float:
    """Return the ratio r where `r / (1 + both (r - 1))` was seen: some of the compared attend r times as often, too."""
    return seen * (1 - both) / (1 - both * seen) if both * seen < 1 else float("inf")


def _soon(answers: Mapping[str, Counts], confidence: float) -> Interval:
    every, after, before = (_counted(answers, name, confidence) for name in ("visits", "after", "before"))
    least, most = ratio(difference(after, before), every), ratio(after, every)
    by_chance = min(before.value / max(every.value, 1.0), MOST_BY_CHANCE)
    return Interval(value=(least.value / (1 - by_chance) + most.value) / 2, low=least.low, high=min(1.0, most.high))


def _findings(answers: Mapping[str, Counts], confidence: float) -> tuple[Finding, ...]:
    return (
        Finding(
            name="A&E, victims of domestic incidents over other victims: rate ratio",
            interval=_rate_ratio(answers, confidence),
            none=1.0,
        ),
        Finding(
            name=f"A&E, share of victims' visits that an incident brought within {WITHIN} days",
            interval=_soon(answers, confidence),
            none=0.0,
        ),
    )


ATTENDANCE = Study(
    title="Domestic incidents and attendance at A&E",
    questions={
        "victims": victims(),
        "either": either(),
        "visits": visits(DOMESTIC),
        "others_visits": visits(*OTHERS),
        "after": visits(DOMESTIC, rho="1/5", within=_after()),
        "before": visits(DOMESTIC, rho="1/5", within=_before()),
    },
    read=_findings,
)
