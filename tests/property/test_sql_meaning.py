"""SQL means here what it means in a database: random conditions, checked against one that reads the same text."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offences import OFFENCE_ROWS, SCHEMAS, VISIT_ROWS, Row, plan_of, questions, write

from datalab.engine.reference import ReferenceEngine
from datalab.errors import QueryError
from datalab.query.canonical import canonical_question
from datalab.query.document import canonical_json
from datalab.query.model import Question
from datalab.query.sql.reader import sql
from datalab.query.sql.writer import to_sql

_LEAVES = st.sampled_from(
    [
        "ward = 'north'",
        "'south' <> ward",
        "ward IN ('north', 'south')",
        "kind NOT IN ('arson')",
        "minutes BETWEEN 0 AND 100",
        "minutes NOT BETWEEN -5 AND 60",
        "minutes > 30",
        "40 >= minutes",
        "minutes IS NULL",
        "ward IS NOT NULL",
        "charged",
        "charged IS FALSE",
        "charged IS NOT TRUE",
        "(minutes < 50) IS NOT FALSE",
        "grade = 2",
    ]
)
CONDITIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        inner.map("NOT ({})".format),
        inner.map("({}) IS TRUE".format),
        inner.map("({}) IS NOT FALSE".format),
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda parts: "({}) {} ({})".format(*parts)),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(condition=CONDITIONS, offences=OFFENCE_ROWS)
def test_a_condition_keeps_the_rows_that_a_database_keeps(
    *, condition: str, offences: list[Row], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Three-valued logic is SQL's own, whatever is missing: counts without bounds are those of DuckDB."""
    text = f"SELECT kind, COUNT(*) AS number FROM offences WHERE {condition} GROUP BY kind"  # noqa: S608 - SQL is what is tested
    asked = sql(text).spend(rho=1, rows_per_unit=1_000)
    path = write(None, tmp_path_factory.mktemp("sql"), "offences", offences, buckets=0)
    with contextlib.closing(duckdb.connect()) as database:
        database.execute(f"CREATE VIEW offences AS SELECT * FROM read_parquet('{path}/*.parquet')")  # noqa: S608 - a path of the test's own
        truth = dict(database.execute(text).fetchall())

    (counted,) = ReferenceEngine().cells(plan_of(asked), {"offences": offences}).vectors.values()

    assert counted == tuple(truth.get(kind, 0) for kind in ("arson", "burglary", "theft"))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions(), offences=OFFENCE_ROWS, visits=VISIT_ROWS)
def test_what_is_written_is_the_same_question(asked: Question, offences: list[Row], visits: list[Row]) -> None:
    """A question written as SQL and read again is the same question, with the same cells and SQL."""
    text = to_sql(asked.query)
    again = canonical_question(replace(asked, query=sql(text).query), SCHEMAS)
    first = canonical_question(asked, SCHEMAS)
    rates = [{"ward": "north", "people": 800}, {"ward": "south", "people": 1_200}]
    rows = {"offences": offences, "visits": visits, "rates": rates}

    assert to_sql(sql(text).query) == text
    assert canonical_json(again) == canonical_json(first)
    assert ReferenceEngine().cells(plan_of(again), rows) == ReferenceEngine().cells(plan_of(first), rows)


@given(text=st.text() | st.text(alphabet="SELECTFROMWHERE*(),='\"; \n-/0a\x00\ud800").map("SELECT {}".format))
@settings(deadline=None, max_examples=300)
def test_any_text_is_refused_politely(text: str) -> None:
    """Random text only ever gives a QueryError."""
    with pytest.raises(QueryError):
        sql(text)
