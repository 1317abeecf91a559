"""Questions that use the whole language, at random: some that `check` lets through, and some that mean nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from offences import POLICY, RATES, column, ref

from datalab.contract.model import LogicalType, PrivacyUnit, Role
from datalab.errors import QueryError
from datalab.query.check import check
from datalab.query.model import (
    AllOf,
    AnyOf,
    Band,
    Calendar,
    Clamp,
    Clock,
    ClockPart,
    ColumnRef,
    Compare,
    CountRows,
    CountUnits,
    DaysBetween,
    Derived,
    Deviation,
    Expression,
    First,
    IsIn,
    IsMissing,
    Join,
    Keep,
    Linear,
    Mean,
    Measure,
    Not,
    On,
    Operator,
    Period,
    Predicate,
    Quantile,
    Query,
    Question,
    Ratio,
    Recode,
    Sum,
    Table,
    Term,
    UnitRows,
    Variance,
    Window,
)
from datalab.query.naming import default_column_name, named_by_default
from datalab.query.schema import ViewSchema

CRIMES = ViewSchema(
    dataset="crimes",
    privacy_unit=PrivacyUnit.PERSON,
    max_rows_per_unit=1_000,
    columns=(
        column("kind", values=("arson", "burglary", "theft", "it's new")),
        column("ward", values=("north", "south"), nullable=True),
        column("charged", LogicalType.BOOLEAN, values=("false", "true"), nullable=True),
        column("grade", LogicalType.INTEGER, values=("1", "2", "3"), bounds=(1, 3), nullable=True),
        column("minutes", LogicalType.INTEGER, role=Role.MEASURE, bounds=(-20, 500), unit="minutes", nullable=True),
        column("loss", LogicalType.NUMBER, role=Role.MEASURE, bounds=(0.0, 99.95), unit="GBP", nullable=True),
        column("on", LogicalType.DATE, role=Role.EVENT_TIME, bounds=(date(2024, 1, 1), date(2024, 12, 31))),
        column("at", LogicalType.TIMESTAMP, role=Role.EVENT_TIME, bounds=(datetime(2024, 1, 1), datetime(2025, 1, 1))),  # noqa: DTZ001 - as a contract states it
        column("code", nullable=True),
        column("story", role=Role.FREE_TEXT),
    ),
)
TREATED = ViewSchema(
    dataset="treated",
    privacy_unit=PrivacyUnit.PERSON,
    max_rows_per_unit=50_000,
    columns=(
        column("clinic", values=("a", "b"), nullable=True),
        column("area", values=("north", "south")),
        column("days", LogicalType.INTEGER, role=Role.MEASURE, bounds=(0, 30), unit="days", nullable=True),
        column("arrived", LogicalType.TIMESTAMP, role=Role.EVENT_TIME, nullable=True),
    ),
)
LANGUAGE: Mapping[str, ViewSchema] = {schema.dataset: schema for schema in (CRIMES, TREATED, RATES)}

_OPERATORS = st.sampled_from(Operator)
_SAMENESS = st.sampled_from([Operator.EQ, Operator.NE])
_LEAVES = st.one_of(
    st.builds(Compare, column=st.just(ref("kind")), operator=_OPERATORS, value=st.sampled_from(["arson", "it's new"])),
    st.builds(Compare, column=st.just(ref("charged")), operator=_SAMENESS, value=st.booleans()),
    st.builds(Compare, column=st.just(ref("minutes")), operator=_OPERATORS, value=st.integers(-20, 500)),
    st.builds(
        Compare, column=st.just(ref("loss")), operator=st.just(Operator.GE), value=st.sampled_from([1e-05, 3.75, 71])
    ),
    st.builds(Compare, column=st.just(ref("on")), operator=_OPERATORS, value=st.just("2024-05-17")),
    st.builds(IsIn, column=st.just(ref("kind")), values=st.permutations(["arson", "theft"]).map(tuple)),
    st.builds(IsMissing, column=st.sampled_from([ref("ward"), ref("loss")])),
)
CONDITIONS: st.SearchStrategy[Predicate] = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, predicate=inner),
        st.builds(AllOf, predicates=st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(AnyOf, predicates=st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=4,
)
_WEIGHTS = st.sampled_from([-2.5, 3, 0.125, 1])
_EXPRESSIONS: st.SearchStrategy[Expression] = st.one_of(
    st.builds(
        Band,
        column=st.just(ref("minutes")),
        edges=st.lists(st.integers(-19, 499), min_size=1, max_size=3, unique=True).map(sorted).map(tuple),
    ),
    st.builds(Band, column=st.just(ref("loss")), edges=st.sampled_from([(7.25,), (10, 31.5)])),
    st.builds(Calendar, column=st.sampled_from([ref("on"), ref("at")]), period=st.sampled_from(Period)),
    st.builds(Clock, column=st.just(ref("at")), part=st.sampled_from(ClockPart)),
    st.builds(
        Recode,
        column=st.just(ref("kind")),
        groups=st.sampled_from([(("arson", "theft"),), (("it's new",), ("burglary", "arson"))]),
    ),
    st.builds(Clamp, column=st.just(ref("minutes")), lower=st.integers(-20, 10), upper=st.integers(11, 500)),
    st.builds(
        Linear,
        terms=st.tuples(
            st.builds(Term, column=st.just(ref("minutes")), weight=_WEIGHTS),
            st.builds(Term, column=st.just(ref("loss")), weight=_WEIGHTS),
        ),
        constant=st.sampled_from([0, 17, -0.5]),
    ),
    st.just(DaysBetween(earlier=ref("on"), later=ref("at"))),
)
_LEVELS = st.sampled_from([Fraction(1, 2), Fraction(9, 10), Fraction(1, 3), Fraction(13, 1000)])


_AGAIN = ("treated", "crimes")
_BOTH = (("treated", "rates"), ("rates", "treated"))


@st.composite
def _joins(draw: st.DrawFn) -> tuple[Join, ...]:
    names = draw(st.sampled_from([(), (), (), ("treated",), ("treated",), ("rates",), *_BOTH, ("crimes",), _AGAIN]))
    rates = Join(dataset="rates", keep=draw(st.sampled_from(Keep)), on=(On(own=ref("ward"), other=ref("ward")),))
    dated = names == ("rates", "treated") and rates.keep is Keep.PAIRS
    own = ref("counted_on", "rates") if dated and draw(st.booleans()) else ref("at")
    own = ref("on") if own == ref("at") and draw(st.booleans()) else own
    above, below = draw(st.tuples(st.booleans(), st.booleans())) if own != ref("at") else (False, False)
    near = Window(
        own=own, other=ref("arrived"), at_least=draw(st.integers(-9, 3)), at_most=31, above=above, below=below
    )
    treated = Join(
        dataset="treated",
        where=draw(st.sampled_from([None, Compare(column=ref("days"), operator=Operator.LT, value=19)])),
        keep=draw(st.sampled_from(Keep)),
        on=draw(st.sampled_from([(), (On(own=ref("ward"), other=ref("area")),)])),
        within=draw(st.sampled_from([None, near])),
        first=draw(st.sampled_from([None, First(column=ref("arrived")), First(column=ref("days"), last=True)])),
    )
    crimes = Join(
        dataset="crimes",
        where=draw(st.none() | _LEAVES),
        keep=draw(st.sampled_from([Keep.ANY, Keep.NONE])),
        on=draw(st.sampled_from([(), (On(own=ref("kind"), other=ref("kind")),)])),
        within=draw(st.sampled_from([None, Window(own=ref("at"), other=ref("at"), at_least=0, at_most=29)])),
        first=draw(st.sampled_from([None, First(column=ref("on"))])),
    )
    return tuple({"treated": treated, "rates": rates, "crimes": crimes}[name] for name in names)


@st.composite
def _measures(draw: st.DrawFn, numbers: list[ColumnRef], *, grouped: bool) -> Measure:
    where = st.none() | CONDITIONS
    amount = st.one_of(
        st.builds(CountRows, name=st.just(""), where=where),
        st.builds(CountUnits, name=st.just(""), where=where),
        st.builds(Sum, column=st.sampled_from(numbers), name=st.just(""), where=where),
    )
    of_column = {"column": st.sampled_from(numbers), "name": st.just(""), "where": where}
    measure = draw(
        st.one_of(
            amount,
            st.builds(Mean, **of_column),
            st.builds(Variance, **of_column),
            st.builds(Deviation, **of_column),
            st.builds(Quantile, level=_LEVELS, bins=st.sampled_from([64, 37]), **of_column),
            st.builds(Ratio, top=amount, bottom=amount, name=st.just(""), per=st.sampled_from([1, 100, 1_000])),
            *([] if grouped else [st.builds(UnitRows, name=st.just(""), level=_LEVELS)]),
        )
    )
    return named_by_default(measure, None)


@st.composite
def checked_questions(draw: st.DrawFn) -> Question:
    """Draw a question of the whole language that `check` lets through."""
    joins = draw(_joins())
    expressions = draw(st.lists(_EXPRESSIONS, max_size=3, unique_by=default_column_name))
    derive = tuple(Derived(name=default_column_name(one), expression=one) for one in expressions)
    if derive and draw(st.booleans()):
        derive = (replace(derive[0], name="kind_first_band"), *derive[1:])
    numbers = [ref("minutes"), ref("loss"), *(ref(d.name) for d in derive if isinstance(d.expression, Clamp | Linear))]
    keys = [ref("kind"), ref("ward"), ref("charged"), ref("grade")]
    keys += [ref(d.name) for d in derive if not isinstance(d.expression, Clamp | Linear)]
    if any(join.dataset == "treated" and join.keep is Keep.PAIRS for join in joins):
        keys.append(ref("clinic", "treated"))
        numbers.append(ref("days", "treated"))
    by = tuple(draw(st.lists(st.sampled_from(keys), max_size=3, unique=True)))
    discover = ref("code") if draw(st.integers(0, 5)) == 0 else None
    by = (*by, discover) if discover is not None else by
    made = draw(st.lists(_measures(numbers, grouped=bool(by)), min_size=1, max_size=3, unique_by=lambda m: m.name))
    plain = all(isinstance(one, CountRows | CountUnits | Sum) for one in made) and discover is None
    tables: tuple[Table, ...] = ()
    if by and plain and draw(st.booleans()):
        sets = draw(st.lists(st.sets(st.sampled_from(by)).map(frozenset), max_size=3, unique=True))
        kept = [tuple(one for one in by if one in some) for some in dict.fromkeys((frozenset(by), *sets))]
        tables = tuple(Table(by=one, weight=draw(st.sampled_from([1, 7]))) for one in kept)
    query = Query(
        dataset="crimes",
        measures=tuple(made),
        group_by=by,
        where=draw(st.none() | CONDITIONS),
        joins=joins,
        derive=derive,
        first=draw(st.sampled_from([None, First(column=ref("at")), First(column=ref("minutes"), last=True)])),
        tables=tables,
        nonnegative=draw(st.booleans()) and all(isinstance(one, CountRows | CountUnits) for one in made),
        top=2 if by and not tables and isinstance(made[0], CountRows | Sum) and draw(st.booleans()) else None,
        discover=discover,
    )
    question = Question(query=query, rho=Fraction(1, 2), rows_per_unit=draw(st.integers(1, 9)), rows_per_cell=1)
    try:
        check(question, LANGUAGE, POLICY)
    except QueryError as refused:
        if not any(
            told in str(refused) for told in ("always 1", "paid for twice", "not of pairs", "cells; the lab allows")
        ):
            raise  # what is drawn is meant to pass
        return draw(st.nothing())
    return question


# -- questions that mean nothing --------------------------------------------------------------------------------------

_WORDS = st.sampled_from(
    [
        "",
        "A b",
        "crimes",
        "treated",
        "rates",
        "kind",
        "ward",
        "minutes",
        "loss",
        "on",
        "at",
        "code",
        "story",
        "days",
        "rows",
        "minutes_band",
        "unit_id",
        "nowhere",
    ]
)
_REFS = st.builds(ColumnRef, name=_WORDS, dataset=st.none() | _WORDS)
_NUMBERS = st.integers(-(2**53), 2**53) | st.floats(-(2.0**53), 2.0**53)
_VALUES = st.one_of(
    st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False), _WORDS
)
_ANY_CONDITION: st.SearchStrategy[Predicate] = st.recursive(
    st.one_of(
        st.builds(Compare, column=_REFS, operator=_OPERATORS, value=_VALUES),
        st.builds(IsIn, column=_REFS, values=st.lists(_VALUES, max_size=3).map(tuple)),
        st.builds(IsMissing, column=_REFS),
    ),
    lambda inner: st.one_of(
        st.builds(Not, predicate=inner),
        st.builds(AllOf, predicates=st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, predicates=st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=4,
)
_ANY_EXPRESSION: st.SearchStrategy[Expression] = st.one_of(
    st.builds(Band, column=_REFS, edges=st.lists(_NUMBERS, max_size=3).map(tuple)),
    st.builds(Calendar, column=_REFS, period=st.sampled_from(Period)),
    st.builds(Clock, column=_REFS, part=st.sampled_from(ClockPart)),
    st.builds(Recode, column=_REFS, groups=st.lists(st.lists(_WORDS, max_size=2).map(tuple), max_size=2).map(tuple)),
    st.builds(Clamp, column=_REFS, lower=_NUMBERS, upper=_NUMBERS),
    st.builds(
        Linear,
        terms=st.lists(st.builds(Term, column=_REFS, weight=_NUMBERS), max_size=3).map(tuple),
        constant=_NUMBERS,
    ),
    st.builds(DaysBetween, earlier=_REFS, later=_REFS),
)
_FIRSTS = st.builds(First, column=_REFS, last=st.booleans())
_DAYS = st.integers(-4_000_000, 4_000_000).map(lambda days: max(-3_660_000, min(days, 3_660_000)))
_WHERES = st.none() | _ANY_CONDITION
_ANY_AMOUNT = st.one_of(
    st.builds(CountRows, name=st.just(""), where=_WHERES),
    st.builds(CountUnits, name=st.just(""), where=_WHERES),
    st.builds(Sum, column=_REFS, name=st.just(""), where=_WHERES),
)
_ANY_LEVEL = st.fractions(Fraction(1, 100), Fraction(99, 100), max_denominator=10**6)
_COUNTS = st.integers(1, 2**31 - 1)
_ANY_MEASURE: st.SearchStrategy[Measure] = st.one_of(
    st.builds(CountRows, name=_WORDS, where=_WHERES),
    st.builds(CountUnits, name=_WORDS, where=_WHERES),
    *(st.builds(kind, column=_REFS, name=_WORDS, where=_WHERES) for kind in (Sum, Mean, Variance, Deviation)),
    st.builds(Quantile, column=_REFS, name=_WORDS, level=_ANY_LEVEL, bins=_COUNTS, where=_WHERES),
    st.builds(Ratio, top=_ANY_AMOUNT, bottom=_ANY_AMOUNT, name=_WORDS, per=_COUNTS),
    st.builds(UnitRows, name=_WORDS, level=_ANY_LEVEL),
)
_ANY_JOIN = st.builds(
    Join,
    dataset=_WORDS,
    where=_WHERES,
    keep=st.sampled_from(Keep),
    on=st.lists(st.builds(On, own=_REFS, other=_REFS), max_size=2).map(tuple),
    within=st.none() | st.builds(Window, own=_REFS, other=_REFS, at_least=_DAYS, at_most=_DAYS),
    first=st.none() | _FIRSTS,
)
ANY_QUESTION: st.SearchStrategy[Question] = st.builds(
    Question,
    query=st.builds(
        Query,
        dataset=st.just("crimes") | _WORDS,
        measures=st.lists(_ANY_MEASURE, max_size=3).map(tuple),
        group_by=st.lists(_REFS, max_size=3).map(tuple),
        where=_WHERES,
        joins=st.lists(_ANY_JOIN, max_size=2).map(tuple),
        derive=st.lists(st.builds(Derived, name=_WORDS, expression=_ANY_EXPRESSION), max_size=3).map(tuple),
        first=st.none() | _FIRSTS,
        tables=st.lists(st.builds(Table, by=st.lists(_REFS, max_size=2).map(tuple), weight=_COUNTS), max_size=2).map(
            tuple
        ),
        nonnegative=st.booleans(),
        top=st.none() | _COUNTS,
        discover=st.none() | _REFS,
    ),
    rho=st.fractions(0, 10**6, max_denominator=10**6),
    rows_per_unit=_COUNTS,
    rows_per_cell=_COUNTS,
)
"""Questions that the reader lets through and that mostly mean nothing."""

_NO_VALUES = frozenset({"name", "dataset", "title", "rho", "rows_per_unit", "rows_per_cell", "last", "nonnegative"}) | {
    "above",
    "below",
}
_UNSAID = {("per", 1), ("weight", 1), ("bins", 64), ("constant", 0), ("level", Fraction(1, 2))}
"""Values that are what they are where an author says nothing, and the median."""


def values_of(node: Any) -> Iterator[Any]:
    """Yield every value that stands in a question, found without knowing what its nodes mean."""
    if isinstance(node, tuple):
        for one in node:
            yield from values_of(one)
    elif isinstance(node, ColumnRef | Enum) or node is None:
        return
    elif is_dataclass(node):
        for field in fields(node):
            value = getattr(node, field.name)
            plain = not isinstance(value, tuple) and not is_dataclass(value)
            if field.name not in _NO_VALUES and not (plain and (field.name, value) in _UNSAID):
                yield from values_of(value)
    else:
        yield node
