"""The fifteen months that the sample covers: one full period, one increment, four school terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What one extract of each agency covers."""

    name: str
    first: date
    last: date
    is_full: bool
    """The first extract of a dataset; otherwise an increment that adds to what went before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A school term, holidays after it included."""

    label: str
    first: date
    last: date
    sessions: int
    """Possible half-day sessions."""
    academic_year: int
    """Year in which the academic year began."""


PERIODS = (
    Period(name="2023", first=date(2023, 1, 1), last=date(2023, 12, 31), is_full=True),
    Period(name="2024-q1", first=date(2024, 1, 1), last=date(2024, 3, 31), is_full=False),
)
TERMS = (
    Term(label="2023 spring", first=date(2023, 1, 1), last=date(2023, 3, 31), sessions=118, academic_year=2022),
    Term(label="2023 summer", first=date(2023, 4, 1), last=date(2023, 8, 31), sessions=122, academic_year=2022),
    Term(label="2023 autumn", first=date(2023, 9, 1), last=date(2023, 12, 31), sessions=140, academic_year=2023),
    Term(label="2024 spring", first=date(2024, 1, 1), last=date(2024, 3, 31), sessions=112, academic_year=2023),
)
FIRST_DAY = PERIODS[0].first
LAST_DAY = PERIODS[-1].last
DAYS = (LAST_DAY - FIRST_DAY).days + 1
YEARS = DAYS / 365.25
"""Length of the sample in years: what yearly rates are multiplied by."""


def a_moment(rng: Random, first: date = FIRST_DAY, last: date = LAST_DAY) -> datetime:
    """Draw a moment between two days, both included; evenings and nights more often than mornings."""
    day = first + timedelta(days=rng.randrange((last - first).days + 1))
    hour = int(24 * (1 - rng.random() ** 1.6)) % 24
    return datetime(day.year, day.month, day.day, hour, rng.randrange(60))  # noqa: DTZ001 - agencies write UTC without an offset


def soon_after(moment: datetime, rng: Random, days: float) -> datetime | None:
    """Draw a moment some days later on average (exponential), or None where that is past the last day."""
    later = moment + timedelta(minutes=round(rng.expovariate(1 / days) * 1440))
    return later if later.date() <= LAST_DAY else None


def period_of(day: date) -> Period:
    """Return the period that a day of the sample falls in."""
    return PERIODS[0] if day <= PERIODS[0].last else PERIODS[1]


def academic_age(born: date, academic_year: int) -> int:
    """Return the age on 31 August before an academic year begins: 4 enters Reception, 15 enters Year 11."""
    return academic_year - born.year - ((born.month, born.day) > (8, 31))


def count(rate: float, rng: Random) -> int:
    """Draw a Poisson count; rates here are below 10."""
    # Inversion by counting exponential gaps: one draw for most people, since most counts are 0.
    total, number = rng.expovariate(1.0), 0
    while total < rate:
        total += rng.expovariate(1.0)
        number += 1
    return number
