"""Figures: how each measure of an answer is made of noisy vectors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class FigureKind(StrEnum):
    """What a figure is, and which parts it needs, in this order."""

    ROWS = "rows"
    """One part a table."""
    UNITS = "units"
    """One part a table."""
    SUM = "sum"
    """One part a table."""
    MEAN = "mean"
    """Rows with a value; centred sum."""
    VARIANCE = "variance"
    """Rows with a value; centred sum; centred squares."""
    DEVIATION = "deviation"
    """As for the variance."""
    QUANTILE = "quantile"
    """Rows by group and bin, the finest bins first, or one part with a search; the bin's key is the last of each."""
    RATIO = "ratio"
    """What is above the line; what is below."""
    UNIT_ROWS = "unit_rows"
    """Units by their number of rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One column of an answer."""

    name: str
    kind: FigureKind
    unit: str
    """Unit of the figure: `rows`, the privacy unit's name, or the column's own."""
    parts: tuple[str, ...]
    """Names of the plan's parts that it is made of; figures share parts where they need the same."""
    level: Fraction | None = None
    """Of quantiles."""
    per: int = 1
    """Of ratios."""
