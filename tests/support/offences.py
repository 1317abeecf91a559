"""Offences, visits and rates: schemas, rows, and questions at random that `check` lets through."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from offence_rows import OFFENCE_ROWS, RATE_ROWS, TABLES, UNITS, VISIT_ROWS
from offence_tables import (
    OFFENCES,
    POLICY,
    RATES,
    SCHEMAS,
    VISITS,
    YEAR,
    Row,
    column,
    offence,
    plan_of,
    question,
    ref,
    visit,
    write,
)

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
    Quantile,
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

__all__ = [
    "CONDITIONS",
    "OFFENCES",
    "OFFENCE_ROWS",
    "POLICY",
    "RATES",
    "RATE_ROWS",
    "SCHEMAS",
    "TABLES",
    "UNITS",
    "VISITS",
    "VISIT_ROWS",
    "YEAR",
    "Row",
    "column",
    "offence",
    "plan_of",
    "question",
    "questions",
    "ref",
    "visit",
    "write",
]

_OPERATORS = st.sampled_from(Operator)
_SAMENESS = st.sampled_from([Operator.EQ, Operator.NE])
_LEAVES = st.one_of(
    st.builds(Compare, column=st.just(ref("kind")), operator=_OPERATORS, value=st.sampled_from(["arson", "theft"])),
    st.builds(Compare, column=st.just(ref("age_band")), operator=_OPERATORS, value=st.just("10-14")),
    st.builds(Compare, column=st.just(ref("charged")), operator=_SAMENESS, value=st.booleans()),
    st.builds(Compare, column=st.just(ref("grade")), operator=_SAMENESS, value=st.just(2)),
    st.builds(
        Compare, column=st.just(ref("minutes", "offences")), operator=_OPERATORS, value=st.sampled_from([0, 5, 12])
    ),
    st.builds(Compare, column=st.just(ref("minutes")), operator=st.just(Operator.GT), value=st.just(7.5)),
    st.builds(
        Compare, column=st.just(ref("loss")), operator=st.sampled_from([Operator.LT, Operator.GE]), value=st.just(3)
    ),
    st.builds(Compare, column=st.just(ref("on")), operator=_OPERATORS, value=st.just("2024-05-01")),
    st.builds(Compare, column=st.just(ref("at")), operator=_OPERATORS, value=st.just("2024-05-01T12:00:00+01:00")),
    st.builds(Compare, column=st.just(ref("code")), operator=_SAMENESS, value=st.sampled_from(["X", "'; --"])),
    st.just(IsIn(column=ref("kind"), values=("arson", "burglary"))),
    st.builds(IsMissing, column=st.sampled_from([ref("ward"), ref("loss"), ref("minutes")])),
)
CONDITIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, predicate=inner),
        st.builds(AllOf, predicates=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, predicates=st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)
_DERIVED = {
    derived.name: derived
    for derived in (
        Derived(name="minutes_band", expression=Band(column=ref("minutes"), edges=(0, 10, 100))),
        Derived(name="loss_band", expression=Band(column=ref("loss"), edges=(0.005, 2.5, 50))),
        Derived(name="kind_groups", expression=Recode(column=ref("kind"), groups=(("arson", "theft"),))),
        Derived(name="on_weekday", expression=Clock(column=ref("on"), part=ClockPart.WEEKDAY)),
        Derived(name="at_hour", expression=Clock(column=ref("at"), part=ClockPart.HOUR)),
        Derived(name="at_month", expression=Clock(column=ref("at"), part=ClockPart.MONTH_OF_YEAR)),
        Derived(name="minutes_held", expression=Clamp(column=ref("minutes"), lower=0, upper=100)),
        Derived(name="loss_held", expression=Clamp(column=ref("loss"), lower=0.5, upper=10)),
        Derived(
            name="score",
            expression=Linear(
                terms=(Term(column=ref("minutes"), weight=0.25), Term(column=ref("loss"), weight=-3)), constant=1
            ),
        ),
        Derived(name="days", expression=DaysBetween(earlier=ref("on"), later=ref("at"))),
        *(
            Derived(name=f"{name}_{period}", expression=Calendar(column=ref(name), period=period))
            for name in ("on", "at")
            for period in Period
            if period is not Period.MONTH or name == "on"
        ),
    )
}
_LATE = Derived(name="days_until_seen", expression=DaysBetween(earlier=ref("at"), later=ref("seen_on", "visits")))
_COUNTED = Derived(
    name="days_from_counted", expression=DaysBetween(earlier=ref("counted_on", "rates"), later=ref("on"))
)
_GROUPS = [name for name in _DERIVED if name not in ("minutes_held", "loss_held", "score", "days")]
_NUMBERS = ["minutes", "loss", "minutes_held", "loss_held", "score", "days"]
_KEYS = [ref("kind"), ref("ward"), ref("age_band"), ref("charged"), ref("grade")]
_WHERE = st.none() | st.none() | _LEAVES


@st.composite
def _shares(draw: st.DrawFn) -> Ratio:
    """Draw a share of rows, whose sides are bounded together; of all rows or of some."""
    below, more = draw(st.lists(_LEAVES, min_size=2, max_size=2, unique=True))
    some = draw(st.booleans())
    return Ratio(
        top=CountRows(name="", where=AllOf(predicates=(below, more)) if some else more),
        bottom=CountRows(name="", where=below if some else None),
        name="share",
        per=draw(st.sampled_from([1, 100])),
    )


@st.composite
def _measures(draw: st.DrawFn, numbers: list[ColumnRef]) -> list[Measure]:
    """Draw measures of which no two ask the same."""
    kinds = draw(st.lists(st.integers(0, 8), min_size=1, max_size=3, unique=True))
    number = draw(st.sampled_from(numbers))
    stem = number.name
    amounts = [
        CountRows(where=draw(_WHERE)),
        CountUnits(where=draw(_WHERE)),
        Sum(column=number, name=stem, where=draw(_WHERE)),
    ]
    level = draw(st.sampled_from([Fraction(1, 2), Fraction(1, 10), Fraction(99, 100)]))
    top, bottom = (replace(one, name="") for one in draw(st.permutations(amounts))[:2])
    more: list[Measure] = [
        Mean(column=number, name=f"{stem}_mean", where=draw(_WHERE)),
        Variance(column=number, name=f"{stem}_variance", where=draw(_WHERE)),
        Deviation(column=number, name=f"{stem}_deviation", where=draw(_WHERE)),
        Quantile(
            column=number, name=f"{stem}_quantile", level=level, bins=draw(st.sampled_from([3, 20, 64])),
            where=draw(_WHERE),
        ),
        Ratio(top=top, bottom=bottom, name="ratio", per=draw(st.sampled_from([1, 1000]))),
        draw(_shares()),
    ]  # fmt: skip
    everything: list[Measure] = [*amounts, *more]
    return [everything[kind] for kind in kinds]


@st.composite
def _joins(draw: st.DrawFn) -> tuple[Join, ...]:
    """Draw one join or two: by unit, by columns, within days of a date of a public table, or with another row."""
    rates = Join(
        dataset="rates",
        keep=draw(st.sampled_from([Keep.PAIRS, Keep.PAIRS, Keep.ANY, Keep.NONE])),
        on=(On(own=ref("ward"), other=ref("ward")),),
        where=draw(st.sampled_from([None, None, Compare(column=ref("people"), operator=Operator.GT, value=9)])),
    )
    orders = ["visits", "visits", "rates", "visits, rates", "rates, visits", "rates, visits", "again", "again"]
    order = draw(st.sampled_from([*orders, "again, visits", "visits, again", "rates, again"]))
    own = [ref("on"), ref("at")]
    own += [ref("counted_on", "rates")] * 4 if order == "rates, visits" and rates.keep is Keep.PAIRS else []
    day = Compare(column=ref("days"), operator=Operator.LT, value=draw(st.integers(0, 30)))
    least = draw(st.integers(-40, 40) | st.just(-400))
    window = Window(
        own=draw(st.sampled_from(own)),
        other=ref(draw(st.sampled_from(["seen_on", "seen_at"]))),
        at_least=least,
        at_most=least + draw(st.integers(0, 40) | st.just(800)),
    )
    visits = Join(
        dataset="visits",
        where=draw(st.sampled_from([None, None, None, day])),
        keep=draw(st.sampled_from([Keep.PAIRS, Keep.PAIRS, Keep.ANY, Keep.NONE])),
        on=draw(st.sampled_from([(), (), (On(own=ref("ward"), other=ref("ward")),)])),
        within=draw(st.sampled_from([None, window, window] if len(own) > 2 else [None, window])),
        first=draw(st.sampled_from([None] * 8 + _firsts("seen_on", "seen_at", "days"))),
    )
    again = draw(_again()) if "again" in order else None
    joins = {"visits": visits, "rates": rates, "again": again}
    return tuple(join for name in order.split(", ") if (join := joins[name]) is not None)


@st.composite
def _again(draw: st.DrawFn) -> Join:
    """Draw a condition that an offence has, or has not, another one of the same person."""
    own, other = draw(st.sampled_from([("on", "on"), ("at", "at"), ("at", "on"), ("on", "at")]))
    least = draw(st.integers(-10, 10))
    window = Window(own=ref(own), other=ref(other), at_least=least, at_most=least + draw(st.integers(0, 30)))
    qualified = draw(st.sampled_from([None, "offences"]))
    return Join(
        dataset="offences",
        keep=draw(st.sampled_from([Keep.ANY, Keep.NONE])),
        where=draw(st.none() | st.none() | _LEAVES),
        on=draw(
            st.sampled_from([(), (), *((On(own=ref(name), other=ref(name, qualified)),) for name in ("ward", "loss"))])
        ),
        within=draw(st.sampled_from([None, window, window])),
        first=draw(st.sampled_from([None] * 6 + _firsts("on", "minutes"))),
    )


def _firsts(*names: str) -> list[First]:
    return [First(column=ref(name), last=last) for name in names for last in (False, True)]


@st.composite
def questions(draw: st.DrawFn, *, joined: bool | None = None) -> Question:
    """Draw a question that `check` lets through."""
    joins = draw(_joins()) if (joined if joined is not None else draw(st.integers(0, 2)) == 0) else ()
    paired = {join.dataset for join in joins if join.keep is Keep.PAIRS}
    derive = [_DERIVED[name] for name in draw(st.lists(st.sampled_from(list(_DERIVED)), max_size=3, unique=True))]
    if "visits" in paired and draw(st.booleans()):
        derive.append(_LATE)
    if "rates" in paired and draw(st.booleans()):
        derive.append(_COUNTED)
    made = {derived.name for derived in derive}
    keys = [*_KEYS, *(ref(name) for name in _GROUPS if name in made)]
    numbers = [ref(name) for name in _NUMBERS if name in made or name in ("minutes", "loss")]
    if "visits" in paired:
        keys, numbers = [*keys, ref("clinic", "visits")], [*numbers, ref("days", "visits")]
        numbers += [ref(_LATE.name)] if _LATE in derive else []
    if "rates" in paired:
        keys, numbers = [*keys, ref("ward", "rates")], [*numbers, ref("people", "rates")]
        numbers += [ref(_COUNTED.name)] if _COUNTED in derive else []
    by = draw(st.lists(st.sampled_from(keys), max_size=2, unique=True))
    rest: dict[str, Any] = {"first": draw(st.sampled_from([None] * 12 + _firsts("on", "at", "minutes")))}
    measures = draw(_measures(numbers))
    match draw(st.sampled_from(["plain", "plain", "plain", "tables", "unlisted", "rows of a unit"])):
        case "tables" if by:
            rest["tables"] = draw(
                st.permutations([Table(by=tuple(by), weight=2), Table(by=tuple(by[:1])), Table(by=())])
            )
            rest["tables"] = tuple(rest["tables"] if len(by) > 1 else [Table(by=tuple(by)), Table(by=())])
            measures = [one for one in measures if isinstance(one, CountRows | CountUnits | Sum)] or [CountRows()]
        case "unlisted":
            rest["discover"] = ref("code")
            by = [*by[:1], ref("code")]
        case "rows of a unit" if not paired:
            by, measures = [], [UnitRows(name="rows_of_units", level=Fraction(9, 10)), *measures]
    rows_per_unit = draw(st.integers(1, 12))
    return question(
        *measures,
        by=by,
        where=draw(st.none() | st.none() | CONDITIONS),
        joins=joins,
        derive=tuple(derive),
        rows_per_unit=rows_per_unit,
        rows_per_cell=draw(st.integers(1, rows_per_unit)),
        title=draw(st.sampled_from(["", "A title"])),
        **rest,
    )
