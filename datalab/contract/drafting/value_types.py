"""The type of a column, found from a sample of its values as text; nothing else about them is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from datalab.contract.model import LogicalType

ENOUGH = 0.9  # share of values that must be of a type: real extracts mark suppressed numbers with a letter
WHOLE = re.compile(r"[-+]?(0|[1-9]\d{0,17})")
"""Whole numbers; a leading zero makes a code of it (a phone number, a school's number), which is text."""
DECIMAL = re.compile(r"[-+]?(?!0\d)(\d+\.?\d*|\.\d+)([eE][-+]\d{1,3})?")
"""Numbers; the sign of an exponent must stand, so that area codes such as 12E034 stay text."""
EIGHT_DIGITS = re.compile(r"\d{8}", re.ASCII)
TRUTH = frozenset({"true", "false"})
PROSE_WORDS = 6  # words a value, on average, from which a column is prose
DATES = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%d.%m.%Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y")
COMPACT_DATE = "%Y%m%d"
"""Eight digits are a date only where something else says so."""
MONTH = "%Y-%m"
CLOCKS = (" %H:%M:%S", " %H:%M", " %H:%M:%S.%f", "T%H:%M:%S", "T%H:%M", "T%H:%M:%S.%f", "T%H:%M:%S%z", " %H:%M:%S%z")
STAMPS = tuple(day + clock for day, clock in product(DATES, CLOCKS))


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueType:
    """What the values of a column are."""

    logical_type: LogicalType
    formats: tuple[str, ...] = ()
    """Every `strptime` format that reads them, for dates and timestamps; more than one is for a person to settle."""
    pure: bool = True
    """Every value of the sample is of the type."""
    prose: bool = False
    """They are sentences rather than labels."""


def value_type(sample: Sequence[str], *, date_expected: bool = False) -> ValueType:
    """Find the type of a column.

    Args:
        sample: its values as text, without blanks.
        date_expected: whether the header says that it is a date, so that eight digits are one.
    """
    if not sample:
        return ValueType(logical_type=LogicalType.STRING)
    if date_expected and (formats := _formats(sample, (COMPACT_DATE,))):
        return _dated(LogicalType.DATE, sample, formats)
    tests: tuple[tuple[LogicalType, Callable[[str], object]], ...] = (
        (LogicalType.BOOLEAN, lambda text: text.casefold() in TRUTH),
        (LogicalType.INTEGER, WHOLE.fullmatch),
        (LogicalType.NUMBER, DECIMAL.fullmatch),
    )
    for kind, test in tests:
        fitting = sum(bool(test(text)) for text in sample)
        if fitting >= ENOUGH * len(sample):
            return ValueType(logical_type=kind, pure=fitting == len(sample))
    for kind, known in ((LogicalType.DATE, (*DATES, MONTH)), (LogicalType.TIMESTAMP, STAMPS)):
        if formats := _formats(sample, known):
            return _dated(kind, sample, formats)
    words = sum(len(text.split()) for text in sample) / len(sample)
    return ValueType(logical_type=LogicalType.STRING, prose=words >= PROSE_WORDS)


def _formats(sample: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Return the formats that read enough of the sample; of those, only the ones that read most."""
    ahead = [form for form in known if any(_reads(form, text) for text in sample[:10])]
    counts = {form: sum(_reads(form, text) for text in sample) for form in ahead}
    best = max(counts.values(), default=0)
    return tuple(form for form, count in counts.items() if count == best) if best >= ENOUGH * len(sample) else ()


def _dated(kind: LogicalType, sample: Sequence[str], formats: tuple[str, ...]) -> ValueType:
    pure = all(_reads(formats[0], text) for text in sample)
    return ValueType(logical_type=kind, formats=formats, pure=pure)


def _reads(form: str, text: str) -> bool:
    if form == COMPACT_DATE and not EIGHT_DIGITS.fullmatch(text):
        return False  # strptime would take shorter ones too
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 - only whether it can be read matters
    except ValueError:
        return False
    return True
