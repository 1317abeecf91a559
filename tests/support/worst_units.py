"""The worst unit that there could be, at random: extreme values, all rows in one cell or as many cells full as fit.

Questions of each kind (`SETTINGS`), bounds, layouts, extremes and names of the unit are drawn; nothing filters the rows
away, so that bounds are reached and not only kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from offence_tables import Row, offence, question, ref, visit

from datalab.query.model import (
    ColumnRef,
    Compare,
    CountRows,
    CountUnits,
    First,
    Join,
    Keep,
    Mean,
    Measure,
    On,
    Operator,
    Quantile,
    Question,
    Ratio,
    Sum,
    Table,
    UnitRows,
    Variance,
    Window,
)

KIND, WARD, CLINIC = ref("kind"), ref("ward"), ref("clinic", "visits")
DAYS, PEOPLE, MINUTES = ref("days", "visits"), ref("people", "rates"), ref("minutes")
CHARGED = Compare(column=ref("charged"), operator=Operator.EQ, value=True)
NEAR = Window(own=ref("on"), other=ref("seen_on"), at_least=0, at_most=30)
AGAIN = Window(own=ref("on"), other=ref("on"), at_least=0, at_most=30)
EDGES = ["u", "", " ", "0", "\uffff", "a-name-of-more-than-thirty-two-bytes", "ü", None]
"""Names of the unit: the first and the last in any order, long ones, none."""
EXTREMES = [
    {"minutes": 500, "loss": 99.95, "days": 30},
    {"minutes": 2**63 - 1, "loss": 1.7e308, "days": 2**63 - 1},
    {"minutes": -20, "loss": 0.0, "days": 0},
    {"minutes": -(2**63), "loss": -1.7e308, "days": -(2**63)},
]
PLACES = [{"kind": kind, "ward": ward} for kind in ("arson", "burglary", "theft") for ward in ("north", "south", None)]


LAYOUTS = ["all in one cell", "full cells", "full everywhere", "full everywhere", "one in each", "more than fit"]


def measures(column: ColumnRef) -> tuple[Measure, ...]:
    """Return a measure for every kind of vector, of one number column."""
    return (
        CountRows(),
        CountUnits(),
        Sum(column=column, name="sum"),
        Mean(column=column, name="mean"),
        Variance(column=column, name="variance"),
    )


REGIMES = {
    "one row": st.just((1, 1)),
    "all in a cell": st.integers(2, 8).map(lambda rows: (rows, rows)),
    "more than a cell": st.integers(3, 8).flatmap(lambda rows: st.integers(2, rows - 1).map(lambda cap: (rows, cap))),
}
"""R and cap, by which of them binds: each has a bound of its own shape."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A kind of question, but for its bounds."""

    measures: tuple[Measure, ...]
    by: Sequence[tuple[ColumnRef, ...]] = ((), (KIND,), (KIND, WARD))
    joins: tuple[Join, ...] = ()
    rest: Mapping[str, Any] = field(default_factory=dict)
    regimes: tuple[str, ...] = ("one row", "all in a cell", "more than a cell")
    """Which of `REGIMES` bind."""
    bins: bool = False
    """Whether values are spread over the bins of a quantile."""
    visits: bool = False
    far: bool = False
    """Whether visits lie outside every window."""


SETTINGS: dict[str, Setting] = {
    "one table": Setting(measures=measures(MINUTES)),
    "a fractional column": Setting(measures=measures(ref("loss"))),
    "rows of a unit": Setting(measures=(UnitRows(name="rows_of_units", level=Fraction(1, 2)),), by=((),)),
    "a quantile that is searched for": Setting(
        measures=(Quantile(column=MINUTES, name="quantile", level=Fraction(2, 5), bins=64),),
        by=((), (KIND,)),
        bins=True,
    ),
    "bins of a quantile": Setting(
        measures=(Quantile(column=MINUTES, name="quantile", level=Fraction(9, 10), bins=64),),
        by=((), (KIND,)),
        bins=True,
    ),
    "shares and rates": Setting(
        measures=(
            Ratio(top=CountRows(where=CHARGED), bottom=CountRows(), name="share"),
            Ratio(
                top=Sum(column=MINUTES, name="", where=CHARGED), bottom=CountUnits(where=CHARGED), name="rate", per=100
            ),
        )
    ),
    "tables with margins": Setting(
        measures=(CountRows(), CountUnits(), Sum(column=MINUTES, name="sum")),
        by=((KIND, WARD),),
        rest={"tables": (Table(by=(KIND, WARD)), Table(by=(KIND,)), Table(by=()))},
    ),
    "a join by window": Setting(
        measures=measures(DAYS),
        by=((), (CLINIC,), (KIND, CLINIC)),
        joins=(Join(dataset="visits", within=NEAR),),
        visits=True,
    ),
    "a join by unit": Setting(
        measures=measures(DAYS), by=((), (CLINIC,), (KIND,)), joins=(Join(dataset="visits"),), visits=True
    ),
    "a join with a look-up after it": Setting(
        measures=measures(PEOPLE),
        by=((), (KIND,), (CLINIC,)),
        joins=(Join(dataset="visits"), Join(dataset="rates", on=(On(own=WARD, other=WARD),))),
        visits=True,
    ),
    "a look-up in a public table": Setting(
        measures=measures(PEOPLE), joins=(Join(dataset="rates", on=(On(own=WARD, other=WARD),)),)
    ),
    "events with a partner": Setting(
        measures=measures(MINUTES), joins=(Join(dataset="visits", within=NEAR, keep=Keep.ANY),), visits=True
    ),
    "events without a partner": Setting(
        measures=measures(MINUTES), joins=(Join(dataset="visits", within=NEAR, keep=Keep.NONE),), visits=True, far=True
    ),
    "events with another of the same unit": Setting(
        measures=measures(MINUTES), joins=(Join(dataset="offences", keep=Keep.ANY, within=AGAIN),)
    ),
    "events without another of the same unit": Setting(
        measures=measures(MINUTES),
        joins=(Join(dataset="offences", keep=Keep.NONE, within=replace(AGAIN, at_least=400, at_most=500)),),
    ),
    "each unit's first event": Setting(
        measures=measures(MINUTES), by=((), (KIND,)), rest={"first": First(column=ref("on"))}, regimes=("one row",)
    ),
    "events with the last of the other dataset": Setting(
        measures=measures(DAYS),
        by=((), (KIND,)),
        joins=(Join(dataset="visits", first=First(column=ref("seen_on"), last=True)),),
        visits=True,
    ),
    "values found out": Setting(
        measures=measures(MINUTES), by=((ref("code"),), (KIND, ref("code"))), rest={"discover": ref("code")}
    ),
}


