"""How much one privacy unit can change an answer: fixed-point values and sensitivities, in whole numbers.

Law of this file: everything is an exact integer. A sensitivity that was computed in floats can be too small by a
rounding, and then the noise is too small as well (Casacuberta et al. 2022, arXiv 2207.10635).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

MAX_CELL_CONTRIBUTION = 2**29
"""Largest |contribution| of one unit to one cell, in fixed-point units.

With at most 2**33 units (more than people alive) a cell stays below 2**62, and with at most 2**33 rows of one unit in
one cell so does every intermediate sum: 64-bit arithmetic cannot overflow, so no error can depend on data.
"""
MAX_VALUE = 2**52
"""Largest |value| in fixed-point units, which doubles hold to half a unit."""
RESOLUTION = 10**6
"""Steps into which the stated range of a fractional number is divided, at least, where overflow allows it."""
MAX_EXPONENT = 12
"""Most decimal places kept of a fractional number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPoint:
    """Numbers as integers: `round(value x 10**exponent)`, clamped to the bounds that the contract states."""

    exponent: int
    """Decimal places kept; negative where the numbers are so large that their last digits are dropped."""
    lower_value: float
    """Stated lower bound, in the column's own unit."""
    upper_value: float
    """Stated upper bound, in the column's own unit."""
    lower: int
    """Smallest fixed-point value."""
    upper: int
    """Largest fixed-point value."""

    @property
    def magnitude(self) -> int:
        """Largest |value|, at least one step."""
        return max(abs(self.lower), abs(self.upper), 1)

    @property
    def centre(self) -> int:
        """Middle of the range, which means subtract before they sum: it halves the noise."""
        return (self.lower + self.upper) // 2

    @property
    def half_range(self) -> int:
        """Largest distance of a value from the centre, at least one step."""
        return max(self.upper - self.centre, self.centre - self.lower, 1)

    def to_fixed(self, value: float) -> int:
        """Return the clamped fixed-point value of one finite number; ties round up."""
        if self.exponent == 0 and isinstance(value, int):
            return min(max(value, self.lower), self.upper)
        inside = min(max(float(value), self.lower_value), self.upper_value)
        step = float(10 ** abs(self.exponent))
        scaled = inside * step if self.exponent >= 0 else inside / step
        return min(max(math.floor(scaled + 0.5), self.lower), self.upper)

    def to_value(self, fixed: int | Fraction) -> float:
        """Return a fixed-point amount in the column's own unit."""
        return float(Fraction(fixed) / Fraction(10) ** self.exponent)


def fixed_point(
    lower: float, upper: float, *, rows_per_cell: int, whole: bool, shared: bool = False, centred: bool = False
) -> FixedPoint:
    """Choose how the numbers of a column are written as integers: from its stated bounds alone.

    Whole numbers stay as they are; fractional ones keep enough decimals to divide the range into `RESOLUTION` steps,
    and so do whole ones of which a share may count: where 1 of 2 rows counts, of 3 and 4 it is 3.5 that does.
    All lose digits until what `rows_per_cell` values add up to stays within `MAX_CELL_CONTRIBUTION`. The rounding
    is far below the noise, which is at least the largest value. Of means, spreads and quantiles only distances within
    the range count, and their noise is no more than that: there it is `rows_per_cell` distances that have to stay
    within it, so that a narrow range far from 0 keeps its digits as long as 53 bits hold the value.

    Args:
        lower: stated lower bound.
        upper: stated upper bound, not below it.
        rows_per_cell: most rows of a unit in a cell.
        whole: whether the column holds whole numbers.
        shared: whether a share of a unit's sum may count in place of the whole: where its rows are bounded.
        centred: whether distances from the middle of the range are counted, and not the values themselves.
    """
    exponent = 0
    span = Fraction(upper) - Fraction(lower)
    if shared or not whole:
        while exponent < MAX_EXPONENT and span * 10**exponent < RESOLUTION:
            exponent += 1
    largest = max(abs(Fraction(lower)), abs(Fraction(upper)))

    def fits(step: Fraction) -> bool:
        counted = span / 2 if centred else largest
        return rows_per_cell * (counted * step + 1) <= MAX_CELL_CONTRIBUTION and largest * step <= MAX_VALUE

    while not fits(Fraction(10) ** exponent):
        exponent -= 1
    step = Fraction(10) ** exponent
    least, most = math.ceil(lower), math.floor(upper)
    if whole and exponent >= 0 and least <= most:
        low, high = least * 10**exponent, most * 10**exponent
    else:  # also where no whole number lies within the bounds
        low, high = (math.floor(Fraction(bound) * step + Fraction(1, 2)) for bound in (lower, upper))
    return FixedPoint(exponent=exponent, lower_value=float(lower), upper_value=float(upper), lower=low, upper=high)


def square_step(fixed: FixedPoint, *, rows_per_cell: int) -> int:
    """Choose in how large steps the squares of distances from the centre are added up: from stated bounds alone.

    Distances keep the digits that they have where they are added up themselves, so that a mean and a variance are made
    of one sum; only their squares lose some. The step is the least power of ten of which `rows_per_cell` squares stay
    within `MAX_CELL_CONTRIBUTION`. A square before it is divided is at most the square of that, which 64 bits hold.

    Args:
        fixed: how the numbers are written as integers.
        rows_per_cell: most rows of a unit in a cell.
    """
    step = 1
    while rows_per_cell * in_steps(fixed.half_range**2, step) > MAX_CELL_CONTRIBUTION:
        step *= 10
    return step


def in_steps(square: int, step: int) -> int:
    """Return a square as so many steps, to the nearest; ties round up."""
    return (square + step // 2) // step


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """The most that a vector of cells moves when one unit's rows are added or removed."""

    l1: int
    """Sum over cells of |change|."""
    l2_squared: int
    """Sum over cells of change squared, exact."""
    linf: int
    """Largest |change| of one cell."""


def sensitivity(*, rows_per_unit: int, rows_per_cell: int, cells: int, magnitude: int) -> Sensitivity:
    """Return the exact worst case over all ways to spread R bounded rows over cells.

    A unit puts at most `rows_per_cell` rows into a cell and `rows_per_unit` into all. The sum of squares is convex,
    so it is largest with as many full cells as fit, and the rest in one more: at most R x cap.

    Args:
        rows_per_unit: R.
        rows_per_cell: cap, at least 1.
        cells: number of cells in the answer.
        magnitude: largest |contribution| of one row.
    """
    full = min(cells, rows_per_unit // rows_per_cell)
    rest = rows_per_unit - full * rows_per_cell if full < cells else 0
    return Sensitivity(
        l1=(full * rows_per_cell + rest) * magnitude,
        l2_squared=(full * rows_per_cell**2 + rest**2) * magnitude**2,
        linf=min(rows_per_cell, rows_per_unit) * magnitude,
    )
