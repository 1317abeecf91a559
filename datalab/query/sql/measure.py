"""Figures in SQL.

COUNT(*)   COUNT(DISTINCT unit_id)   SUM(x)   AVG(x)   VAR_POP(x)   STDDEV_POP(x)   each with FILTER (WHERE ...)
MEDIAN(x)   PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY x)   quantile_in_steps(x, 0.9, 128)   unit_rows(0.9)
1000.0 * COUNT(*) FILTER (WHERE ...) / COUNT(*)   GREATEST(COUNT(*), 0)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import assert_never

from sqlglot import exp

from datalab.contract.model import UNIT_ID
from datalab.query.model import (
    DEFAULT_BINS,
    ColumnRef,
    CountRows,
    CountUnits,
    Deviation,
    Mean,
    Measure,
    Predicate,
    Quantile,
    Ratio,
    Sum,
    UnitRows,
    Variance,
)
from datalab.query.naming import MEDIAN, named_by_default
from datalab.query.sql.names import Names, only, unbracketed
from datalab.query.sql.refusal import part_refusal, refusal
from datalab.query.sql.value import level, level_value, value, whole

_OF_COLUMN: dict[type[exp.Expr], type[Sum | Mean | Variance | Deviation]] = {
    exp.Sum: Sum,
    exp.Avg: Mean,
    exp.VariancePop: Variance,
    exp.StddevPop: Deviation,
}
_FUNCTIONS = {kind: function for function, kind in _OF_COLUMN.items()}
VAR_POP = "VAR_POP"
"""The standard's name, which the parser's own writer does not use."""
UNIT_ROWS, IN_STEPS = "unit_rows", "quantile_in_steps"
"""Names of figures for which SQL has none."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Reads the figures of one SELECT."""

    names: Names
    condition: Callable[[exp.Expr], Predicate]

    def read(self, node: exp.Expr) -> tuple[Measure, bool]:
        """Return a figure, and whether it is held at 0 or above; raises QueryError if it is not offered."""
        name, inner = (node.alias, node.this) if isinstance(node, exp.Alias) else (None, node)
        inner = unbracketed(inner)
        held = isinstance(inner, exp.Greatest)
        if held:
            only(inner, {"this", "expressions", "ignore_nulls"})
            if inner.expressions != [exp.Literal.number(0)]:
                raise refusal(
                    "This GREATEST is not read", "it holds a figure at 0 or above", "Write GREATEST(COUNT(*), 0)."
                )
            inner = unbracketed(inner.this)
        return named_by_default(self._figure(inner), name), held

    def _figure(self, node: exp.Expr) -> Measure:
        match node:
            case exp.Div():
                return self._ratio(node)
            case exp.Filter():
                return replace(self._unfiltered(unbracketed(node.this)), where=self.condition(node.expression.this))
            case exp.Anonymous() if str(node.this).lower() == UNIT_ROWS and len(node.expressions) == 1:
                return UnitRows(name="", level=level(node.expressions[0]))
            case _:
                return self._unfiltered(node)

    def _unfiltered(self, node: exp.Expr) -> CountRows | CountUnits | Sum | Mean | Variance | Deviation | Quantile:
        match node:
            case exp.Count():
                return self._count(node)
            case exp.Sum() | exp.Avg() | exp.VariancePop() | exp.StddevPop():
                if isinstance(node.this, exp.Distinct | exp.Star):
                    raise part_refusal(node.this, "an aggregate")
                return _OF_COLUMN[type(node)](column=self.names.column(node.this), name="")
            case exp.Median():
                return Quantile(column=self.names.column(node.this), name="", level=MEDIAN)
            case exp.WithinGroup(this=exp.PercentileCont() as percentile, expression=exp.Order(expressions=[ordered])):
                only(ordered, {"this", "nulls_first", "desc"})
                at = level(unbracketed(percentile.this))
                if ordered.args.get("desc"):
                    raise refusal(
                        "DESC in a quantile is not read",
                        "quantiles are counted from the least value upwards",
                        f"Write PERCENTILE_CONT({float(1 - at):g}) WITHIN GROUP (ORDER BY column), without DESC.",
                    )
                return Quantile(column=self.names.column(ordered.this), name="", level=at)
            case exp.Anonymous(expressions=[column, at, steps]) if str(node.this).lower() == IN_STEPS:
                return Quantile(column=self.names.column(column), name="", level=level(at), bins=whole(steps))
            case exp.Column():
                raise refusal(
                    f"{node.name} cannot be given another name",
                    "groups are called what the contract calls them",
                    "Leave AS out.",
                )
            case _:
                raise part_refusal(node, "SELECT")

    def _count(self, node: exp.Count) -> CountRows | CountUnits:
        match node.this:
            case exp.Star():
                return CountRows(name="")
            case exp.Distinct(expressions=[exp.Column() as column]) if column.name == UNIT_ID:
                self.names.stated(column) if column.table else None
                return CountUnits(name="")
            case exp.Case() | exp.If():
                raise part_refusal(node.this, "place of a column")
            case exp.Literal() | None:
                raise refusal("COUNT of a value is not read", "it counts every row", "Write COUNT(*).")
            case exp.Distinct(expressions=[exp.Case()]):
                raise refusal(
                    "COUNT(DISTINCT CASE ...) is not read",
                    "which rows a figure counts stands beside it",
                    f"Write COUNT(DISTINCT {UNIT_ID}) FILTER (WHERE ...).",
                )
            case exp.Distinct():
                raise refusal(
                    "Only privacy units are counted distinctly",
                    "how many different values stand in the data depends on single people without a bound",
                    f"Write COUNT(DISTINCT {UNIT_ID}), or group by the column.",
                )
            case _:
                raise refusal(
                    "COUNT of a column is not read",
                    "it counts rows that have a value",
                    "Write COUNT(*) FILTER (WHERE column IS NOT NULL).",
                )

    def _ratio(self, node: exp.Div) -> Ratio:
        per, top = 1, unbracketed(node.this)
        if isinstance(top, exp.Mul):
            for factor, amount in ((top.this, top.expression), (top.expression, top.this)):
                if isinstance(factor, exp.Literal):
                    per, top = whole(factor), unbracketed(amount)
                    break
        return Ratio(top=self._amount(top), bottom=self._amount(unbracketed(node.expression)), name="", per=per)

    def _amount(self, node: exp.Expr) -> CountRows | CountUnits | Sum:
        amount = self._figure(node)
        if not isinstance(amount, CountRows | CountUnits | Sum):
            raise refusal(
                "This cannot be divided",
                "a ratio is of counts and sums",
                "Write 1.0 * COUNT(*) FILTER (WHERE ...) / COUNT(*).",
            )
        return replace(amount, name="")


