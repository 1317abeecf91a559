"""Numbers that stand out: a few of a shape which other codes have by chance, where the codes around them lack it.

A column of codes of one length holds some of nearly every shape. Where nearly all values of the length have the shape,
and the rest of the column is written otherwise, somebody put them there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from anonymise.cells.kind import CellKind

RARE: Final = 0.02
"""Share of distinct values from which they are told."""
MOST: Final = 0.8
"""Share of the values written alike that must have the shape."""


@dataclass(frozen=True, slots=True)
class _Shape:
    kind: CellKind
    shape: re.Pattern[str]
    alike: re.Pattern[str]
    """What is written with as many characters of the same sort, in whatever order."""


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


def standing_out(values: Sequence[str]) -> tuple[CellKind, int] | None:
    """Return what stands out in a column, and how many values do; None where nothing does.

    Args:
        values: distinct values.
    """
    for one in _SHAPES:
        found = sum(one.shape.fullmatch(value) is not None for value in values)
        if found < one.kind.fewest or found < one.kind.share * len(values):
            continue
        if found >= MOST * sum(one.alike.fullmatch(value) is not None for value in values):
            return one.kind, found
    return None
