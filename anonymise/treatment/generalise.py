"""Generalisation of whole columns: each distinct value is made coarser once.

What the value becomes is the business of `datalab.contract.generalisation`, one value at a time; here are the arrays.
A value that has no coarse form (a postcode that is none, a number that is not finite) becomes missing and is counted:
a label cut from an unchecked cell could carry the cell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Final, assert_never

import pyarrow as pa
import pyarrow.compute as pc

from anonymise.identifiers import is_postcode, is_postcode_district, squeeze
from datalab.contract.generalisation import (
    AgeBand,
    DateShift,
    DateTo,
    Generalisation,
    Microaggregate,
    NumberBand,
    Others,
    PostcodeArea,
    PostcodeDistrict,
    TopCode,
)
from datalab.contract.model import Column
from datalab.contract.published import public_values
from datalab.errors import InternalError

_MICROSECONDS: Final = 86_400_000_000
"""Of a day."""
_EPOCH: Final = date(1970, 1, 1)
OPEN_BAND: Final = "+"
"""How the label of an open top band ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generalised:
    """A column made coarser."""

    values: pa.Array
    """Text, except of a top-coded or shifted column, which keeps its type."""
    generalised: int
    """Values that have a coarser form now."""
    top_coded: int
    """Of those, values above the limit or in the open top band."""
    unfit: int
    """Values that became missing, because they have no coarse form."""
    unlisted: int
    """Values whose coarse form is not one that the contract makes public; left for the quality gate to judge."""


def generalise(column: Column, values: pa.Array, days: pa.Array | None = None) -> Generalised:
    """Make a column coarser as its contract says.

    Args:
        column: a column with a generalisation.
        values: its cells, typed as its logical type; missing ones are null.
        days: of each cell, by how many days dates of its unit are moved.

    Raises:
        InternalError: if dates are to be moved, and nothing says by how much.
    """
    rule = column.generalisation
    if rule is None:
        raise ValueError(f"Column {column.name} has no generalisation.")
    if isinstance(rule, TopCode):
        return _top_code(rule, values)
    if isinstance(rule, DateShift):
        if days is None:
            raise InternalError(f"Dates of {column.name} are to be moved, and nothing says by how much.")
        return _shifted(values, days)
    if isinstance(rule, Microaggregate):
        # The means were put in before: a batch does not know the extract's other values.
        return Generalised(values=values, generalised=len(values) - values.null_count, top_coded=0, unfit=0, unlisted=0)
    public = public_values(column)
    # A timestamp's band is its day's: far fewer distinct values.
    plain = values.cast(pa.date32(), safe=False) if pa.types.is_timestamp(values.type) else values
    encoded = pc.dictionary_encode(plain)
    labels = pa.array([_label(rule, value) for value in encoded.dictionary.to_pylist()], pa.string())
    coarse = labels.take(encoded.indices)
    return Generalised(
        values=coarse,
        generalised=len(coarse) - coarse.null_count,
        top_coded=_count(pc.ends_with(coarse, OPEN_BAND)) if isinstance(rule, NumberBand | AgeBand) else 0,
        unfit=coarse.null_count - values.null_count,
        unlisted=_unlisted(coarse, public),
    )


def _top_code(rule: TopCode, values: pa.Array) -> Generalised:
    limit = math.floor(rule.limit) if pa.types.is_integer(values.type) else rule.limit
    finite = values
    if pa.types.is_floating(values.type):
        # Not a number is above no limit, and infinity is no measurement.
        finite = pc.if_else(pc.is_finite(values), values, pa.scalar(None, values.type))
    above = pc.greater(finite, pa.scalar(limit, values.type))
    coded, below = pc.if_else(above, pa.scalar(limit, values.type), finite), 0
    if rule.bottom is not None:
        bottom = pa.scalar(math.ceil(rule.bottom) if pa.types.is_integer(values.type) else rule.bottom, values.type)
        beneath = pc.less(coded, bottom)
        coded, below = pc.if_else(beneath, bottom, coded), _count(beneath)
    return Generalised(
        values=coded,
        generalised=_count(above) + below,
        top_coded=_count(above),
        unfit=finite.null_count - values.null_count,
        unlisted=0,
    )


def _shifted(values: pa.Array, days: pa.Array) -> Generalised:
    kind = values.type
    is_date = pa.types.is_date32(kind)
    step = pa.scalar(1 if is_date else _MICROSECONDS, pa.int64())
    moved = pc.add(values.cast(pa.int32() if is_date else pa.int64()).cast(pa.int64()), pc.multiply(days, step))
    first, last = ((day - _EPOCH).days * step.as_py() for day in (date.min, date.max))
    # A date beyond the calendar has no other form.
    there = pc.and_(pc.greater_equal(moved, first), pc.less(moved, last + step.as_py()))
    kept = pc.if_else(there, moved, pa.scalar(None, pa.int64()))
    done = (kept.cast(pa.int32()) if is_date else kept).cast(kind)
    return Generalised(
        values=done,
        generalised=len(done) - done.null_count,
        top_coded=0,
        unfit=done.null_count - values.null_count,
        unlisted=0,
    )


def _unlisted(coarse: pa.Array, public: tuple[str, ...] | None) -> int:
    if public is None:
        return 0
    listed = pc.is_in(coarse, value_set=pa.array(public, pa.string()), skip_nulls=True)
    return int(len(coarse) - coarse.null_count - _count(listed))


def _label(rule: Generalisation, value: object) -> str | None:
    if value is None:
        return None
    match rule:
        case DateTo() | AgeBand():
            return rule.label(value) if isinstance(value, date) else None
        case NumberBand():
            return rule.label(value) if isinstance(value, int | float) and math.isfinite(value) else None
        case PostcodeDistrict() | PostcodeArea():
            return _outward(rule, str(value))
        case Others():
            return rule.label(str(value))
        case TopCode() | DateShift() | Microaggregate():
            return None
        case _:
            assert_never(rule)


def _outward(rule: PostcodeDistrict | PostcodeArea, text: str) -> str | None:
    code = squeeze(text)
    if is_postcode(code):
        return rule.label(code)
    return (code if isinstance(rule, PostcodeDistrict) else rule.label(code)) if is_postcode_district(code) else None


def _count(found: pa.Array) -> int:
    return int(pc.sum(found).as_py() or 0)
