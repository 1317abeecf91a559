"""The steps by which a column can be made coarser, each a treatment that a contract can state, down to dropping it.

A step is made of treated values, so what it gives is what the contract's new treatment would give of the raw ones. Each
step joins whole groups of the step before (full-domain generalisation, Samarati 2001): what a step hides, the next
one hides too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from datalab.contract.change import Change
from datalab.contract.generalisation import (
    OTHER,
    AgeBand,
    DatePart,
    DateTo,
    Generalisation,
    NumberBand,
    Others,
    PostcodeArea,
    PostcodeDistrict,
    TopCode,
)
from datalab.contract.model import Bounds, Column, LogicalType, Treatment

Value = Any
"""A treated cell: text, number, date, time or truth value; None where it is missing."""
STEPS: Final = 4
"""Most bands or lists of categories that are tried of one column."""
FEW_CATEGORIES: Final = 4
"""Of fewer categories than this none becomes `Other`: so little would be left."""
_BAND: Final = re.compile(r"(-?\d+)(?:-(-?\d+)|\+)", re.ASCII)
_NICE: Final = (2, 5, 10)
_BANDS: Final = 20
"""Bands that a range of kept numbers is first cut into, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One way to treat a column."""

    change: Change | None
    """None where it stays as it is."""
    label: Callable[[Value], Value]
    """From a treated value to the coarser one; never asked about a missing one."""


def steps(column: Column, counts: Mapping[Value, int]) -> tuple[Step, ...]:
    """List a column's steps, from as it is to dropped.

    Args:
        column: a quasi-identifier.
        counts: of each treated value how many units have it; decides which categories are rare.
    """
    stay = Step(change=None, label=lambda value: value)
    listed = column.domain if column.generalisation is None else None  # a list of bands says nothing of raw values
    change = Change(column=column.name, treatment=Treatment.DROP, domain=listed)
    drop = Step(change=change, label=lambda _: None)
    return (stay, *_between(column, counts), drop)


def _between(column: Column, counts: Mapping[Value, int]) -> list[Step]:  # noqa: PLR0911 - a case each
    match column.generalisation:
        case None if column.logical_type in (LogicalType.DATE, LogicalType.TIMESTAMP):
            return _dates(column, tuple(DatePart)[::-1])
        case None if column.logical_type in (LogicalType.INTEGER, LogicalType.NUMBER) and column.domain is None:
            return _numbers(column, None)
        case None if column.logical_type is LogicalType.STRING and column.domain is not None:
            return _categories(column, column.domain, counts)
        case TopCode(limit=limit, bottom=None) if column.domain is None:
            return _numbers(column, limit)
        case DateTo(part=part):
            coarser = tuple(DatePart)[::-1]
            return _dates(column, coarser[coarser.index(part) + 1 :])
        case NumberBand() | AgeBand() as band:
            return _wider(column, band)
        case PostcodeDistrict():
            return [_step(column, PostcodeArea(), PostcodeArea().label)]
        case Others(kept=kept, joined=joined):
            return _categories(column, kept, counts, joined)
        case _:
            return []


def _step(column: Column, how: Generalisation, label: Callable[[Value], Value]) -> Step:
    """Return a step; a stated domain is carried through, unless bounds or the treatment itself give the list."""
    domain = None
    if column.domain is not None and not isinstance(how, Others):
        domain = tuple(dict.fromkeys(label(one) for one in column.domain))
    change = Change(column=column.name, treatment=Treatment.GENERALISE, generalisation=how, domain=domain)
    return Step(change=change, label=label)


def _dates(column: Column, parts: tuple[DatePart, ...]) -> list[Step]:
    return [_step(column, DateTo(part=part), _date_label(part)) for part in parts]


def _date_label(part: DatePart) -> Callable[[Value], Value]:
    def label(value: Value) -> Value:
        if isinstance(value, date):
            return DateTo(part=part).label(value)
        year, _, rest = str(value).partition("-")
        if part is DatePart.YEAR or not rest:
            return year
        return str(value) if rest.startswith("Q") else f"{year}-Q{(int(rest) + 2) // 3}"

    return label


def _numbers(column: Column, top: float | None) -> list[Step]:
    found = []
    width = _first_width(column.bounds)
    for _ in range(STEPS):
        # The open band starts at or below the limit, so that what was top-coded and what was not fall into one.
        ends = None if top is None else int(top // width) * width
        if ends is None or ends > 0:
            how = NumberBand(width=width, top=ends)
            found.append(_step(column, how, how.label))
        width *= 2
    return found


def _first_width(bounds: Bounds | None) -> int:
    if bounds is None or isinstance(bounds.lower, date) or isinstance(bounds.upper, date):
        return 5
    scale = 1
    while True:
        for nice in _NICE:
            if (bounds.upper - bounds.lower) / (scale * nice) <= _BANDS:
                return scale * nice
        scale *= 10


def _wider(column: Column, band: NumberBand | AgeBand) -> list[Step]:
    found = []
    width = band.width
    for _ in range(STEPS - 1):
        width *= 2
        top = None if band.top is None else band.top // width * width
        if top is not None and top <= 0:
            break
        how: NumberBand | AgeBand = (
            AgeBand(width=width, top=top, reference=band.reference)
            if isinstance(band, AgeBand) and top is not None
            else NumberBand(width=width, top=top)
        )
        found.append(_step(column, how, _band_label(NumberBand(width=width, top=top))))
    return found


def _band_label(band: NumberBand) -> Callable[[Value], Value]:
    def label(value: Value) -> Value:
        """Return the wider band that a band lies in; what is no band stays, and is judged by the contract's list."""
        found = _BAND.fullmatch(str(value))
        return value if found is None else band.label(int(found[1]))

    return label


def _categories(
    column: Column, listed: tuple[str, ...], counts: Mapping[Value, int], before: tuple[str, ...] = ()
) -> list[Step]:
    """Keep the more frequent half, then the more frequent half of that, and so on."""
    found: list[Step] = []
    ranked = sorted((one for one in listed if one != OTHER), key=lambda one: -counts.get(one, 0))
    keep = len(ranked)
    while keep >= FEW_CATEGORIES and len(found) < STEPS:
        keep = (keep + 1) // 2
        kept = frozenset(ranked[:keep])
        joined = (*(one for one in listed if one not in kept), *before)
        how = Others(kept=tuple(one for one in listed if one in kept), joined=joined)
        found.append(_step(column, how, _category_label(how)))
    return found


def _category_label(how: Others) -> Callable[[Value], Value]:
    return lambda value: OTHER if value == OTHER else how.label(value)
