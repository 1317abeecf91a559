"""What is measured, as it is written in Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NoReturn, Self, TypeVar

from datalab.errors import QueryError
from datalab.query.build.amount import Amount, derive_of, predicate_of
from datalab.query.build.argument import Argument
from datalab.query.build.column import Col, Condition, column, condition
from datalab.query.build.other_words import WORDS
from datalab.query.model import (
    DEFAULT_BINS,
    CountRows,
    CountUnits,
    Derived,
    Deviation,
    Mean,
    Measure,
    Quantile,
    Query,
    Ratio,
    Sum,
    UnitRows,
    Variance,
)
from datalab.query.naming import MEDIAN, named_by_default

Level = Fraction | Decimal | float | str
"""Of a quantile: `0.9`, `"9/10"`."""
AskingT = TypeVar("AskingT", bound="Measuring")
_NAME = Argument("name", 'count_rows(name="incident_rows")')
_RATIO = "ratio(top=rows(), bottom=units(), per=1000)"


@dataclass(frozen=True, slots=True)
class Measuring:
    """A query in the making, and its measures; every step returns another."""

    query: Query
    title: str = ""

    def count_rows(self, *, where: Condition | None = None, name: str | None = None) -> Self:
        """Count rows."""
        return self._measure(CountRows(where=predicate_of(where)), name, derive_of(where))

    def count_units(self, *, where: Condition | None = None, name: str | None = None) -> Self:
        """Count distinct privacy units."""
        return self._measure(CountUnits(where=predicate_of(where)), name, derive_of(where))

    def sum(self, of: str | Col, *, where: Condition | None = None, name: str | None = None) -> Self:
        """Add up a number column."""
        return self._of_column(Sum, of, where, name)

    def mean(self, of: str | Col, *, where: Condition | None = None, name: str | None = None) -> Self:
        """Take the mean of a number column."""
        return self._of_column(Mean, of, where, name)

    def variance(self, of: str | Col, *, where: Condition | None = None, name: str | None = None) -> Self:
        """Take the population variance of a number column."""
        return self._of_column(Variance, of, where, name)

    def deviation(self, of: str | Col, *, where: Condition | None = None, name: str | None = None) -> Self:
        """Take the population standard deviation of a number column."""
        return self._of_column(Deviation, of, where, name)

    def _of_column(
        self,
        kind: type[Sum | Mean | Variance | Deviation],
        of: str | Col,
        where: Condition | None,
        name: str | None,
    ) -> Self:
        found = column(of)
        measure = kind(column=found.ref, name="", where=predicate_of(where))
        return self._measure(measure, name, found.derive + derive_of(where))

    def median(
        self,
        of: str | Col,
        *,
        bins: int = DEFAULT_BINS,
        where: Condition | None = None,
        name: str | None = None,
    ) -> Self:
        """Take the median of a number column."""
        return self.quantile(of, MEDIAN, bins=bins, where=where, name=name)

    def quantile(
        self,
        of: str | Col,
        level: Level,
        *,
        bins: int = DEFAULT_BINS,
        where: Condition | None = None,
        name: str | None = None,
    ) -> Self:
        """Take the value below which a share of the rows lie; for the least or greatest, ask for a low or high one."""
        found = column(of)
        measure = Quantile(
            column=found.ref, name="", level=_level("quantile", level), bins=_bins(bins), where=predicate_of(where)
        )
        return self._measure(measure, name, found.derive + derive_of(where))

    def share(self, of: Condition, *, name: str | None = None) -> Self:
        """Take the share of the rows for which a condition is true."""
        part = condition(of, "share(of)")
        measure = Ratio(top=CountRows(name="", where=part.predicate), bottom=CountRows(name=""), name="")
        return self._measure(measure, name, part.derive)

    def ratio(self, *, top: Amount, bottom: Amount, per: int = 1, name: str | None = None) -> Self:
        """Divide one amount by another: `ratio(top=rows(), bottom=units(), per=1000)`."""
        above = Argument("ratio(top)", _RATIO).kind(Amount, top, "an amount")
        below = Argument("ratio(bottom)", _RATIO).kind(Amount, bottom, "an amount")
        scaled = Argument("ratio(per)", _RATIO).count(per)
        measure = Ratio(top=above.measure, bottom=below.measure, per=scaled, name="")
        return self._measure(measure, name, above.derive + below.derive)

    def unit_rows(self, level: Level, *, name: str | None = None) -> Self:
        """Find how many rows of a unit the question keeps, at a quantile of the units: for choosing rows_per_unit."""
        return self._measure(UnitRows(name="", level=_level("unit_rows", level)), name, ())

    if not TYPE_CHECKING:  # or a type checker would take every name for one that is there

        def __getattr__(self, name: str) -> NoReturn:
            """Say what is written instead of a word that other tools have; called for names that are none of these."""
            instead = f" Write {WORDS[name]}." if name in WORDS else ""
            message = f"The builder has no {name}.{instead}"
            raise AttributeError(message, name=name, obj=self)

    def _measure(self, measure: Measure, name: str | None, derive: Iterable[Derived]) -> Self:
        named = named_by_default(measure, None if name is None else _NAME.text(name))
        return changed(declaring(self, derive), measures=(*self.query.measures, named))


def declaring(asking: AskingT, derive: Iterable[Derived]) -> AskingT:
    """Return the question with derived columns declared; raises QueryError if two would have one name."""
    declared = {one.name: one for one in asking.query.derive}
    for one in derive:
        if declared.setdefault(one.name, one) != one:
            raise QueryError(
                f"Two derived columns would be called {one.name}.",
                remedy='Name one of them: band("minutes", 10, name="minutes_band_low").',
            )
    return changed(asking, derive=tuple(declared.values()))


def changed(asking: AskingT, **changes: object) -> AskingT:
    """Return the question with fields of its query changed."""
    return replace(asking, query=replace(asking.query, **changes))  # type: ignore[arg-type]  # each caller names fields


def _level(call: str, level: Level) -> Fraction:
    works = 'quantile("minutes", 0.9)' if call == "quantile" else "unit_rows(0.95)"
    return Argument(f"{call}(level)", works).level(level)


def _bins(bins: int) -> int:
    return Argument("bins", 'median("minutes", bins=128)').count(bins)
