"""Rows that have, or have not, a partner within days: the same on both engines in memory, and of one very busy unit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offence_tables import SCHEMAS, Row, offence, plan_of, question, ref, visit, write
from offences import TABLES

from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.reference import ReferenceEngine
from datalab.privacy.table import TableRef
from datalab.query.model import CountRows, Join, Keep, On, Window

MANY = 100_000
"""Rows of one unit: pairs of them would be ten thousand million."""
TIMES = [("on", "seen_on"), ("at", "seen_at"), ("at", "seen_on"), ("on", "seen_at")]


def _laid(folder: Path, tables: Mapping[str, list[Row]]) -> dict[str, TableRef]:
    return {
        name: TableRef(path=write(None, folder, name, rows, buckets=0), buckets=0, schema=SCHEMAS[name])
        for name, rows in tables.items()
    }


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    tables=TABLES,
    keep=st.sampled_from([Keep.ANY, Keep.NONE]),
    times=st.sampled_from(TIMES),
    ward=st.booleans(),
    least=st.integers(-40, 40),
    length=st.integers(0, 30),
)
def test_engines_agree_on_who_has_a_partner(
    *,
    tables: Mapping[str, list[Row]],
    keep: Keep,
    times: tuple[str, str],
    ward: bool,
    least: int,
    length: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Dates and moments, missing ones, missing units, with and without a column that must agree: the same count."""
    window = Window(own=ref(times[0]), other=ref(times[1]), at_least=least, at_most=least + length)
    on = (On(own=ref("ward"), other=ref("ward")),) if ward else ()
    join = Join(dataset="visits", keep=keep, on=on, within=window)
    plan = plan_of(question(CountRows(), joins=(join,), rows_per_unit=900, rows_per_cell=900))
    read = {name: tables[name] for name in ("offences", "visits")}
    folder = tmp_path_factory.mktemp("partner")

    found = EmbeddedEngine(scratch=folder).cells(plan, _laid(folder, read)).vectors

    assert found == ReferenceEngine().cells(plan, read).vectors


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("least", "any_partner"), [(1, True), (400, False)])
def test_a_unit_with_very_many_rows_holds_nothing_up(tmp_path: Path, least: int, *, any_partner: bool) -> None:
    """A hundred thousand rows of one unit on both sides are looked at in order, not pair by pair."""
    days = [date(2024, 1, 1) + timedelta(days=number % 300) for number in range(MANY)]
    tables = {
        "offences": [offence("u", on=day) for day in days],
        "visits": [visit("u", seen_on=day) for day in days],
    }
    window = Window(own=ref("on"), other=ref("seen_on"), at_least=least, at_most=least + 100)
    laid = _laid(tmp_path, tables)
    for keep in (Keep.ANY, Keep.NONE):
        join = Join(dataset="visits", keep=keep, within=window)
        plan = plan_of(question(CountRows(), joins=(join,), rows_per_unit=5, rows_per_cell=5))
        (rows,) = EmbeddedEngine(scratch=tmp_path).cells(plan, laid).vectors["rows"]
        # The last day of each run of 300 has no visit after it, so both kinds are there where the window is near.
        assert rows == (5 if any_partner or keep is Keep.NONE else 0)
