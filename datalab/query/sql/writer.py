"""A query as SQL, whichever way it was written; `datalab.query.sql.reader` reads it back to the same question."""

from __future__ import annotations

from collections.abc import Collection
from typing import assert_never

import sqlglot
from sqlglot import exp

from datalab.contract.model import UNIT_ID
from datalab.errors import QueryError
from datalab.query.columns import resolve
from datalab.query.model import (
    AllOf,
    AnyOf,
    ColumnRef,
    Compare,
    Derived,
    First,
    IsIn,
    IsMissing,
    Join,
    Keep,
    Linear,
    Not,
    Predicate,
    Query,
    Window,
)
from datalab.query.sql.condition import COMPARISONS
from datalab.query.sql.expression import write_expression
from datalab.query.sql.grouping import UNLISTED, WEIGHTS
from datalab.query.sql.measure import FigureWriter
from datalab.query.sql.meeting import ANOTHER
from datalab.query.sql.value import value

_KINDS = {operator: kind for kind, operator in COMPARISONS.items()}
_JOINS = {Keep.PAIRS: "", Keep.ANY: "SEMI", Keep.NONE: "ANTI"}


def to_sql(query: Query, *, public: Collection[str] = ()) -> str:
    """Return a query as one SELECT of the documented subset; price, bounds and title are no part of it.

    Args:
        query: one that `check` lets through.
        public: datasets of public reference data, which are not joined on the privacy unit.

    Raises:
        QueryError: if it has no figure, a sum of nothing, or discovers what it does not group by: no SQL says that.
    """
    _check_sayable(query)
    writer = _Writer(query.dataset if query.joins else None, frozenset(one.name for one in query.derive))
    aside, listed = _declared(query)
    select = exp.Select(expressions=[*_groups(query, writer, listed), *_figures(query, writer)])
    select = select.from_(exp.Table(this=_identifier(query.dataset)))
    for join in query.joins:
        select.append("joins", _join(join, query.dataset, writer, public))
    if aside:
        columns = exp.Select(expressions=[_derived(one, writer) for one in aside])
        lateral = exp.Lateral(this=exp.Subquery(this=columns), alias=exp.TableAlias(this=_identifier("derived")))
        select.append("joins", exp.Join(this=lateral, kind="CROSS"))
    if query.where is not None:
        select.set("where", exp.Where(this=writer.condition(query.where)))
    if query.group_by or query.tables:
        select.set("group", _group(query, writer))
    if query.first is not None:
        select.set("qualify", _first(query.first, writer))
    if query.top is not None:
        first = exp.Ordered(this=exp.Column(this=_identifier(query.measures[0].name)), desc=True, nulls_first=False)
        select.set("order", exp.Order(expressions=[first]))
        select.set("limit", exp.Limit(expression=value(query.top)))
    if any(table.weight != 1 for table in query.tables):
        weights = exp.Anonymous(this=WEIGHTS, expressions=[value(table.weight) for table in query.tables])
        select.set("hint", exp.Hint(expressions=[weights]))
    return select.sql(pretty=True, normalize_functions=False)


def _check_sayable(query: Query) -> None:
    groups = {resolve(ref, query.dataset) for ref in query.group_by}
    lost = query.discover is not None and resolve(query.discover, query.dataset) not in groups
    empty = any(isinstance(one.expression, Linear) and not one.expression.terms for one in query.derive)
    if not query.measures or lost or empty:
        raise QueryError(
            "This question cannot be written as SQL.",
            why="It has no figure, adds up no columns, or discovers a column that it does not group by.",
            remedy="Check it first, and mend what the check refuses.",
        )


def _declared(query: Query) -> tuple[tuple[Derived, ...], dict[str, Derived]]:
    """Return the derived columns that are declared beside the list, and those that the list declares as groups.

    The list declares groups where that keeps the order of all; else every one is declared beside it.
    """
    derived = {one.name: one for one in query.derive}
    own = [resolve(ref, query.dataset) for ref in query.group_by]
    names = dict.fromkeys(ref.name for ref in own if ref.dataset == query.dataset and ref.name in derived)
    listed = {name: derived[name] for name in names}
    aside = tuple(one for one in query.derive if one.name not in listed)
    if (*aside, *listed.values()) != query.derive:
        return query.derive, {}
    return aside, listed


def _derived(derived: Derived, writer: _Writer) -> exp.Expr:
    return exp.Alias(this=write_expression(derived.expression, writer.stated), alias=_identifier(derived.name))


def _groups(query: Query, writer: _Writer, listed: dict[str, Derived]) -> list[exp.Expr]:
    shown = []
    for ref in query.group_by:
        resolved = resolve(ref, query.dataset)
        own = resolved.dataset == query.dataset
        shown.append(_derived(listed[ref.name], writer) if own and ref.name in listed else writer.column(ref))
    return shown


def _figures(query: Query, writer: _Writer) -> list[exp.Expr]:
    figures = FigureWriter(writer.column, writer.condition)
    shown: list[exp.Expr] = []
    for measure in query.measures:
        figure = figures.write(measure)
        if query.nonnegative:
            figure = exp.Greatest(this=figure, expressions=[exp.Literal.number(0)])
        shown.append(exp.Alias(this=figure, alias=_identifier(measure.name)))
    return shown


