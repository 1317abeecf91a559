"""What an event states of a request: the same for the same request, another for any other, whatever is in it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

from desk_lab import NOW, question
from hypothesis import given
from hypothesis import strategies as st

from datalab.release.attest.statement import statement
from datalab.release.request import Decision, ReleaseRequest, RequestState

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
ANSWERS = st.dictionaries(st.text(max_size=3), JSON, max_size=3)
REQUEST = ReleaseRequest(
    id="r1",
    project="safer",
    author="ann",
    question=question(),
    fingerprint="f" * 64,
    versions={"incidents": 1},
    state=RequestState.ANSWERED,
    submitted_at=NOW,
    salt="5a" * 32,
)


def answered(answer: dict[str, Any], salt: str = "5a" * 32) -> str:
    """Return what is stated of an answer."""
    return str(statement(replace(REQUEST, answer=answer, salt=salt))["answer"])


@given(one=ANSWERS, other=ANSWERS)
def test_answers_are_stated_as_equal_only_where_they_are(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Two answers have the same digest if, and only if, they are the same JSON, whatever the order of its keys."""
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (answered(one) == answered(other)) is same


@given(answer=ANSWERS)
def test_an_answer_is_stated_the_same_once_it_was_stored(answer: dict[str, Any]) -> None:
    """A digest taken before an answer is stored is that of the answer that is read back, in any order of its keys."""
    read = json.loads(json.dumps(dict(reversed(answer.items()))))
    assert answered(answer) == answered(read)


@given(answer=ANSWERS, salt=st.binary(min_size=32, max_size=32))
def test_a_digest_depends_on_the_salt(answer: dict[str, Any], salt: bytes) -> None:
    """Who has no salt has nothing to compare a guess with."""
    assert (answered(answer) == answered(answer, salt.hex())) is (salt.hex() == REQUEST.salt)


@given(
    numbers=st.tuples(st.integers(0, 600), st.integers(0, 600)),
    prices=st.tuples(st.fractions(Fraction(1, 100), 1), st.fractions(Fraction(1, 100), 1)),
    titles=st.tuples(st.text(max_size=4), st.text(max_size=4)),
)
def test_questions_are_stated_as_equal_only_where_they_are(
    numbers: tuple[int, int], prices: tuple[Fraction, Fraction], titles: tuple[str, str]
) -> None:
    """A question's condition, price and title are all in its digest: a reviewer reads each of them."""
    one, other = (question(n, rho=rho, title=title) for n, rho, title in zip(numbers, prices, titles, strict=True))
    stated = [statement(replace(REQUEST, question=asked))["question"] for asked in (one, other)]
    assert (stated[0] == stated[1]) is (one == other)


@given(text=st.text(min_size=1, max_size=6))
def test_equal_parts_are_not_stated_as_equal(text: str) -> None:
    """A reason that is word for word another part does not show as that."""
    decision = Decision(state=RequestState.APPROVED, reviewer="rev", reason=text, at=NOW)
    stated = statement(replace(REQUEST, fingerprint=text, decision=decision))
    assert stated["reason"] != stated["fingerprint"]
    assert re.fullmatch("[0-9a-f]{64}", str(stated["reason"]))
