"""Burglary by ward, month and hour; and does one burglary bring another nearby?

Each victim's first burglary in hash order counts once: one person moves one cell by one, and the noise is small enough
to see wards and months. Near repeats are more pairs of burglaries in the same ward and the same month than ward and
month alone would give (Knox 1964, The detection of space-time interactions; Johnson and Bowers 2004 for burglary). The
noise adds pairs of its own, whose expectation is known exactly and is taken off. Wards are many and apart, so how
much the excess differs between them says how certain it is, the noise included (a ratio estimate's linearised variance,
Cochran 1977, Sampling Techniques, 6.3).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from datalab.query.build import ask, col, hour, month
from datalab.query.model import Question
from notebooks.studies.counts import ALL, Counts
from notebooks.studies.interval import Interval, events, ratio, student
from notebooks.studies.study import Finding, Study

FIRST_MONTH, LAST_MONTH = "2023-01", "2024-03"
"""Months that the extracts cover; the contract's bounds go on."""
LATE = tuple(str(hour) for hour in range(18, 24))
"""Hours of the evening: a quarter of the day."""
QUARTER = 0.25


def burglaries() -> Question:
    """How many burglaries by ward and month, and by hour of day: two tables together."""
    place, time = month("occurred_at"), hour("occurred_at")
    return (
        ask("police_incidents")
        .titled("Burglary by ward, month and hour")
        .where(col("incident_type") == "burglary", col("nominal_role") == "victim")
        .tables(("ward", place), (time,), weights=(81, 1))
        .count_rows()
        .spend(rho="1/2", rows_per_unit=1)
    )


def by_ward(counts: Counts) -> tuple[dict[str, list[float]], float]:
    """Return the counts of each ward month by month, and the variance of the noise in each."""
    wards: dict[str, list[float]] = {}
    variance = 0.0
    for (ward, when, at), value in counts.values.items():
        if at == ALL and FIRST_MONTH <= when <= LAST_MONTH:
            wards.setdefault(ward, []).append(value)
            variance = counts.variances[ward, when, at]
    return wards, variance


def _pairs(counts: list[float], variance: float) -> float:
    """Return an unbiased estimate of the pairs within counts that noise was added to, each by itself."""
    return (sum(count * count for count in counts) - len(counts) * variance - sum(counts)) / 2


def near_repeats(counts: Counts, confidence: float) -> Interval:
    """Return the pairs in one ward and month, beyond those of ward and month alone, for each burglary."""
    wards, variance = by_ward(counts)
    months = [sum(column) for column in zip(*wards.values(), strict=True)]
    burglaries = sum(months)
    cells = len(wards) * len(months)
    same_month = _pairs(months, len(wards) * variance) / _pairs([burglaries], cells * variance)
    excess = [
        (_pairs(row, variance) - same_month * _pairs([sum(row)], len(row) * variance)) / (1 - same_month)
        for row in wards.values()
    ]
    value = sum(excess) / burglaries
    misses = [one - value * sum(row) for one, row in zip(excess, wards.values(), strict=True)]
    spread = math.sqrt(len(wards) / (len(wards) - 1) * sum(miss * miss for miss in misses)) / burglaries
    reach = student(confidence, len(wards) - 1) * spread
    return Interval(value=value, low=value - reach, high=value + reach)


def late_share(counts: Counts, confidence: float) -> Interval:
    """Return the share of burglaries in the evening, over a quarter: 1 if the hour made no difference."""
    hours = {
        at: (value, counts.variances[ward, when, at]) for (ward, when, at), value in counts.values.items() if at != ALL
    }
    late = [hours.pop(at) for at in LATE]
    evening, rest = (
        events(sum(value for value, _ in group), sum(variance for _, variance in group), confidence)
        for group in (late, list(hours.values()))
    )
    odds = ratio(evening, rest)
    ends = {end: _share(getattr(odds, end)) / QUARTER for end in ("value", "low", "high")}
    return Interval(**ends)


def _share(odds: float) -> float:
    return odds / (1 + odds) if math.isfinite(odds) else 1.0


def _findings(answers: Mapping[str, Counts], confidence: float) -> tuple[Finding, ...]:
    counts = answers["burglaries"]
    return (
        Finding(
            name="burglary, near repeats: pairs in one ward and month beyond chance, a burglary",
            interval=near_repeats(counts, confidence),
            none=0.0,
        ),
        Finding(
            name="burglary, from 18:00 to midnight over a quarter of the day: ratio",
            interval=late_share(counts, confidence),
            none=1.0,
        ),
    )


BURGLARY = Study(
    title="Burglary by place, month and hour",
    questions={"burglaries": burglaries()},
    read=_findings,
)
