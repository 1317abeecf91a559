"""The whole question language: what is written is read back, what means nothing is refused, and every value is seen."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from language import ANY_QUESTION, CONDITIONS, LANGUAGE, checked_questions, values_of
from offences import POLICY

from datalab.errors import QueryError
from datalab.privacy.compile import compile_question
from datalab.query.check import check
from datalab.query.document import canonical_json, question_from_json, question_to_document
from datalab.query.explain import explain
from datalab.query.model import Compare, Predicate, Query, Question
from datalab.query.sql.reader import sql
from datalab.query.sql.writer import to_sql
from datalab.release.literals import bare, literals_of

_QUIET = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


@_QUIET
@given(asked=checked_questions())
def test_a_question_is_read_back_from_json(asked: Question) -> None:
    """A question of the whole language survives JSON, and keeps its canonical text."""
    again = question_from_json(json.dumps(question_to_document(asked)))

    assert again == asked
    assert canonical_json(again) == canonical_json(asked)


@_QUIET
@given(asked=ANY_QUESTION)
def test_a_question_that_means_nothing_is_read_back_too(asked: Question) -> None:
    """JSON says what a question is, not whether it makes sense."""
    assert question_from_json(json.dumps(question_to_document(asked)), max_bytes=10**6) == asked


@settings(deadline=None, max_examples=400, suppress_health_check=list(HealthCheck))
@given(asked=ANY_QUESTION)
def test_a_question_that_means_nothing_is_refused_politely(asked: Question) -> None:
    """Whatever the reader lets through is answered or refused with a QueryError: nothing else is raised."""
    try:
        check(asked, LANGUAGE, POLICY)
    except QueryError:
        return
    compile_question(asked, LANGUAGE, POLICY)


@_QUIET
@given(asked=checked_questions())
def test_a_question_that_passes_is_compiled_and_explained(asked: Question) -> None:
    """What the check lets through has a plan and an explanation of one sentence a line."""
    compile_question(asked, LANGUAGE, POLICY)
    text = explain(asked, LANGUAGE, epsilon=1.0, delta=Fraction(1, 10**6))

    assert all(line.endswith(".") for line in text.splitlines())


@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
@given(asked=checked_questions())
def test_a_question_is_read_back_from_sql(asked: Question) -> None:
    """Any query is one SELECT, which reads back to the equal query and is written again as itself."""
    text = to_sql(asked.query, public=["rates"])
    again = sql(text).query

    assert again == asked.query
    assert to_sql(again, public=["rates"]) == text


@_QUIET
@given(asked=ANY_QUESTION)
def test_any_query_is_written_as_sql_or_refused(asked: Question) -> None:
    """A query that means nothing is written or refused, and what is written is read or refused: politely."""
    try:
        sql(to_sql(asked.query))
    except QueryError:
        return


@_QUIET
@given(asked=checked_questions())
def test_every_value_of_a_question_is_seen(asked: Question) -> None:
    """No value that an author wrote is missing from the explanation, or from the remarks, wherever it stands."""
    explained = explain(asked, LANGUAGE, epsilon=1.0, delta=Fraction(1, 10**6))
    remarked = "\n".join(text for _, text in literals_of(asked.query))

    for value in values_of(asked.query):
        assert _stands(value, explained), value
        assert _stands(value, remarked), value


def _stands(value: object, text: str) -> bool:
    shown = {str(value), repr(value), f"{value:,}" if isinstance(value, int | float) else str(value)}
    shown |= {str(value).lower()} if isinstance(value, bool) else set()
    shown |= {f"'{value}'"} if isinstance(value, str) else set()
    return any(re.search(rf"(?<![\w.]){re.escape(one)}(?![\w])", text) for one in shown)


def test_values_are_found_by_their_place_alone() -> None:
    """The finder of values is no list of nodes: it finds one that stands deep inside."""
    deep = replace(_of(Compare), value=987_654)

    assert 987_654 in set(values_of(Query(dataset="crimes", measures=(), where=deep)))


def _of(kind: type[Compare]) -> Compare:
    from datalab.query.model import ColumnRef, Operator  # noqa: PLC0415 - for this one value

    return kind(column=ColumnRef(name="minutes"), operator=Operator.EQ, value=1)


@_QUIET
@given(asked=checked_questions(), where=CONDITIONS)
def test_questions_that_differ_in_values_alone_are_alike(asked: Question, where: Predicate) -> None:
    """A reviewer is told of questions that differ in nothing but values, wherever these stand."""
    other = replace(asked, query=replace(asked.query, where=where), rho=asked.rho / 2, title="Another")

    assert bare(other) == bare(asked)
