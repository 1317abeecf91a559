"""What is measured of each group: frozen nodes. Each may look at some rows only (`where`)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from datalab.query.model.column import ColumnRef
from datalab.query.model.predicate import Predicate

DEFAULT_BINS = 64
"""Into how many equal steps a column's stated range is divided to find a quantile, where the author states nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRows:
    """How many rows."""

    name: str = "rows"
    where: Predicate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountUnits:
    """How many distinct privacy units (persons, households)."""

    name: str = "units"
    where: Predicate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """The sum of a number column, each value clamped to the contract's bounds; missing values count as none."""

    column: ColumnRef
    name: str
    where: Predicate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """The mean of a number column over the rows that have a value, each clamped to the contract's bounds."""

    column: ColumnRef
    name: str
    where: Predicate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variance:
    """The population variance of a number column over the rows that have a value."""

    column: ColumnRef
    name: str
    where: Predicate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """The population standard deviation of a number column over the rows that have a value."""

    column: ColumnRef
    name: str
    where: Predicate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """The value below which a share of the rows lie; the median at 1/2.

    The least and the greatest value are single rows' values and are never answered: ask for a low or a high quantile.
    """

    column: ColumnRef
    name: str
    level: Fraction
    """Above 0 and below 1."""
    bins: int = DEFAULT_BINS
    """Into how many equal steps the stated range is divided: the finest that the answer can tell apart."""
    where: Predicate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """One amount divided by another, both noised: a share, or a rate per so many."""

    top: CountRows | CountUnits | Sum
    """Its name plays no part."""
    bottom: CountRows | CountUnits | Sum
    """Its name plays no part."""
    name: str
    per: int = 1
    """The ratio is stated per so many, such as 1,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRows:
    """Over all units: how many rows of a unit the question keeps, at a quantile. For choosing `rows_per_unit`."""

    name: str
    level: Fraction
    """Above 0 and below 1."""


Measure = CountRows | CountUnits | Sum | Mean | Variance | Deviation | Quantile | Ratio | UnitRows
OfColumn = Sum | Mean | Variance | Deviation | Quantile
"""Measures of one number column."""
