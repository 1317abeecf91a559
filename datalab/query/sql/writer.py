"""A query as SQL, whichever way it was written; `datalab.query.sql.reader` reads it back to the same question."""

from __future__ import annotations

from typing import assert_never

import sqlglot
from sqlglot import exp

from datalab.contract.model import UNIT_ID
from datalab.query.model import (
    AllOf,
    AnyOf,
    ColumnRef,
    Compare,
    CountRows,
    CountUnits,
    IsIn,
    IsMissing,
    Literal,
    Mean,
    Measure,
    Not,
    Predicate,
    Query,
    Sum,
)
from datalab.query.sql.condition import COMPARISONS

_KINDS = {operator: kind for kind, operator in COMPARISONS.items()}


def to_sql(query: Query) -> str:
    """Return a query as one SELECT of the documented subset; price, bounds and title are no part of it."""
    writer = _Writer(query.dataset if query.joins else None)
    keys = [writer.column(ref) for ref in query.group_by]
    select = exp.Select(expressions=[*(key.copy() for key in keys), *map(writer.measure, query.measures)])
    select = select.from_(exp.Table(this=_identifier(query.dataset)))
    for join in query.joins:
        table: exp.Expr = exp.Table(this=_identifier(join.dataset))
        if join.where is not None:
            inner = exp.Select(expressions=[exp.Star()]).from_(table).where(_Writer(None).condition(join.where))
            table = exp.Subquery(this=inner, alias=exp.TableAlias(this=_identifier(join.dataset)))
        select.append("joins", exp.Join(this=table, using=[_identifier(UNIT_ID)]))
    if query.where is not None:
        select.set("where", exp.Where(this=writer.condition(query.where)))
    if keys:
        select.set("group", exp.Group(expressions=keys))
    return select.sql(pretty=True)


class _Writer:
    """Writes columns with their dataset, or without where there is only one."""

    def __init__(self, dataset: str | None) -> None:
        self._dataset = dataset

    def column(self, ref: ColumnRef) -> exp.Column:
        table = None if self._dataset is None else _identifier(ref.dataset or self._dataset)
        return exp.Column(this=_identifier(ref.name), table=table)

    def measure(self, measure: Measure) -> exp.Expr:
        figure: exp.Expr
        match measure:
            case CountRows():
                figure = exp.Count(this=exp.Star())
            case CountUnits():
                unit = self.column(ColumnRef(name=UNIT_ID))
                figure = exp.Count(this=exp.Distinct(expressions=[unit]))
            case Sum(column=ref):
                figure = exp.Sum(this=self.column(ref))
            case Mean(column=ref):
                figure = exp.Avg(this=self.column(ref))
            case _:
                assert_never(measure)
        return exp.Alias(this=figure, alias=_identifier(measure.name))

    def condition(self, predicate: Predicate) -> exp.Expr:  # noqa: PLR0911 - a case each
        match predicate:
            case Compare(column=ref, operator=operator, value=value):
                return _KINDS[operator](this=self.column(ref), expression=_value(value))
            case IsIn(column=ref, values=values):
                return exp.In(this=self.column(ref), expressions=[_value(value) for value in values])
            case IsMissing(column=ref):
                return exp.Is(this=self.column(ref), expression=exp.Null())
            case Not(predicate=IsMissing(column=ref)):
                return exp.Not(this=exp.Is(this=self.column(ref), expression=exp.Null()))
            case Not(predicate=inner):  # two-valued: true where the inner one is false, and where it is unknown
                held = exp.Paren(this=self.condition(inner))
                return exp.Not(this=exp.Is(this=held, expression=exp.true()))
            case AllOf(predicates=terms):
                return self._combined(exp.And, terms)
            case AnyOf(predicates=terms):
                return self._combined(exp.Or, terms)
            case _:
                assert_never(predicate)

    def _combined(self, kind: type[exp.Connector], terms: tuple[Predicate, ...]) -> exp.Expr:
        written = [self.condition(term) for term in terms]
        if len(written) == 1:
            return written[0]
        parts = [exp.Paren(this=one) if isinstance(one, exp.Connector) else one for one in written]
        if not parts:
            return exp.true() if kind is exp.And else exp.false()
        whole: exp.Expr = parts[0]
        for part in parts[1:]:
            whole = kind(this=whole, expression=part)
        return whole


def _identifier(name: str) -> exp.Identifier:
    """Quote whatever SQL would not read as a plain name: a keyword, a capital, a letter of another alphabet."""
    plain = name.isascii() and name.isidentifier() and name.islower()
    return exp.to_identifier(name, quoted=not plain or sqlglot.tokenize(name)[0].token_type.name != "VAR")


def _value(value: Literal) -> exp.Expr:
    match value:
        case bool():
            return exp.true() if value else exp.false()
        case str():
            return exp.Literal.string(value)
        case int() | float():
            number = exp.Literal.number(repr(abs(value)))
            return exp.Neg(this=number) if value < 0 else number
