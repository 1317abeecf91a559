"""Questions that join, each with the tables of the worst neighbours: one heavy unit, in every dataset or in none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from offence_tables import Row, offence, plan_of, question, ref, visit

from datalab.privacy.plan import Plan
from datalab.query.model import (
    Compare,
    CountRows,
    CountUnits,
    First,
    Join,
    Keep,
    Mean,
    On,
    Operator,
    Quantile,
    Question,
    Ratio,
    Sum,
    Table,
    Window,
)

HEAVY = "heavy"
"""The unit that is in the data or not."""
RHO = Fraction(1, 2)
R = 6
"""Rows a unit; also in a cell, so that all can meet in one."""
WITHIN = Window(own=ref("on"), other=ref("seen_on"), at_least=0, at_most=30)
KIND, CLINIC = ref("kind"), ref("clinic", "visits")
MEDIAN = Fraction(1, 2)


@dataclass(frozen=True, kw_only=True)
class Attacked:
    """A question, and everything in the data while the heavy unit is there."""

    asked: Question
    tables: Mapping[str, Sequence[Row]]
    cap: int = R

    @property
    def plan(self) -> Plan:
        """The question's plan, at the budget of the attack."""
        rows = 1 if self.asked.query.first else R
        return plan_of(replace(self.asked, rows_per_unit=rows, rows_per_cell=min(self.cap, rows), rho=RHO))


OTHER_OFFENCES = [offence(f"u{i}", kind=("arson", "burglary", "theft")[i % 3], minutes=7 * i) for i in range(30)]
OTHER_VISITS = [visit(f"u{i}", clinic="ab"[i % 2], days=i) for i in range(0, 30, 2)]
RATES: list[Row] = [{"ward": "north", "people": 10**6}, {"ward": "north", "people": 10**6}]
ONE_EVENT = [offence(HEAVY, minutes=500)]
EVENTS = [offence(HEAVY, kind=kind, minutes=500) for kind in ("arson", "burglary", "theft") for _ in range(15)]
VISITED = [visit(HEAVY, clinic="a", days=30, seen_on=date(2024, 5, 1 + day)) for day in range(20)]
EVERYWHERE = [visit(HEAVY, clinic=clinic, days=30) for clinic in ("a", "b", None) for _ in range(2)]
"""Visits that fill every clinic's cell up to a cap of two."""
FAR = [visit(HEAVY, seen_on=date(2024, 1, 1 + day)) for day in range(20)]
"""Visits long before every offence: no offence has a partner among them."""


def _tables(offences: list[Row], visits: list[Row]) -> dict[str, list[Row]]:
    return {"offences": [*offences, *OTHER_OFFENCES], "visits": [*visits, *OTHER_VISITS], "rates": RATES}


WINDOWED = Join(dataset="visits", within=WITHIN)
BY_UNIT = Join(dataset="visits")
ANOTHER = Join(dataset="offences", keep=Keep.ANY, within=Window(own=ref("on"), other=ref("on"), at_least=0, at_most=30))
PUBLIC = Join(dataset="rates", on=(On(own=ref("ward"), other=ref("ward")),))
LONG = Compare(column=ref("days", "visits"), operator=Operator.GE, value=20)
JOINED: dict[str, Attacked] = {
    "window join, one event meets R rows": Attacked(
        asked=question(CountRows(), CountUnits(), joins=(WINDOWED,)), tables=_tables(ONE_EVENT, VISITED)
    ),
    "window join, R events meet R rows each": Attacked(
        asked=question(Mean(column=ref("days", "visits"), name="mean"), by=[CLINIC], joins=(WINDOWED,)),
        tables=_tables(EVENTS, VISITED),
    ),
    "unit join, the unit removed from both": Attacked(
        asked=question(
            CountRows(), CountUnits(), Sum(column=ref("days", "visits"), name="sum"), by=[CLINIC], joins=(BY_UNIT,)
        ),
        tables=_tables(EVENTS, EVERYWHERE),
        cap=2,
    ),
    "look-up in a public table": Attacked(
        asked=question(Sum(column=ref("people", "rates"), name="sum"), by=[KIND], joins=(PUBLIC,)),
        tables=_tables(EVENTS, []),
        cap=3,
    ),
    "events with a partner": Attacked(
        asked=question(CountRows(), by=[KIND], joins=(replace(WINDOWED, keep=Keep.ANY),)),
        tables=_tables(EVENTS, VISITED),
    ),
    "events without a partner": Attacked(
        asked=question(CountRows(), by=[KIND], joins=(replace(WINDOWED, keep=Keep.NONE),)),
        tables=_tables(EVENTS, FAR),
    ),
    "events with another of the same unit": Attacked(
        asked=question(CountRows(), by=[KIND], joins=(ANOTHER,)), tables=_tables(EVENTS, [])
    ),
    "each unit's first event": Attacked(
        asked=question(CountRows(), Sum(column=ref("minutes"), name="sum"), by=[KIND], first=First(column=ref("on"))),
        tables=_tables(EVENTS, []),
    ),
    "events with the last of the other dataset": Attacked(
        asked=question(
            CountRows(), by=[CLINIC], joins=(replace(BY_UNIT, first=First(column=ref("seen_on"), last=True)),)
        ),
        tables=_tables(EVENTS, VISITED),
    ),
    "share of pairs": Attacked(
        asked=question(Ratio(top=CountRows(where=LONG), bottom=CountRows(), name="share"), joins=(WINDOWED,)),
        tables=_tables(EVENTS, VISITED),
    ),
    "two quantiles of pairs": Attacked(
        asked=question(
            Quantile(column=ref("days", "visits"), name="median", level=MEDIAN, bins=8),
            Quantile(column=ref("days", "visits"), name="quantile", level=Fraction(9, 10), bins=8),
            joins=(WINDOWED,),
        ),
        tables=_tables(EVENTS, VISITED),
    ),
    "the most frequent of pairs": Attacked(
        asked=question(CountRows(), by=[KIND], joins=(WINDOWED,), top=1), tables=_tables(EVENTS, VISITED)
    ),
    "tables of pairs together": Attacked(
        asked=question(
            CountRows(),
            by=[CLINIC],
            joins=(WINDOWED,),
            tables=(Table(by=(CLINIC,)), Table(by=())),
        ),
        tables=_tables(EVENTS, VISITED),
    ),
}
"""A worst case of every way to bring datasets together."""


def forgetful(plan: Plan) -> Plan:
    """Return a plan whose engine forgets every bound on a unit's rows: before the join, and after it."""
    parts = tuple(replace(part, rows_per_unit=10**6, rows_per_cell=10**6) for part in plan.parts)
    sources = tuple(replace(source, rows_per_unit=None, first=None) for source in plan.sources)
    return replace(plan, sources=sources, parts=parts)


def forgetful_after_joining(plan: Plan) -> Plan:
    """Return a plan whose engine bounds each side of a join and forgets R for what comes of it."""
    parts = tuple(replace(part, rows_per_unit=10**6, rows_per_cell=10**6) for part in plan.parts)
    return replace(plan, parts=parts)
