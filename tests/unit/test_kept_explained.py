"""Every number that an explanation states of bounds, beside what the engine keeps of a person with very many rows."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from offences import SCHEMAS, Row, offence, plan_of, question, ref, visit

from datalab.engine.reference import ReferenceEngine
from datalab.engine.reference.joins import rows_by_unit
from datalab.privacy.estimate.figures import fixed_of
from datalab.privacy.plan import Part, PartKind, Plan
from datalab.query.explain import explain
from datalab.query.model import (
    AllOf,
    ColumnRef,
    Compare,
    CountRows,
    CountUnits,
    Deviation,
    Join,
    Keep,
    Mean,
    Measure,
    Operator,
    Predicate,
    Quantile,
    Question,
    Ratio,
    Sum,
    Table,
    UnitRows,
    Variance,
)

KIND, WARD, MINUTES, CODE = (ref(name) for name in ("kind", "ward", "minutes", "code"))
CHARGED = Compare(column=ref("charged"), operator=Operator.EQ, value=True)
LONG = Compare(column=MINUTES, operator=Operator.GT, value=50)
EACH = 100
"""Minutes of every row, so that a sum tells how many count."""
HEAVY = [
    offence("u1", kind=kind, ward=ward, minutes=EACH, code=code)
    for kind in ("arson", "burglary", "theft")
    for ward in ("north", "south", None)
    for code in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
]
"""One person with 26 rows in each of nine cells, all of them charged and long."""
ONE_CELL = [row for row in HEAVY if (row["kind"], row["ward"]) == ("theft", "north")]
VISITS = [visit("u1", days=day % 31) for day in range(90)]

FIGURES: Mapping[str, Measure] = {
    "rows": CountRows(),
    "rows of some": CountRows(where=CHARGED),
    "sum": Sum(column=MINUTES, name="minutes_sum"),
    "sum of some": Sum(column=MINUTES, name="minutes_sum", where=CHARGED),
    "mean": Mean(column=MINUTES, name="minutes_mean"),
    "mean of some": Mean(column=MINUTES, name="minutes_mean", where=CHARGED),
    "variance of some": Variance(column=MINUTES, name="minutes_variance", where=CHARGED),
    "deviation": Deviation(column=MINUTES, name="minutes_deviation"),
    "quantile": Quantile(column=MINUTES, name="minutes_median", level=Fraction(1, 2)),
    "quantile of some": Quantile(column=MINUTES, name="minutes_median", level=Fraction(1, 2), where=CHARGED),
    "share": Ratio(top=CountRows(where=CHARGED), bottom=CountRows(), name="share"),
    "share of some": Ratio(
        top=CountRows(where=AllOf(predicates=(LONG, CHARGED))), bottom=CountRows(where=LONG), name="share"
    ),
    "rows over others": Ratio(top=CountRows(where=CHARGED), bottom=CountRows(where=LONG), name="ratio"),
    "sum over rows": Ratio(top=Sum(column=MINUTES, name=""), bottom=CountRows(where=LONG), name="ratio"),
    "sum over units": Ratio(top=Sum(column=MINUTES, name=""), bottom=CountUnits(name=""), name="ratio"),
    "units": CountUnits(),
    "units of some": CountUnits(where=CHARGED),
    "units over units": Ratio(top=CountUnits(name="", where=CHARGED), bottom=CountUnits(name=""), name="ratio"),
}
GROUPS: Mapping[str, tuple[ColumnRef, ...]] = {"one cell": (), "three cells": (KIND,), "nine cells": (KIND, WARD)}
BOUNDS = ((10, 2), (10, 10), (4, 1), (1, 1), (12, 3), (25, 4), (12, 12))
"""R and the cap a cell: the cells hold less than R, as much, and more."""

NUMBER = r"([\d,]+)"
OF_ROWS = {
    "rows": rf"Of each person, at most {NUMBER} rows? counts? in a figure",
    "rows of some": rf"some rows only keeps its own of these, at most {NUMBER} rows? of each person",
    "rows of a side": rf"each side keeps its own of the rows that it looks at, at most {NUMBER} rows? of each person",
    "rows drawn": rf"of each person, at most {NUMBER} rows? counts? in all",
}
OF_A_CELL = {
    "of these": rf"(?<=in a figure) and at most {NUMBER} in one cell",
    "of those drawn": rf"(?<=in all) and at most {NUMBER} in one cell",
}
OF_UNITS = {
    "cells": rf"a person counts once in a cell, and in at most {NUMBER} cells?",
    "cells of a side": rf"each side counts a person in cells of its own, in at most {NUMBER} of them",
    "cells of a side of units": rf"each counts once in a cell, and in at most {NUMBER} cells?",
}
OTHERS = {
    "rows before pairs": rf"Before rows are paired, at most {NUMBER} rows? of each person are taken from each of ",
    "values": rf"each person counts in at most {NUMBER} values?",
    "told apart": rf"the largest that are told apart, about {NUMBER}",
}
SAID: Mapping[str, str] = {**OF_A_CELL, **OF_ROWS, **OF_UNITS, **OTHERS}
"""What is said, and how; the number is compared."""
NO_BOUND = ("3 of 6 rows", "95 of 100 answers", "a share can come out above 1")
"""Numbers that are none of a question's bounds."""


def said(asked: Question) -> dict[str, int]:
    """Return the numbers that the explanation states of bounds; each number in it has to be one of these."""
    text = explain(asked, SCHEMAS, epsilon=1.0, delta=Fraction(1, 10**6))
    text = re.split(r"\n(?=One answer|\d+ tables)", text)[1].split("What is hidden")[0]
    text = re.sub(r"\d+ (tables together|cells, listed)", "", text)
    found = {}
    for what, how in SAID.items():
        for match in re.finditer(how, text):
            found[what] = int(match[1].replace(",", ""))
        text = re.sub(how, "", text)
    for known in NO_BOUND:
        text = text.replace(known, "")
    assert not re.findall(r"\d+", text), text
    return found


