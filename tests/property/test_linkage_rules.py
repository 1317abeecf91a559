"""The rules of linkage, on small random populations."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymise.linkage.spine import (
    COMMON,
    PASSES,
    Profile,
    conflicting,
    edges_of,
    gather,
    link_in_memory,
    resolve,
    standing,
)

VALUES = st.sampled_from([bytes([number]) for number in range(6)])
KEYS = st.frozensets(st.tuples(st.integers(0, 3), VALUES), max_size=4)
IDENTIFIERS = st.frozensets(st.tuples(st.sampled_from(["id_nhs_number", "id_upn"]), VALUES), max_size=2)


def people(prefix: str) -> st.SearchStrategy[list[Profile]]:
    """Up to eight people of one side, with few enough values to get in each other's way."""
    bodies = st.lists(st.tuples(KEYS, IDENTIFIERS), max_size=8)
    return bodies.map(
        lambda drawn: [
            Profile(reference=f"{prefix}{number}", keys=keys, identifiers=identifiers)
            for number, (keys, identifiers) in enumerate(drawn)
        ]
    )


NEWCOMERS, SPINE = people("u"), people("s")


@given(NEWCOMERS, SPINE)
def test_two_different_valid_identifiers_never_merge(newcomers: list[Profile], spine: list[Profile]) -> None:
    """Whatever else two people share, different numbers of one kind are two people."""
    by_reference = {person.reference: person for person in (*newcomers, *spine)}

    for match in link_in_memory(newcomers, spine).values():
        left, right = by_reference[match.unit_ref].identifiers, by_reference[match.spine_id].identifiers
        for kind in ("id_nhs_number", "id_upn"):
            mine, theirs = ({value for name, value in side if name == kind} for side in (left, right))
            assert not mine or not theirs or len(mine | theirs) == 1


@given(NEWCOMERS, SPINE)
def test_a_link_is_one_to_one_and_has_a_reason(newcomers: list[Profile], spine: list[Profile]) -> None:
    """Nobody is linked twice, and the two hold a value of the pass in common."""
    by_reference = {person.reference: person for person in (*newcomers, *spine)}
    links = link_in_memory(newcomers, spine)

    assert len({match.spine_id for match in links.values()}) == len(links)
    for match in links.values():
        shared = by_reference[match.unit_ref].keys & by_reference[match.spine_id].keys
        assert match.place in {place for place, _ in shared}


