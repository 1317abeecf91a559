"""The state table of release requests, and its picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from datalab.release.diagram import ACTORS, MEANING, state_document
from datalab.release.request import TRANSITIONS, RequestState

DOCUMENT = Path(__file__).parents[2] / "docs" / "release-states.md"


def test_every_state_stands_in_the_table_with_a_meaning() -> None:
    """No state is forgotten by the table or by the document."""
    assert set(TRANSITIONS) == set(RequestState) == set(MEANING)


@pytest.mark.parametrize("state", RequestState)
def test_every_state_can_be_reached(state: RequestState) -> None:
    """Each state follows from the first by moves of the table."""
    reached = {RequestState.SUBMITTED}
    for _ in RequestState:
        reached |= {after for before in reached for after in TRANSITIONS[before]}

    assert state in reached


def test_each_move_has_an_event_of_its_own_name() -> None:
    """The event that says a request became so is named after the state, so a log reads like the table."""
    for moves in TRANSITIONS.values():
        for after, action in moves.items():
            assert action.value == f"request.{after.value}"
            assert action in ACTORS


def test_an_answer_only_leaves_through_a_reviewer() -> None:
    """The only way to released leads through approved, and the only way to approved through answered."""
    ways = {(before, after) for before, moves in TRANSITIONS.items() for after in moves}

    assert [before for before, after in ways if after is RequestState.RELEASED] == [RequestState.APPROVED]
    assert [before for before, after in ways if after is RequestState.APPROVED] == [RequestState.ANSWERED]


def test_the_document_is_current() -> None:
    """`docs/release-states.md` is what the table generates."""
    assert DOCUMENT.read_text() == state_document()