@dataclass(frozen=True, slots=True)
class FigureWriter:
    """Writes figures."""

    column: Callable[[ColumnRef], exp.Expr]
    condition: Callable[[Predicate], exp.Expr]

    def write(self, measure: Measure) -> exp.Expr:
        """Return a figure as SQL, without its name."""
        match measure:
            case Ratio(top=top, bottom=bottom, per=per):
                scaled = exp.Mul(this=exp.Literal.number(f"{per}.0"), expression=self.write(top))
                return exp.Div(this=scaled, expression=self.write(bottom))
            case UnitRows(level=at):
                return exp.Anonymous(this=UNIT_ROWS, expressions=[level_value(at)])
            case _:
                figure = self._unfiltered(measure)
                if measure.where is None:
                    return figure
                return exp.Filter(this=figure, expression=exp.Where(this=self.condition(measure.where)))

    def _unfiltered(self, measure: CountRows | CountUnits | Sum | Mean | Variance | Deviation | Quantile) -> exp.Expr:
        match measure:
            case CountRows():
                return exp.Count(this=exp.Star())
            case CountUnits():
                return exp.Count(this=exp.Distinct(expressions=[self.column(ColumnRef(name=UNIT_ID))]))
            case Variance():
                return exp.Anonymous(this=VAR_POP, expressions=[self.column(measure.column)])
            case Sum() | Mean() | Deviation():
                return _FUNCTIONS[type(measure)](this=self.column(measure.column))
            case Quantile():
                return self._quantile(measure.column, measure.level, measure.bins)
            case _:
                assert_never(measure)

    def _quantile(self, ref: ColumnRef, at: Fraction, bins: int) -> exp.Expr:
        column = self.column(ref)
        if bins != DEFAULT_BINS:
            return exp.Anonymous(this=IN_STEPS, expressions=[column, level_value(at), value(bins)])
        if at == MEDIAN:
            return exp.Median(this=column)
        ordered = exp.Order(expressions=[exp.Ordered(this=column, nulls_first=True)])
        return exp.WithinGroup(this=exp.PercentileCont(this=level_value(at)), expression=ordered)
