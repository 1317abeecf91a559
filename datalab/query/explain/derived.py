"""Derived columns in English, each once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from datalab.query.explain.words import Words, listed, shown
from datalab.query.labels import OTHER
from datalab.query.model import (
    Band,
    Calendar,
    Clamp,
    Clock,
    ClockPart,
    DaysBetween,
    Derived,
    Expression,
    Linear,
    Period,
    Recode,
)

_PERIODS: Mapping[Period, str] = {
    Period.DAY: "the day of {}, such as 2024-01-31",
    Period.WEEK: "the ISO week of {}, such as 2024-W05",
    Period.MONTH: "the month of {}, such as 2024-01",
    Period.QUARTER: "the quarter of {}, such as 2024-Q1",
    Period.YEAR: "the calendar year of {}, such as 2024",
    Period.ACADEMIC_YEAR: "the academic year of {}, September to August, such as 2023/24",
    Period.FINANCIAL_YEAR: "the financial year of {}, April to March, such as 2023/24",
}
_PARTS: Mapping[ClockPart, str] = {
    ClockPart.HOUR: "the hour of {}, 0 to 23, as it stands in the data (UTC where a zone is stated)",
    ClockPart.WEEKDAY: "the weekday of {}, Monday to Sunday",
    ClockPart.MONTH_OF_YEAR: "the month of {} without its year, January to December",
}


def derived_sentence(derived: Derived, words: Words) -> str:
    """Return what a derived column is, as one sentence."""
    return f"{derived.name} is {_expression(derived.expression, words)}."


def _expression(expression: Expression, words: Words) -> str:  # noqa: PLR0911 - a case each
    match expression:
        case Band(column=ref, edges=edges):
            unit = words.column(ref).unit
            cuts = f"{listed(map(str, edges))} {unit}".rstrip()
            return f"{words.name(ref)}, cut into bands at {cuts}; a value at an edge belongs above it"
        case Calendar(column=ref, period=period):
            return _PERIODS[period].format(words.name(ref))
        case Clock(column=ref, part=part):
            return _PARTS[part].format(words.name(ref))
        case Recode(column=ref, groups=groups):
            merged = "; ".join(" or ".join(map(shown, group)) for group in groups)
            return f"{words.name(ref)} with its categories merged: {merged}; any category beside these is '{OTHER}'"
        case Clamp(column=ref, lower=lower, upper=upper):
            return f"{words.name(ref)}, each value held between {lower} and {upper} {words.column(ref).unit}".rstrip()
        case Linear(terms=terms, constant=constant):
            parts = [f"{term.weight} times {words.name(term.column)}" for term in terms]
            whole = " plus ".join([str(constant), *parts] if constant else parts)
            return f"{whole}; missing where one of these is"
        case DaysBetween(earlier=earlier, later=later):
            return (
                f"the number of days of the calendar (in UTC, whatever the hour) from {words.name(earlier)} to "
                f"{words.name(later)}, below 0 where {words.name(later)} comes first"
            )
        case _:
            assert_never(expression)
