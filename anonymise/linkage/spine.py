"""The rules of linkage: who in an extract is who in the spine.

A *profile* is one person as one side knows them: a reference and the hashes of their match keys and identifiers. Match
keys are tried in their declared order. In a pass, a key's value links a newcomer to a spine person if each is the only
one of their side that still holds it, and neither has a second candidate; both then leave the pool. Two people with
different valid identifiers of one kind are two people, whatever else they share.

The rule is written once, in `resolve`; Spark feeds it from files (`anonymise.spark.linkage`), `link_in_memory` from
lists, which is what tests compare Spark with.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

from anonymise.linkage.match_hasher import IDENTIFIER_PREFIX, KEY_PREFIX
from anonymise.linkage.match_keys import MATCH_KEYS

COMMON: Final = 100
"""A value that more people of one side hold than this recognises nobody, and is left out before the first pass."""
PASSES: Final[tuple[str, ...]] = tuple(key.name for key in MATCH_KEYS)
"""Names of the passes, in order."""
FIRST_SEEN: Final = "first_seen"
"""What stands in the place of a pass for somebody who linked to nobody, and so is a new person of the spine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One person as one side knows them."""

    reference: str
    """`unit_ref` of a newcomer, `spine_id` of a spine person."""
    keys: frozenset[tuple[int, bytes]]
    """Place of the match key in `PASSES`, and its hash; several of one key where a person's rows differ."""
    identifiers: frozenset[tuple[str, bytes]]
    """Kind of a valid identifier, and its hash; see `standing`."""


class Edge(NamedTuple):
    """A newcomer and a spine person who hold one value of one match key; a tuple, because there are very many."""

    place: int
    """Of the match key in `PASSES`."""
    value: bytes
    """The hash that they share."""
    unit_ref: str
    spine_id: str
    conflict: bool
    """They have different valid identifiers of one kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a pass found: a link, or a link refused because identifiers differ."""

    unit_ref: str
    spine_id: str
    place: int
    refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkageReport:
    """What linking one extract did; counts only."""

    key_space: str
    generation: int
    newcomers: int
    """Unit references that the spine did not know."""
    known: int
    """Unit references that were linked before, and keep their link."""
    links: Mapping[str, int]
    """Newcomers linked by each pass, in order; passes that linked nobody are left out."""
    new_persons: int
    """Newcomers who linked to nobody."""
    conflicts: int
    """Pairs that a match key would have linked, refused because valid identifiers differ."""
    contradictions: int
    """Known people whose new rows hold another valid identifier: their link stays, the new rows teach nothing."""
    persons: int
    """People in the spine afterwards."""

    def as_counts(self) -> dict[str, object]:
        """Return the report as plain values for a catalogue entry."""
        return {
            "key_space": self.key_space,
            "newcomers": self.newcomers,
            "known": self.known,
            "links": dict(self.links),
            "new_persons": self.new_persons,
            "conflicts": self.conflicts,
            "contradictions": self.contradictions,
            "persons": self.persons,
        }


def standing(counted: Mapping[bytes, int]) -> frozenset[bytes]:
    """Return which of a person's values of one identifier stand.

    The one that more than half of their rows hold; the others are slips of the pen. Without such a majority all stand,
    and the person can be linked to nobody who has an identifier of that kind.

    Args:
        counted: rows by hash of the identifier.
    """
    majority = {value for value, rows in counted.items() if 2 * rows > sum(counted.values())}
    return frozenset(majority or counted)