@given(NEWCOMERS, SPINE, st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter(
    newcomers: list[Profile], spine: list[Profile], shuffle: random.Random
) -> None:
    """The same people in another order give the same links."""
    links = link_in_memory(newcomers, spine)
    shuffle.shuffle(newcomers)
    shuffle.shuffle(spine)

    assert link_in_memory(newcomers, spine) == links


@given(NEWCOMERS, SPINE)
def test_nobody_is_chosen_from_two(newcomers: list[Profile], spine: list[Profile]) -> None:
    """When a pass links two, no third person who was still unlinked shares the value that links them."""
    links = link_in_memory(newcomers, spine)
    place_of = {match.unit_ref: match.place for match in links.values()} | {
        match.spine_id: match.place for match in links.values()
    }
    by_reference = {person.reference: person for person in (*newcomers, *spine)}

    for match in links.values():
        shared = [
            key
            for key in by_reference[match.unit_ref].keys & by_reference[match.spine_id].keys
            if key[0] == match.place
        ]
        others = [
            person
            for person in (*newcomers, *spine)
            if person.reference not in (match.unit_ref, match.spine_id)
            and place_of.get(person.reference, len(PASSES)) >= match.place
        ]
        assert any(all(key not in other.keys for other in others) for key in shared)


def person(reference: str, *keys: tuple[int, bytes], **identifiers: bytes) -> Profile:
    """One person."""
    return Profile(reference=reference, keys=frozenset(keys), identifiers=frozenset(identifiers.items()))


@pytest.mark.parametrize(
    ("case", "newcomers", "spine", "expected"),
    [
        ("alone with one another", [person("u", (1, b"x"))], [person("s", (1, b"x"))], {"u": ("s", 1)}),
        (
            "the stricter pass is the reason",
            [person("u", (3, b"z"), (1, b"x"))],
            [person("s", (1, b"x"), (3, b"z"))],
            {"u": ("s", 1)},
        ),
        ("two candidates are none", [person("u", (1, b"x"))], [person("s", (1, b"x")), person("t", (1, b"x"))], {}),
        ("two newcomers are none", [person("u", (1, b"x")), person("v", (1, b"x"))], [person("s", (1, b"x"))], {}),
        (
            "who is linked leaves the pool, and the other is alone",
            [person("u", (0, b"a"), (1, b"x")), person("v", (1, b"x"))],
            [person("s", (0, b"a"), (1, b"x")), person("t", (1, b"x"))],
            {"u": ("s", 0), "v": ("t", 1)},
        ),
        (
            "two values of one pass that point to two people are none, and a later pass may decide",
            [person("u", (1, b"x"), (1, b"y"), (2, b"q"))],
            [person("s", (1, b"x"), (2, b"q")), person("t", (1, b"y"))],
            {"u": ("s", 2)},
        ),
        (
            "two newcomers who hold one value each of a spine person are none",
            [person("u", (1, b"x")), person("v", (1, b"y"))],
            [person("s", (1, b"x"), (1, b"y"))],
            {},
        ),
        (
            "another number refuses, in every pass, and leaves both free",
            [person("u", (1, b"x"), (2, b"q"), (3, b"z"), nhs=b"1")],
            [person("s", (1, b"x"), (2, b"q"), nhs=b"2"), person("t", (3, b"z"), nhs=b"1")],
            {"u": ("t", 3)},
        ),
        (
            "another kind of number does not refuse",
            [person("u", (1, b"x"), nhs=b"1")],
            [person("s", (1, b"x"), upn=b"2")],
            {"u": ("s", 1)},
        ),
        (
            "nothing in common is nothing",
            [person("u", (1, b"x")), person("v")],
            [person("s", (2, b"x")), person("t")],
            {},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_case(
    case: str, newcomers: list[Profile], spine: list[Profile], expected: dict[str, tuple[str, int]]
) -> None:
    """The cases that the rule was written for."""
    links = link_in_memory(newcomers, spine)

    assert {ref: (match.spine_id, match.place) for ref, match in links.items()} == expected, case


def test_a_refusal_is_said_once() -> None:
    """A pair that three keys would link is one conflict."""
    keys = ((1, b"x"), (2, b"y"), (3, b"z"))

    said = list(resolve(edges_of([person("u", *keys, nhs=b"1")], [person("s", *keys, nhs=b"2")])))

    assert [(match.place, match.refused) for match in said] == [(1, True)]


@pytest.mark.parametrize(("crowd", "linked"), [(COMMON, True), (COMMON + 1, False)])
def test_a_value_of_too_many_is_no_value(*, crowd: int, linked: bool) -> None:
    """A value that a crowd holds links nobody, not even when the crowd is otherwise linked away."""
    spine = [person(f"s{number}", (0, b"%d" % number), (1, b"x")) for number in range(crowd)]
    newcomers = [person(f"u{number}", (0, b"%d" % number)) for number in range(1, crowd)] + [person("last", (1, b"x"))]

    assert ("last" in link_in_memory(newcomers, spine)) is linked


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ({b"a": 1}, {b"a"}),
        ({b"a": 3, b"b": 1}, {b"a"}),
        ({b"a": 2, b"b": 2}, {b"a", b"b"}),
        ({b"a": 2, b"b": 1, b"c": 1}, {b"a", b"b", b"c"}),
        ({}, set()),
    ],
)
def test_what_most_rows_hold_stands(rows: dict[bytes, int], expected: set[bytes]) -> None:
    """More than half of a person's rows outvote slips; without that, all stand."""
    assert standing(rows) == expected


def test_a_person_with_two_numbers_links_to_neither_owner() -> None:
    """Somebody whom the agency itself cannot tell apart is nobody's match by or against that number."""
    both = frozenset({("nhs", b"1"), ("nhs", b"2")})

    assert conflicting(both, frozenset({("nhs", b"1")}))
    assert conflicting(both, frozenset({("nhs", b"2")}))
    assert not conflicting(both, frozenset({("upn", b"1")}))


def test_rows_are_gathered_into_people() -> None:
    """Every key of every row, each once; identifiers by majority; columns that are no longer declared are left out."""
    rows = gather(
        ["u", "u", "u", "v"],
        ["mk_names_dob", "mk_forgotten", "id_nhs_number"],
        [[b"x", b"y", b"x", None], [b"q"] * 4, [b"1", b"1", b"2", None]],
    )

    place = PASSES.index("names_dob")
    assert rows == [person("u", (place, b"x"), (place, b"y"), id_nhs_number=b"1"), person("v")]
