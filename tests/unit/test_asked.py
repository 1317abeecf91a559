"""What is asked beside a question, as it travels from a notebook: read as written, and refused in words."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from desk_lab import question
from hypothesis import given
from hypothesis import strategies as st

from datalab.broker.asked import MAX_ASKED_BYTES, Finding, read_finding, read_price, write_asked
from datalab.errors import QueryError
from datalab.privacy.wish import Of, Wish
from datalab.query.document import question_to_document

PRICE = {"question": question_to_document(question()), "measure": "rows", "within": "5%"}
FINDING = {"question": question_to_document(question()), "measure": "rows", "difference": 30}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def body(document: object) -> bytes:
    """Return JSON, whatever its values are."""
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("beside", "wish"),
    [
        ({"within": "20"}, Wish(measure="rows", within=20)),
        ({"within": "5%", "group_size": 400}, Wish(measure="rows", within=5, of=Of.PERCENT, group_size=400)),
        ({"within": "5 %", "of": 2000.5}, Wish(measure="rows", within=5, of=Of.PERCENT, supposed=2000.5)),
        ({"within": "5pp", "group_size": None, "of": None}, Wish(measure="rows", within=5, of=Of.POINTS)),
        ({"within": "5%", "group_size": np.int64(9)}, Wish(measure="rows", within=5, of=Of.PERCENT, group_size=9)),
        ({"within": "5%", "of": np.float32(0.5)}, Wish(measure="rows", within=5, of=Of.PERCENT, supposed=0.5)),
        ({"within": "5%", "of": Decimal("0.5")}, Wish(measure="rows", within=5, of=Of.PERCENT, supposed=0.5)),
    ],
    ids=["a number", "a size", "supposed", "nothing else", "numpy's size", "numpy's number", "a decimal"],
)
def test_a_wish_arrives_as_it_was_written(beside: dict[str, Any], wish: Wish) -> None:
    """The question is the same, and so are figure, error, size of the cell and supposed size of the figure."""
    assert read_price(write_asked(question(), measure="rows", **beside)) == (question(), wish)


def test_a_finding_arrives_as_it_was_written() -> None:
    """The question is the same, and so are figure, difference and size of the cell."""
    found = read_finding(write_asked(question(), measure="rows", difference=-2.5, group_size=400))

    assert found == (question(), Finding(measure="rows", difference=-2.5, group_size=400))


@pytest.mark.parametrize(
    ("asked", "beside"),
    [
        ("no question", {"measure": "rows", "within": "5%"}),
        (question(), {"measure": object(), "within": "5%"}),
        (question(), {"measure": "rows", "difference": float("nan")}),
        (question(), {"measure": "rows", "difference": [1, {2}]}),
    ],
    ids=["no question", "an object", "no number", "a set"],
)
def test_what_cannot_be_written_is_refused_before_it_is_sent(asked: Any, beside: dict[str, object]) -> None:
    """A slip in a notebook is told in words there, not by an error of the JSON library."""
    with pytest.raises(QueryError):
        write_asked(asked, **beside)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"question": None}, "question: this must be an object"),
        ({"question": "x"}, "question: this must be an object"),
        ({"question": {"format": 99}}, "format"),
        ({"measure": 1}, "measure: this must be a text"),
        ({"measure": "r" * 501}, "at most 500 characters"),
        ({"measure": "a\u202eb"}, "reorder"),
        ({"within": 5}, "within: this must be a text"),
        ({"within": "five"}, "not a number"),
        ({"within": "\u0000"}, "control characters"),
        ({"group_size": "400"}, "group_size: this must be a whole number"),
        ({"group_size": 400.0}, "group_size"),
        ({"group_size": True}, "group_size"),
        ({"group_size": 0}, "group_size"),
        ({"group_size": 10**13}, "group_size"),
        ({"group_size": None}, "group_size"),
        ({"of": "2000"}, "of: this must be a number"),
        ({"of": False}, "of: this must be a number"),
        ({"of": 10**400}, "of: this must be a number"),
        ({"person": "ben"}, "unknown key person"),
        ({"project": "other"}, "unknown key project"),
        ({"difference": 30}, "unknown key difference"),
    ],
)
def test_a_wish_is_read_strictly(changed: dict[str, Any], told: str) -> None:
    """Another type, another key, and a size that no cell has are refused with their place."""
    with pytest.raises(QueryError, match=told):
        read_price(body(PRICE | changed))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"difference": "30"}, "difference: this must be a number"),
        ({"difference": True}, "difference: this must be a number"),
        ({"difference": 1e300}, "difference: this must be a number"),
        ({"difference": float("inf")}, "not JSON"),
        ({"group_size": -1}, "group_size"),
        ({"within": "5%"}, "unknown key within"),
        ({"of": 2000}, "unknown key of"),
    ],
)
def test_a_finding_is_read_strictly(changed: dict[str, Any], told: str) -> None:
    """As a wish; what only a wish has is not read."""
    with pytest.raises(QueryError, match=told):
        read_finding(body(FINDING | changed))


@pytest.mark.parametrize("left_out", ["question", "measure", "within"])
def test_nothing_of_a_wish_is_guessed(left_out: str) -> None:
    """Without its question, figure or error a wish is none, and it says what is missing."""
    with pytest.raises(QueryError, match=f"{left_out} is missing"):
        read_price(body({name: value for name, value in PRICE.items() if name != left_out}))


def test_keys_come_once_and_there_is_a_limit() -> None:
    """A key that is repeated, and a text that is longer than a question with a few words, are not read."""
    twice = body(PRICE)[:-1] + b', "within": "50%"}'
    for sent in (twice, body(PRICE) + b" " * MAX_ASKED_BYTES):
        with pytest.raises(QueryError):
            read_price(sent)


@given(st.binary() | JSON.map(body) | st.dictionaries(st.sampled_from([*PRICE, "difference", "of"]), JSON).map(body))
def test_whatever_arrives_is_refused_in_words(sent: bytes) -> None:
    """Bytes that are neither wish nor finding raise a QueryError and nothing else."""
    for read in (read_price, read_finding):
        with pytest.raises(QueryError):
            read(sent)