def gather(references: Iterable[str], names: Sequence[str], columns: Iterable[Iterable[bytes | None]]) -> list[Profile]:
    """Gather hashed rows into people.

    Args:
        references: whose row it is, a row each.
        names: columns of hashes, as `MatchHasher.column_names` has them.
        columns: their values, a row each.
    """
    counted: dict[str, dict[str, Counter[bytes]]] = defaultdict(lambda: defaultdict(Counter))
    for reference, *hashes in zip(references, *columns, strict=True):
        person = counted[reference]
        for name, value in zip(names, hashes, strict=True):
            if value is not None:
                person[name][value] += 1
    places = {f"{KEY_PREFIX}{name}": place for place, name in enumerate(PASSES)}
    return [
        Profile(
            reference=reference,
            keys=frozenset((places[name], value) for name in person.keys() & places.keys() for value in person[name]),
            identifiers=frozenset(
                (name, value)
                for name, rows in person.items()
                if name.startswith(IDENTIFIER_PREFIX)
                for value in standing(rows)
            ),
        )
        for reference, person in counted.items()
    ]


def conflicting(left: frozenset[tuple[str, bytes]], right: frozenset[tuple[str, bytes]]) -> bool:
    """Whether two people have different valid identifiers of one kind."""
    return any(kind == other and value != another for kind, value in left for other, another in right)


def resolve(edges: Iterable[Edge]) -> Iterator[Match]:
    """Decide who is who.

    Memory grows with the people linked, not with the edges.

    Args:
        edges: every edge between the two sides, in order of place and value.
    """
    linked: set[str] = set()
    taken: set[str] = set()
    refused: set[tuple[str, str]] = set()
    for place, in_pass in groupby(edges, key=lambda edge: edge.place):
        for edge in _unambiguous(in_pass, linked, taken):
            pair = (edge.unit_ref, edge.spine_id)
            if not edge.conflict:
                linked.add(edge.unit_ref)
                taken.add(edge.spine_id)
                yield Match(unit_ref=edge.unit_ref, spine_id=edge.spine_id, place=place, refused=False)
            elif pair not in refused:
                refused.add(pair)
                yield Match(unit_ref=edge.unit_ref, spine_id=edge.spine_id, place=place, refused=True)


def _unambiguous(edges: Iterable[Edge], linked: set[str], taken: set[str]) -> list[Edge]:
    """Return an edge for each pair of one pass of which each side has one candidate only."""
    pairs: dict[tuple[str, str], Edge] = {}
    for _, sharing in groupby(edges, key=lambda edge: edge.value):
        alive = [edge for edge in sharing if edge.unit_ref not in linked and edge.spine_id not in taken]
        # Everybody of one side shares the value with everybody of the other: one edge left is one person a side.
        if len(alive) == 1:
            pairs[alive[0].unit_ref, alive[0].spine_id] = alive[0]
    of_newcomer = Counter(unit_ref for unit_ref, _ in pairs)
    of_person = Counter(spine_id for _, spine_id in pairs)
    return [edge for (left, right), edge in pairs.items() if of_newcomer[left] == 1 and of_person[right] == 1]


def edges_of(newcomers: Iterable[Profile], spine: Iterable[Profile]) -> list[Edge]:
    """Return the edges between two small populations, in the order that `resolve` expects."""
    sides: dict[tuple[int, bytes], tuple[list[Profile], list[Profile]]] = defaultdict(lambda: ([], []))
    for side, profiles in enumerate((newcomers, spine)):
        for profile in profiles:
            for key in profile.keys:
                sides[key][side].append(profile)
    return [
        Edge(
            place=place,
            value=value,
            unit_ref=left.reference,
            spine_id=right.reference,
            conflict=conflicting(left.identifiers, right.identifiers),
        )
        for (place, value), (lefts, rights) in sorted(sides.items(), key=lambda item: item[0])
        if len(lefts) <= COMMON and len(rights) <= COMMON
        for left in lefts
        for right in rights
    ]


def link_in_memory(newcomers: Iterable[Profile], spine: Iterable[Profile]) -> dict[str, Match]:
    """Link two small populations; newcomers that are not in the answer are new people.

    Args:
        newcomers: people of an extract, none of whom the spine knows.
        spine: people of the spine whom the extract's agency has not linked yet.
    """
    return {match.unit_ref: match for match in resolve(edges_of(newcomers, spine)) if not match.refused}