def kept(plan: Plan, part: Part, rows: list[Row]) -> int:
    """Return how many rows of a person, or in how many cells they, count in a part."""
    vector = ReferenceEngine().cells(plan, {"offences": rows, "visits": VISITS}).vectors[part.name]
    return round(fixed_of(part).to_value(sum(vector)) / EACH) if part.kind is PartKind.SUM else sum(vector)


def compare(asked: Question) -> None:
    """Compare what is said of the figures with what the engine keeps of the person, vector by vector."""
    plan, told = plan_of(asked), said(asked)
    rows, of_a_cell, units = ({told[one] for one in some if one in told} for some in (OF_ROWS, OF_A_CELL, OF_UNITS))
    for part in plan.parts:
        if part.kind is PartKind.UNITS:
            cells = math.prod(len(key.labels) for key in part.keys)
            assert units == ({kept(plan, part, HEAVY)} if kept(plan, part, HEAVY) < cells else set())
        elif part.kind in (PartKind.ROWS, PartKind.SUM):
            assert rows == {kept(plan, part, HEAVY)}
            assert (of_a_cell or rows) == {kept(plan, part, ONE_CELL)}


@pytest.mark.parametrize("bounds", BOUNDS, ids=str)
@pytest.mark.parametrize("by", GROUPS.values(), ids=GROUPS)
@pytest.mark.parametrize("measure", FIGURES.values(), ids=FIGURES)
def test_what_is_said_to_count_of_a_person_does(
    measure: Measure, by: tuple[ColumnRef, ...], bounds: tuple[int, int]
) -> None:
    """Of each kind of figure, in one cell and in many, the numbers in the sentences are those that the engine keeps."""
    compare(question(measure, by=by, rows_per_unit=bounds[0], rows_per_cell=bounds[1]))


@pytest.mark.parametrize("bounds", BOUNDS, ids=str)
@pytest.mark.parametrize("where", [None, CHARGED], ids=["all", "some"])
@pytest.mark.parametrize(
    "tables",
    [
        ((KIND, WARD), (KIND,)),
        ((KIND,), (WARD,)),
        ((KIND, WARD), ()),
        ((KIND,), ()),
        ((KIND, WARD), (KIND,), (WARD,), ()),
    ],
    ids=lambda tables: ", ".join(" x ".join(one.name for one in by) or "all" for by in tables),
)
def test_what_is_said_of_tables_is_what_their_cells_add_up(
    tables: tuple[tuple[ColumnRef, ...], ...], where: Predicate | None, bounds: tuple[int, int]
) -> None:
    """Of rows the cells of all groups together are bounded, of different people each table; a margin holds as many."""
    asked = question(
        CountRows(where=where), Sum(column=MINUTES, name="minutes_sum", where=where),
        by=tuple(dict.fromkeys(ref for by in tables for ref in by)), tables=tuple(Table(by=by) for by in tables),
        rows_per_unit=bounds[0], rows_per_cell=bounds[1],
    )  # fmt: skip
    compare(asked)
    units = replace(asked, query=replace(asked.query, measures=(CountUnits(where=where),)))
    plan = plan_of(units)
    most = max(kept(plan, part, HEAVY) for part in plan.parts)
    cells = max(math.prod(len(key.labels) for key in part.keys) for part in plan.parts)

    assert set(said(units).values()) == ({most} if most < cells else set())


@pytest.mark.parametrize("bounds", BOUNDS, ids=str)
def test_what_is_said_of_values_found_out_is_what_counts(bounds: tuple[int, int]) -> None:
    """While values are found out, and when rows are counted by those found, the person counts as often as is said."""
    asked = question(by=[CODE], discover=CODE, rows_per_unit=bounds[0], rows_per_cell=bounds[1])
    plan, told = plan_of(asked), said(asked)
    found = plan.with_values(tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    (part,) = found.parts

    assert told["values"] == sum(ReferenceEngine().counts(plan, {"offences": HEAVY}).values())
    assert told["rows"] == kept(found, part, HEAVY)


@pytest.mark.parametrize("bounds", BOUNDS, ids=str)
def test_what_is_said_of_pairs_is_what_is_paired(bounds: tuple[int, int]) -> None:
    """Of each paired dataset as many rows are taken as is said, and of one that only keeps rows all."""
    pairs, having = Join(dataset="visits"), Join(dataset="lessons", keep=Keep.ANY)
    asked = question(joins=(having, pairs), rows_per_unit=bounds[0], rows_per_cell=bounds[1])
    plan = plan_of(asked)
    lessons = [{"unit_id": "u1", "term": "spring", "missed": "few"}]
    tables = {"offences": HEAVY, "visits": VISITS, "lessons": lessons}
    ((_, rows),) = rows_by_unit(plan, tables).items()

    assert len(rows) == said(asked)["rows before pairs"] ** 2
    assert "are taken from each of offences, visits, drawn" in explain(asked, SCHEMAS, epsilon=1, delta=Fraction(1, 9))
    assert said(asked)["rows"] == sum(ReferenceEngine().cells(plan, tables).vectors["rows"])


@pytest.mark.parametrize("most", [1, 4, 10, 12])
def test_what_is_said_to_be_told_apart_is(most: int) -> None:
    """The number from which the rows of a unit are not told apart is the last range that the engine has."""
    asked = question(UnitRows(name="rows_of_units", level=Fraction(1, 2)), rows_per_unit=most, rows_per_cell=1)
    (part,) = plan_of(asked).parts

    assert said(asked) == {"told apart": part.edges[-1]}
