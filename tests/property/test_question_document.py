"""Question documents: whatever arrives is a question or a refusal, and what is written is read back."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offences import plan_of, questions

from datalab.errors import QueryError
from datalab.query.document import (
    canonical_json,
    question_from_document,
    question_from_json,
    question_to_document,
)
from datalab.query.model import Question

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PLAIN = {
    "format": 1,
    "dataset": "offences",
    "measures": [{"measure": "rows", "name": "rows"}],
    "rho": "1/20",
    "rows_per_unit": 4,
    "rows_per_cell": 2,
}


@given(asked=questions())
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_every_question_is_read_back(asked: Question) -> None:
    """A question written as a document, as text or not, reads back equal, and compiles.

    The amounts of a ratio are read back without names of their own, which play no part.
    """
    document = question_to_document(asked)
    again = question_from_document(document)

    assert question_to_document(again) == document
    assert canonical_json(again) == canonical_json(asked)
    assert question_from_json(json.dumps(document)) == again
    assert plan_of(question_from_json(json.dumps(document).encode())).question == again


@given(asked=questions())
@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
def test_canonical_text_ignores_the_title_and_how_columns_are_named(asked: Question) -> None:
    """Equal questions have one canonical text; another budget is another question."""
    canonical = canonical_json(asked)

    assert canonical_json(replace(asked, title="Another title")) == canonical
    assert canonical_json(question_from_json(json.dumps(question_to_document(asked)))) == canonical
    assert canonical_json(replace(asked, rho=asked.rho / 2)) != canonical
    assert canonical_json(replace(asked, query=replace(asked.query, where=None))) != canonical or not asked.query.where


@given(value=JSON)
@settings(deadline=None)
def test_any_json_is_refused_politely(value: Any) -> None:
    """Random JSON values only ever give a QueryError."""
    with pytest.raises(QueryError):
        question_from_document(value)


@given(text=st.text() | st.binary())
@settings(deadline=None)
def test_any_bytes_are_refused_politely(text: str | bytes) -> None:
    """Random text and bytes only ever give a QueryError."""
    with pytest.raises(QueryError):
        question_from_json(text)


def _places(node: Any) -> list[tuple[Any, Any]]:
    """List every (container, key) in a document."""
    found: list[tuple[Any, Any]] = []
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        found += [(node, key), *_places(value)]
    return found


@given(asked=questions(), data=st.data())
@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
def test_a_damaged_document_is_read_or_refused(asked: Question, data: st.DataObject) -> None:
    """A question with one place replaced, removed or added is read and compiled, or refused with a QueryError."""
    document = copy.deepcopy(question_to_document(asked))
    container, key = data.draw(st.sampled_from(_places(document)))
    match data.draw(st.sampled_from(["replace", "remove", "add"])):
        case "replace":
            container[key] = data.draw(JSON)
        case "remove":
            del container[key]
        case _ if isinstance(container, dict):
            container[data.draw(st.text(max_size=8))] = data.draw(JSON)
        case _:
            container.append(data.draw(JSON))
    try:
        read = question_from_json(json.dumps(document))
        canonical_json(read)
        plan_of(read)
    except QueryError:
        pass


MISSING = {"is": "missing", "column": {"column": "ward", "dataset": "offences"}}
BOTH = {"is": "compare", "column": "kind", "operator": "eq", "value": "theft"}, {"is": "not", "predicate": MISSING}
WHOLE: dict[str, Any] = {
    "format": 1, "dataset": "offences", "rho": "1/20", "rows_per_unit": 4, "rows_per_cell": 2, "title": "All of it",
    "where": {"is": "all", "predicates": [*BOTH, {"is": "in", "column": "kind", "values": ["theft", 1, True, 0.5]}]},
    "first": {"column": "on", "last": True},
    "joins": [{
        "dataset": "visits", "keep": "any", "where": {"is": "any", "predicates": [MISSING]},
        "on": [{"own": "ward", "other": "area"}],
        "within": {"own": "on", "other": "at", "at_least": 0, "at_most": 30}, "first": {"column": "at"},
    }],
    "group_by": ["ward", "on_month"],
    "derive": [
        {"name": "on_month", "is": "calendar", "column": "on", "period": "month"},
        {"name": "b", "is": "band", "column": "minutes", "edges": [1, 2.5]},
        {"name": "c", "is": "clock", "column": "at", "part": "hour"},
        {"name": "r", "is": "recode", "column": "kind", "groups": [["theft"], ["arson", "fraud"]]},
        {"name": "h", "is": "clamp", "column": "minutes", "lower": 0, "upper": 9},
        {"name": "l", "is": "linear", "terms": [{"column": "minutes", "weight": 2}], "constant": 3},
        {"name": "d", "is": "days_between", "earlier": "on", "later": "at"},
    ],
    "measures": [
        {"measure": "rows", "name": "n", "where": MISSING}, {"measure": "units", "name": "u"},
        {"measure": "sum", "column": "minutes", "name": "s"}, {"measure": "mean", "column": "minutes", "name": "m"},
        {"measure": "quantile", "column": "minutes", "level": "9/10", "bins": 9, "name": "q"},
        {"measure": "ratio", "top": {"measure": "rows", "where": MISSING}, "bottom": {"measure": "units"}, "per": 9,
         "name": "a"},
        {"measure": "unit_rows", "level": "1/2", "name": "w"},
    ],
    "tables": [{"by": ["ward", "on_month"], "weight": 3}, {"by": []}], "nonnegative": True, "top": 5,
    "discover": "ward",
}  # fmt: skip
"""A document that uses every key there is; it need not make sense."""
REFUSED = [
    ({"rho": 0.05}, "rho"),
    ({"rho": "0.05 "}, "rho"),
    ({"rho": "1/0"}, "rho"),
    ({"format": 2}, "format"),
    ({"format": True}, "format"),
    ({"rows_per_unit": True}, "rows_per_unit"),
    ({"rows_per_unit": 2.0}, "rows_per_unit"),
    ({"rows_per_cell": 0}, "rows_per_cell"),
    ({"extra": 1}, "unknown key extra"),
    ({"dataset": "a\x00b"}, "dataset"),
    ({"dataset": "\ud800"}, "dataset"),
    ({"measures": {"measure": "rows"}}, "measures"),
    ({"measures": [{"measure": "median", "name": "m"}]}, "measures[0].measure"),
    ({"measures": [{"measure": "sum", "name": "m"}]}, "measures[0]: column is missing"),
    ({"where": {"is": "like", "column": "kind", "value": "x"}}, "where.is"),
    ({"where": {"is": "not", "predicate": None}}, "where.predicate"),
    ({"where": {"is": "compare", "column": "kind", "operator": "eq", "value": None}}, "where.value"),
    ({"where": {"is": "compare", "column": "kind", "operator": "eq", "value": 2**63}}, "where.value"),
    ({"where": {"is": "compare", "column": "kind", "operator": "eq", "value": float("inf")}}, "where.value"),
    ({"where": {"is": "compare", "column": "kind", "operator": "like", "value": "x"}}, "where.operator"),
    ({"where": {"is": "in", "column": "kind", "values": ["x"] * 1001}}, "where.values"),
    ({"group_by": [["kind"]]}, "group_by[0]"),
    ({"joins": [{"dataset": "visits", "using": "unit_id"}]}, "joins[0]: unknown key using"),
]


@pytest.mark.parametrize(("change", "place"), REFUSED, ids=lambda value: str(value)[:60])
def test_refusals_name_the_place(change: dict[str, Any], place: str) -> None:
    """Each fault is refused with the place in the document where it stands."""
    assert question_from_document(PLAIN)

    with pytest.raises(QueryError, match=place.replace("[", r"\[")):
        question_from_document(PLAIN | change)


def _nested(depth: int) -> dict[str, Any]:
    node: dict[str, Any] = {"is": "missing", "column": "ward"}
    for _ in range(depth):
        node = {"is": "not", "predicate": node}
    return node


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PLAIN | {"title": "x" * 70_000}),
        json.dumps(PLAIN | {"where": _nested(17)}),
        "[" * 60_000,
        '{"format": 1, "format": 1}',
        '{"rho": NaN}',
        '{"rho": 1' + "0" * 5_000 + "}",
        '{"a":' * 10_000 + "1" + "}" * 10_000,
        '{"format": 1, "where": {"is": "in", "is": "in"}}',
        '{"rho": Infinity}',
        '{"rho": -Infinity}',
        '{"rho": 1e999999999}',
        '{"format": 1} {"format": 1}',
        "\ufeff{}",
        '{"\ud800": 1}',
        '{"\\ud800": 1}',
        '{"\\u001b[2J": 1}',
    ],
    ids=[
        *["too large", "too deep", "brackets", "repeated key", "NaN", "long number", "objects", "repeated inside"],
        *["Infinity", "-Infinity", "long exponent", "two", "byte order mark", "surrogate", "escaped", "terminal"],
    ],
)
def test_hostile_texts_are_refused(text: str) -> None:
    """Size, depth, repeated keys and numbers that are none are refused at once; nothing odd of them is echoed."""
    begun = time.monotonic()
    with pytest.raises(QueryError) as refused:
        question_from_json(text)

    assert time.monotonic() - begun < 2
    assert str(refused.value).replace("\n", " ").isprintable()


WRONG: dict[str, Any] = {
    "null": None, "true": True, "0": 0, "-1": -1, "half": 0.5, "10**400": 10**400, "2**63": 2**63, "1e308": 1e308,
    "text": "x", "empty": "", "control": "\x1b", "long": "x" * 501, "list": [], "lists": [[[]]], "object": {},
    "is": {"is": "not"}, "column": {"column": "a"}, "number": "1/2", "many": [1] * 1_001, "surrogate": "\ud800",
}  # fmt: skip
"""What no place, or only some places, of a question may hold."""


@pytest.mark.parametrize("given", WRONG)
def test_every_place_of_a_document_is_read_strictly(given: str) -> None:
    """Each place of a question that uses the whole language, with another value, is read or refused by its place."""
    for path in paths_of(WHOLE):
        document = copy.deepcopy(WHOLE)
        node: Any = document
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = WRONG[given]
        try:
            question_from_json(json.dumps(document))
        except QueryError as refused:
            assert str(refused).replace("\n", " ").isprintable()  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    "key", ["\ud800", "\x1b[2J", "\u202e", "x" * 300, 10**5000, ("a",)], ids=lambda key: type(key).__name__
)
def test_a_key_that_is_none_is_never_echoed_as_it_is(key: Any) -> None:
    """What is unknown is named where that can be shown, and never steers a terminal."""
    with pytest.raises(QueryError, match="unknown key") as refused:
        question_from_document({**PLAIN, key: 1})

    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 500


def test_another_format_is_named_before_what_it_lacks() -> None:
    """A document of another version is told so, whatever keys that version has."""
    with pytest.raises(QueryError, match="this format is not known"):
        question_from_document({"format": 2, "table": "offences"})


def test_the_whole_document_is_read() -> None:
    """What is damaged above is a question."""
    assert question_to_document(question_from_document(WHOLE)) == WHOLE


def paths_of(node: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every place inside a document."""
    keys = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in keys:
        yield (key,)
        yield from ((key, *rest) for rest in paths_of(value))