def _group(query: Query, writer: _Writer) -> exp.Group:
    discover = None if query.discover is None else resolve(query.discover, query.dataset)

    def key(ref: ColumnRef) -> exp.Expr:
        column = writer.column(ref)
        unlisted = resolve(ref, query.dataset) == discover
        return exp.Anonymous(this=UNLISTED, expressions=[column]) if unlisted else column

    if not query.tables:
        return exp.Group(expressions=[key(ref) for ref in query.group_by])
    sets = [exp.Tuple(expressions=[key(ref) for ref in table.by]) for table in query.tables]
    return exp.Group(expressions=[exp.GroupingSets(expressions=sets)])


def _join(join: Join, dataset: str, writer: _Writer, public: Collection[str]) -> exp.Join:
    another = join.dataset == dataset
    called = f"another_{dataset}" if another else join.dataset
    table: exp.Expr = exp.Table(this=_identifier(join.dataset))
    if join.where is not None or join.first is not None:
        alone = _Writer(None, frozenset())
        inner = exp.Select(expressions=[exp.Star()]).from_(table)
        if join.where is not None:
            inner.set("where", exp.Where(this=alone.condition(join.where)))
        if join.first is not None:
            inner.set("qualify", _first(join.first, alone))
        table = exp.Subquery(this=inner)
    if another or isinstance(table, exp.Subquery):
        table.set("alias", exp.TableAlias(this=_identifier(called)))
    kind = _JOINS[join.keep]
    if not join.on and join.within is None and not another:
        return exp.Join(this=table, kind=kind, using=[_identifier(UNIT_ID)])

    def other(ref: ColumnRef) -> exp.Column:
        return exp.Column(this=_identifier(ref.name), table=_identifier(called))

    terms: list[exp.Expr] = []
    if join.dataset not in public or not join.on:
        own = exp.Column(this=_identifier(UNIT_ID), table=_identifier(dataset))
        terms.append(exp.EQ(this=own, expression=other(ColumnRef(name=UNIT_ID))))
    terms += [exp.Anonymous(this=ANOTHER)] * another
    terms += [exp.EQ(this=writer.column(pair.own), expression=other(pair.other)) for pair in join.on]
    if join.within is not None:
        terms += _within(join.within, other(join.within.other), writer.column(join.within.own))
    return exp.Join(this=table, kind=kind, on=_chained(exp.And, terms))


def _within(window: Window, theirs: exp.Column, own: exp.Column) -> list[exp.Expr]:
    """Return a window as days between two dates; as comparisons where an end is left out of it."""
    if not window.above and not window.below:
        apart = exp.Sub(this=theirs, expression=own)
        return [exp.Between(this=apart, low=value(window.at_least), high=value(window.at_most))]
    least, most = exp.GT if window.above else exp.GTE, exp.LT if window.below else exp.LTE
    return [
        least(this=theirs, expression=_shifted(own, window.at_least)),
        most(this=theirs.copy(), expression=_shifted(own, window.at_most)),
    ]


def _shifted(date: exp.Column, days: int) -> exp.Expr:
    if not days:
        return date.copy()
    interval = exp.Interval(this=exp.Literal.string(str(abs(days))), unit=exp.var("DAY"))
    return (exp.Add if days > 0 else exp.Sub)(this=date.copy(), expression=interval)


def _first(first: First, writer: _Writer) -> exp.Qualify:
    ordered = exp.Ordered(this=writer.stated(first.column), desc=first.last or None, nulls_first=not first.last)
    window = exp.Window(
        this=exp.RowNumber(),
        partition_by=[writer.stated(ColumnRef(name=UNIT_ID))],
        order=exp.Order(expressions=[ordered]),
        over="OVER",
    )
    return exp.Qualify(this=exp.EQ(this=window, expression=exp.Literal.number(1)))


class _Writer:
    """Writes columns with their dataset, or without where there is only one; derived ones by their name alone."""

    def __init__(self, dataset: str | None, derived: frozenset[str]) -> None:
        self._dataset = dataset
        self._derived = derived

    def column(self, ref: ColumnRef) -> exp.Column:
        if ref.dataset in (None, self._dataset) and ref.name in self._derived:
            return exp.Column(this=_identifier(ref.name))
        return self.stated(ref)

    def stated(self, ref: ColumnRef) -> exp.Column:
        table = None if self._dataset is None else _identifier(ref.dataset or self._dataset)
        return exp.Column(this=_identifier(ref.name), table=table)

    def condition(self, predicate: Predicate) -> exp.Expr:  # noqa: PLR0911 - a case each
        match predicate:
            case Compare(column=ref, operator=operator, value=stated):
                return _KINDS[operator](this=self.column(ref), expression=value(stated))
            case IsIn(column=ref, values=values):
                return exp.In(this=self.column(ref), expressions=[value(stated) for stated in values])
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
        return _chained(kind, parts)


def _chained(kind: type[exp.Connector], parts: list[exp.Expr]) -> exp.Expr:
    whole = parts[0]
    for part in parts[1:]:
        whole = kind(this=whole, expression=part)
    return whole


def _identifier(name: str) -> exp.Identifier:
    """Quote whatever SQL would not read as a plain name: a keyword, a capital, a letter of another alphabet."""
    plain = name.isascii() and name.isidentifier() and name.islower()
    return exp.to_identifier(name, quoted=not plain or sqlglot.tokenize(name)[0].token_type.name != "VAR")
