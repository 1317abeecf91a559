"""Numbers that stand out: a few of a shape which other codes have by chance, where the codes around them lack it.

A column of codes of one length holds some of nearly every shape. Where nearly all values of the length have the shape,
and the rest of the column is written otherwise, somebody put them there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from anonymise.cells.kind import CellKind
from anonymise.identifiers import squeeze
from anonymise.validity import is_card_number, is_imei, is_nhs_number, is_uln

RARE: Final = 0.02
"""Share of distinct values from which they are told."""
MOST: Final = 0.8
"""Share of the values written alike that must have the shape, or pass the check."""
FEWEST: Final = 5
"""Values that pass a check."""


@dataclass(frozen=True, slots=True)
class _Shape:
    kind: CellKind
    shape: re.Pattern[str]
    alike: re.Pattern[str]
    """What is written with as many characters of the same sort, in whatever order."""


@dataclass(frozen=True, slots=True)
class _Check:
    kind: CellKind
    check: Callable[[str], bool]
    alike: re.Pattern[str]


_SEVEN: Final = re.compile(r"[A-Z0-9]{2,4} ?[A-Z0-9]{3,5}")
_SHAPES: Final = (
    # A column of numbers loses the zero in front.
    _Shape(CellKind("telephone numbers", RARE), re.compile(r"7[1-9]\d{8}"), re.compile(r"\d{10}")),
    _Shape(
        CellKind("registration marks of vehicles", RARE),
        re.compile(r"[A-HJ-PR-Y][A-HJ-PR-Y](?:0[2-9]|[1-2]\d|5[1-9]|[67]\d) ?[A-HJ-PR-Z]{3}"),  # DVLA INF104
        _SEVEN,
    ),
    _Shape(CellKind("prison numbers", RARE), re.compile(r"[A-Z]\d{4}[A-Z]{2}"), _SEVEN),
)
_TEN: Final = re.compile(r"\d{10}|\d{3}[ -]\d{3}[ -]\d{4}")
_CHECKS: Final = (
    _Check(CellKind("NHS numbers", RARE, FEWEST), is_nhs_number, _TEN),
    _Check(CellKind("unique learner numbers", RARE, FEWEST), is_uln, _TEN),
    _Check(CellKind("payment cards", RARE, FEWEST), is_card_number, re.compile(r"\d{4}(?:[ -]?\d{4}){2}[ -]?\d{1,7}")),
    _Check(CellKind("numbers of devices", RARE, FEWEST), is_imei, re.compile(r"\d{15}")),
)
"""Of codes alike one in ten or eleven passes by chance: that five in six do happens once in some 30,000 columns."""


def standing_out(values: Sequence[str]) -> tuple[CellKind, int] | None:
    """Return what stands out in a column, and how many values do; None where nothing does.

    Args:
        values: distinct values.
    """
    for one in _SHAPES:
        found = sum(one.shape.fullmatch(value) is not None for value in values)
        alike = sum(one.alike.fullmatch(value) is not None for value in values)
        if _stands_out(one.kind, found, alike, len(values)):
            return one.kind, found
    for check in _CHECKS:
        written = [squeeze(value) for value in values if check.alike.fullmatch(value)]
        found = sum(map(check.check, written))
        if _stands_out(check.kind, found, len(written), len(values)):
            return check.kind, found
    return None


def _stands_out(kind: CellKind, found: int, alike: int, values: int) -> bool:
    return found >= max(kind.fewest, kind.share * values) and found >= MOST * alike