@pytest.mark.parametrize("given", [None, 7, 10**12, [], object()], ids=["None", "7", "10**12", "list", "object"])
def test_what_is_no_text_is_refused(given: Any) -> None:
    """A number is not taken for so many bytes."""
    with pytest.raises(QueryError, match="no text"):
        question_from_json(given)


def test_the_deepest_allowed_condition_is_read() -> None:
    """The limit on depth is where it is stated."""
    assert question_from_document(PLAIN | {"where": _nested(15)})


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\x1b", "\x85", "\ud800"], ids=lambda mark: f"U+{ord(mark):04X}")
def test_a_title_reads_as_it_is(mark: str) -> None:
    """Marks that reorder what a reviewer reads, and characters that steer a terminal, are refused."""
    document = {"format": 1, "dataset": "d", "title": f"a{mark}b", "measures": [{"measure": "rows", "name": "n"}]}
    with pytest.raises(QueryError, match="title"):
        question_from_document({**document, "rho": "1/5", "rows_per_unit": 1, "rows_per_cell": 1})


OLD = (
    (PLAIN | {"dataset": "police_incidents"}, "5df5043f086190a9f4490f8d7fb49bb4c46ebba303f9cb9a1e0b42e4c9bba7cd"),
    (
        {
            "format": 1, "dataset": "police_incidents", "title": "Burglaries",
            "where": {"is": "all", "predicates": [
                {"is": "compare", "column": "incident_type", "operator": "eq", "value": "burglary"},
                {"is": "not", "predicate": {
                    "is": "missing", "column": {"column": "ward", "dataset": "police_incidents"}}},
                {"is": "any", "predicates": [
                    {"is": "in", "column": "nominal_role", "values": ["suspect", "victim"]},
                    {"is": "compare", "column": "response_minutes", "operator": "ge", "value": 7.5}]}]},
            "joins": [{"dataset": "school_attendance", "where": {
                "is": "compare", "column": "absence_sessions", "operator": "gt", "value": 3}}],
            "group_by": ["occurred_at", {"dataset": "school_attendance", "column": "absence_band"}],
            "measures": [
                {"measure": "units", "name": "suspects"},
                {"measure": "sum", "column": "response_minutes", "name": "total"},
                {"measure": "mean", "column": {"column": "absence_sessions", "dataset": "school_attendance"},
                 "name": "missed"}],
            "rho": "0.1", "rows_per_unit": 12, "rows_per_cell": 3,
        },
        "b97cb34a1f4c3793000ae4b150b913c4a5259dbcd8d555708308ddd2aeaabc45",
    ),
)  # fmt: skip
"""Documents and fingerprints from before the language grew."""


@pytest.mark.parametrize(("document", "fingerprint"), OLD, ids=["plain", "joined"])
def test_stored_questions_keep_their_fingerprint(document: dict[str, Any], fingerprint: str) -> None:
    """A question that was stored before the language grew is read, and has the fingerprint that it had."""
    text = canonical_json(question_from_document(document))

    assert hashlib.sha256(text.encode()).hexdigest() == fingerprint
