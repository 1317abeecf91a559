"""Who may do what with a release request: the whole table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from desk_lab import NOW, PEOPLE, PROJECT, question

from datalab.errors import PermissionDeniedError
from datalab.governance.people import LabRole, Person
from datalab.release.permission import (
    check_may_ask,
    check_may_decide,
    check_may_see,
    check_may_see_answer,
    check_may_withdraw,
)
from datalab.release.request import ReleaseRequest, RequestState

BY_NAME = {person.username: person for person in PEOPLE}
REQUEST = ReleaseRequest(
    id="r1",
    project=PROJECT.id,
    author="ann",
    question=question(),
    fingerprint="f",
    versions={"incidents": 1},
    state=RequestState.ANSWERED,
    submitted_at=NOW,
)
RELEASED = replace(REQUEST, state=RequestState.RELEASED)
BY_BOB = replace(REQUEST, author="bob")

MAY = {
    #                   ask    see    answer released decide withdraw
    "ann (author)": (True, True, False, True, False, True),
    "ben (member)": (True, True, False, True, False, False),
    "bob (member, reviewer)": (True, True, False, True, False, False),
    "rev (reviewer)": (False, True, True, True, True, False),
    "rex (researcher elsewhere)": (False, False, False, False, False, False),
    "cas (custodian)": (False, False, False, False, False, False),
    "olga (operator)": (False, False, False, False, False, False),
    "left (author who left the project)": (False, False, False, False, False, False),
    "lost (author who is no researcher now)": (False, False, False, False, False, False),
}
CHECKS: tuple[Callable[[Person], None], ...] = (
    lambda person: check_may_ask(person, project=PROJECT),
    lambda person: check_may_see(person, project=PROJECT),
    lambda person: check_may_see_answer(person, project=PROJECT, request=REQUEST),
    lambda person: check_may_see_answer(person, project=PROJECT, request=RELEASED),
    lambda person: check_may_decide(person, project=PROJECT, request=REQUEST),
    lambda person: check_may_withdraw(person, project=PROJECT, request=REQUEST),
)
STRANGERS = {
    "left": Person(username="left", full_name="Left", roles=frozenset({LabRole.RESEARCHER})),
    "lost": Person(username="ann", full_name="Lost", roles=frozenset({LabRole.CUSTODIAN}), agency="police"),
}


@pytest.mark.parametrize("who", MAY)
def test_the_table_of_permissions(who: str) -> None:
    """Everybody may do exactly what the table says, and the rest raises."""
    name = who.split(maxsplit=1)[0]
    person = BY_NAME.get(name) or STRANGERS[name]

    assert tuple(_may(check, person) for check in CHECKS) == MAY[who]


def test_an_author_never_decides_whatever_else_they_are() -> None:
    """Somebody with every role who wrote the request may not decide on it, member or not."""
    everything = Person(username="bob", full_name="Bob", roles=frozenset(LabRole), agency="police")

    with pytest.raises(PermissionDeniedError, match="never reviews"):
        check_may_decide(everything, project=replace(PROJECT, members=frozenset({"ann"})), request=BY_BOB)
    with pytest.raises(PermissionDeniedError):
        check_may_see_answer(everything, project=PROJECT, request=BY_BOB)


@pytest.mark.parametrize("state", RequestState)
def test_a_member_sees_the_answer_once_it_is_released_and_not_before(state: RequestState) -> None:
    """In no state but released is the answer shown to the project."""
    request = replace(REQUEST, state=state)

    seen = _may(lambda person: check_may_see_answer(person, project=PROJECT, request=request), BY_NAME["ann"])

    assert seen is (state is RequestState.RELEASED)


def _may(check: Callable[[Person], None], person: Person) -> bool:
    try:
        check(person)
    except PermissionDeniedError:
        return False
    return True