@dataclass(frozen=True, kw_only=True)
class Worst:
    """A question, the tables with its worst unit, and those where that unit's rows are others."""

    asked: Question
    regime: str
    unit: str | None
    tables: dict[str, list[Row]]
    replaced: dict[str, list[Row]]


@st.composite
def worst_units(draw: st.DrawFn, setting: Setting) -> Worst:
    """Draw a question of a kind and a unit that moves its vectors as far as it can."""
    regime = draw(st.sampled_from(setting.regimes))
    rows, cap = draw(REGIMES[regime])
    asked = question(
        *setting.measures,
        by=draw(st.sampled_from(list(setting.by))),
        joins=setting.joins,
        rows_per_unit=rows,
        rows_per_cell=cap,
        **setting.rest,
    )
    unit = draw(st.sampled_from(EDGES))
    others = [offence(f"o{i}", **draw(st.sampled_from(PLACES))) for i in range(draw(st.integers(0, 4)))]
    seen = [visit(f"o{i}") for i in range(0, 4, 2)]
    rates = [{"ward": "north", "people": 10**6}, {"ward": "south", "people": draw(st.sampled_from([10**6, 0, None]))}]

    def tables() -> dict[str, list[Row]]:
        own, met = (
            draw(_offences(unit, rows, cap, setting)),
            draw(_visits(unit, rows, setting)) if setting.visits else [],
        )
        return {"offences": draw(st.permutations([*own, *others])), "visits": [*met, *seen], "rates": rates}

    return Worst(asked=asked, regime=regime, unit=unit, tables=tables(), replaced=tables())


@st.composite
def _offences(draw: st.DrawFn, unit: str | None, rows: int, cap: int, setting: Setting) -> list[Row]:
    """Draw a unit's offences: a number in each of several cells."""
    places = draw(st.permutations(PLACES)) if draw(st.booleans()) else PLACES
    layout = draw(st.sampled_from(LAYOUTS))
    each, cells = {
        "all in one cell": (rows, 1),
        "full cells": (cap, -(-rows // cap)),
        "full everywhere": (rows, len(places)),
        "one in each": (1, len(places)),
        "more than fit": (3 * rows, 2),
    }[layout]
    ends = draw(st.sampled_from([EXTREMES[:1], EXTREMES[:1], EXTREMES[1:2], EXTREMES[2:3], EXTREMES[3:], EXTREMES]))
    spread = setting.bins and draw(st.booleans())
    found = []
    for place in places[:cells]:
        for _ in range(each):
            values = dict(ends[len(found) % len(ends)])
            if spread:  # over the bins of a quantile, `cap` in each
                values["minutes"] = -20 + 9 * (len(found) // cap % 58)
            found.append(offence(unit, **place, **_known(values, "minutes", "loss"), code=f"c{len(found) // cap}"))
    return found


@st.composite
def _visits(draw: st.DrawFn, unit: str | None, rows: int, setting: Setting) -> list[Row]:
    """Draw a unit's visits: one or more than R, all near every offence or none."""
    number = draw(st.sampled_from([1, rows, 2 * rows]))
    first = date(2024, 1, 1) if setting.far else date(2024, 5, 1)
    clinics = draw(st.sampled_from(["a", "ab"]))
    end = draw(st.sampled_from(EXTREMES))
    return [
        visit(
            unit,
            clinic=clinics[turn % len(clinics)],
            seen_on=first + timedelta(days=turn),
            **_known(end, "days"),
        )
        for turn in range(number)
    ]


def _known(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names}
