"""Another row of the same unit: rows are told apart as rows, though engines see no more of them than their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offences import CONDITIONS, SCHEMAS, TABLES, Row, offence, plan_of, question, ref, write

from datalab.engine.condition import holds
from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.reference import ReferenceEngine
from datalab.engine.reference.derived import known
from datalab.privacy.table import TableRef
from datalab.query.columns import of_dataset
from datalab.query.model import ColumnRef, Compare, CountRows, First, Join, Keep, On, Operator, Predicate, Window

MINUTES = On(own=ref("minutes"), other=ref("minutes"))


def day(value: object) -> date | None:
    """Return the day of a date or moment."""
    return value.date() if isinstance(value, datetime) else value  # type: ignore[return-value]


def read(row: Row) -> dict[ColumnRef, object]:
    """Return a row as conditions read it."""
    return {ref(name, "offences"): known(value) for name, value in row.items()}


def has_another(row: Row, rows: list[Row], join: Join) -> bool:
    """Look for a partner among all other rows, which are told apart by being other objects."""
    window = join.within
    for other in rows:
        if other is row or row["unit_id"] is None or other["unit_id"] != row["unit_id"]:
            continue
        if join.where is not None and not holds(join.where, read(other)):
            continue
        if any(row[on.own.name] is None or row[on.own.name] != other[on.other.name] for on in join.on):
            continue
        if window is not None:
            first, last = day(row[window.own.name]), day(other[window.other.name])
            if first is None or last is None or not window.at_least <= (last - first).days <= window.at_most:
                continue
        return True
    return False


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    tables=TABLES,
    where=st.none() | CONDITIONS,
    on=st.sampled_from([(), (MINUTES,)]),
    keep=st.sampled_from([Keep.ANY, Keep.NONE]),
    ends=st.none() | st.tuples(st.integers(-9, 9), st.integers(0, 30)),
)
def test_a_partner_is_another_row_and_never_the_row_itself(
    *,
    tables: Mapping[str, list[Row]],
    where: Predicate | None,
    on: tuple[On, ...],
    keep: Keep,
    ends: tuple[int, int] | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Rows that stand twice have each other as partners, and a row alone has none, on both engines in memory."""
    window = None if ends is None else Window(own=ref("on"), other=ref("on"), at_least=ends[0], at_most=sum(ends))
    join = Join(dataset="offences", keep=keep, where=where, on=on, within=window)
    rows = [dict(row) for row in tables["offences"]]
    plan = plan_of(question(CountRows(), joins=(join,), rows_per_unit=900, rows_per_cell=900))
    lowered = plan.sources[1].where
    plain = replace(join, where=None if lowered is None else of_dataset(lowered, "offences"))
    expected = sum(has_another(row, rows, plain) is (keep is Keep.ANY) for row in rows)
    folder = tmp_path_factory.mktemp("another")
    laid = TableRef(path=write(None, folder, "offences", rows, buckets=0), buckets=0, schema=SCHEMAS["offences"])

    assert ReferenceEngine().cells(plan, {"offences": rows}).vectors["rows"] == (expected,)
    assert EmbeddedEngine(scratch=folder).cells(plan, {"offences": laid}).vectors["rows"] == (expected,)


@pytest.mark.parametrize(("times", "kept"), [(1, 0), (2, 2), (3, 3)])
def test_a_row_that_stands_several_times_is_several_rows(times: int, kept: int) -> None:
    """One offence has no other; the same one recorded twice has."""
    join = Join(dataset="offences", keep=Keep.ANY)
    plan = plan_of(question(CountRows(), joins=(join,), rows_per_unit=9, rows_per_cell=9))

    assert ReferenceEngine().cells(plan, {"offences": [offence("u1")] * times}).vectors["rows"] == (kept,)


def test_the_first_row_is_another_to_later_ones_alone() -> None:
    """With `first`, later rows have the first as their partner, and the first has none."""
    join = Join(dataset="offences", keep=Keep.ANY, first=First(column=ref("on")))
    plan = plan_of(question(CountRows(), by=[ref("kind")], joins=(join,), rows_per_unit=9, rows_per_cell=9))
    rows = [
        offence("u1", kind="arson", on=date(2024, 5, 1)),
        offence("u1", kind="theft", on=date(2024, 5, 2)),
        offence("u1", kind="theft", on=date(2024, 5, 3)),
        offence("u2", kind="arson", on=date(2024, 5, 1)),
    ]

    assert ReferenceEngine().cells(plan, {"offences": rows}).vectors["rows"] == (0, 0, 2)


def test_a_unit_decides_about_its_own_rows_alone() -> None:
    """Another unit's rows are no partners, whatever they hold."""
    theft = Compare(column=ref("kind"), operator=Operator.EQ, value="theft")
    join = Join(dataset="offences", keep=Keep.ANY, where=theft)
    plan = plan_of(question(CountRows(), joins=(join,), rows_per_unit=9, rows_per_cell=9))
    rows = [offence("u1", kind="arson"), offence("u2"), offence("u2", kind="arson"), offence(None), offence(None)]

    assert ReferenceEngine().cells(plan, {"offences": rows}).vectors["rows"] == (1,)
