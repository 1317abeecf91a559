"""A finding that holds several people becomes as many, and nothing that was masked is left beside them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymise.prose.entities import Entity, Span
from anonymise.prose.redaction import merge

PERSON, BODY, PLACE = Entity.PERSON, Entity.ORGANISATION, Entity.LOCATION


def _span(text: str, piece: str, entity: Entity, score: float = 0.5) -> Span:
    start = text.index(piece)
    return Span(start, start + len(piece), entity, score)


def _merged(text: str, *found: tuple[str, Entity, float]) -> list[tuple[str, Entity]]:
    """Return what is replaced, where each piece was found at its first place."""
    spans = [_span(text, piece, entity, score) for piece, entity, score in found]
    return [(text[span.start : span.end], span.entity) for span in merge(text, spans)]


@pytest.mark.parametrize(
    ("text", "found", "replaced"),
    [
        (
            "by PS Wardle and DC Haq. Haq then left",
            [("PS Wardle and DC Haq. Haq", BODY, 0.5), ("Wardle", PERSON, 0.9), ("Haq", PERSON, 0.9)],
            ["PS Wardle", "DC Haq", "Haq"],
        ),
        ("from Stubbs. Jones seized", [("Stubbs. Jones", PERSON, 0.5)], ["Stubbs", "Jones"]),
        ("from Stubbs. Jones seized", [("Stubbs. Jones", BODY, 0.5), ("Jones", PERSON, 0.55)], ["Stubbs", "Jones"]),
        ("Gwyn Lettings Ltd. Thanh's NI", [("Gwyn Lettings Ltd.", PERSON, 0.5), ("Thanh's", PERSON, 0.55)],
         ["Gwyn Lettings Ltd.", "Thanh's"]),
        ("seen: Ahmet, Meryem and Joan Lee", [("Ahmet, Meryem and Joan Lee", PERSON, 0.5)],
         ["Ahmet", "Meryem", "Joan Lee"]),
        ("Smith, Jones, Lee", [("Smith, Jones, Lee", PERSON, 0.5)], ["Smith", "Jones", "Lee"]),
        ("CASE OF BEST AND CAN v.", [("BEST AND CAN", PERSON, 0.7)], ["BEST", "CAN"]),
        ("Joan Okafor & Mary Lee", [("Joan Okafor & Mary Lee", PERSON, 0.5)], ["Joan Okafor", "Mary Lee"]),
        ("caoimhe n oisin", [("caoimhe n oisin", PERSON, 0.5), ("caoimhe", PERSON, 0.55), ("n oisin", PERSON, 0.5)],
         ["caoimhe", "oisin"]),
        ("Bridget's husband Martin", [("Bridget's husband", PERSON, 0.55), ("Martin", PERSON, 0.5)],
         ["Bridget's", "husband Martin"]),
        ("Mr Okafor, Mrs Okafor", [("Mr Okafor, Mrs Okafor", PERSON, 0.5)], ["Mr Okafor", "Mrs Okafor"]),
    ],
)  # fmt: skip
def test_several_people_in_one_finding_are_several(
    text: str, found: list[tuple[str, Entity, float]], replaced: list[str]
) -> None:
    """A person ends where the sentence does, at a comma behind which no name goes on, and at `and` between people."""
    assert [piece for piece, _ in _merged(text, *found)] == replaced


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("Dr. Okafor", PERSON),
        ("J. Okafor", PERSON),
        ("Joan St. John", PERSON),
        ("Okafor, Joan", PERSON),
        ("OKAFOR, Joan", PERSON),
        ("Okafor, J.", PERSON),
        ("Smith, Joan", PERSON),
        ("Okafor-Smith, Joan Mary", PERSON),
        ("Martin Luther King, Jr", PERSON),
        ("Smith & Sons Lettings", PERSON),
        ("Marks and Spencer", BODY),
        ("Baker St. London", PLACE),
        ("Tyne and Wear", PLACE),
        ("Torbay and South Devon NHS Foundation Trust", BODY),
        ("Joan van der Berg", PERSON),
    ],
)
def test_one_name_stays_one(text: str, entity: Entity) -> None:
    """Behind a title, an initial, a surname with a comma, and in a firm's name nothing is cut."""
    assert _merged(text, (text, entity, 0.5), (text[-4:], PERSON, 0.45)) == [(text, entity)]


@pytest.mark.parametrize(
    ("text", "found", "replaced"),
    [
        (
            "JALLOW DOB 010185.",
            [("JALLOW DOB 010185", PERSON, 0.5), ("JALLOW", PERSON, 0.52), ("010185", Entity.DATE_OF_BIRTH, 0.9)],
            [("JALLOW DOB", PERSON), ("010185", Entity.DATE_OF_BIRTH)],
        ),
        (
            "to Ion Ciobanu of Flat 12, Harrow House",
            [("Ion Ciobanu of Flat 12", PERSON, 0.5), ("Ion Ciobanu", PERSON, 0.55),
             ("Flat 12, Harrow House", Entity.ADDRESS, 0.86)],
            [("Ion Ciobanu of", PERSON), ("Flat 12, Harrow House", Entity.ADDRESS)],
        ),
        (
            "no is JG 40 12 55 B. Thanh left",
            [("JG 40 12 55 B", Entity.NINO, 0.9), ("B. Thanh", PERSON, 0.6), ("Thanh", PERSON, 0.55)],
            [("JG 40 12 55 B", Entity.NINO), ("Thanh", PERSON)],
        ),
        (
            "at Mill Lane today", [("at Mill Lane", PERSON, 0.5), ("Mill Lane", Entity.ADDRESS, 0.7)],
            [("at Mill Lane", Entity.ADDRESS)],
        ),
    ],
)  # fmt: skip
def test_a_person_beside_an_address_or_a_date_stays_a_person(
    text: str, found: list[tuple[str, Entity, float]], replaced: list[tuple[str, Entity]]
) -> None:
    """Of a finding that runs into something with its own shape, the part in which a name was found is a person."""
    assert _merged(text, *found) == replaced


_WORDS = st.sampled_from(
    ["Joan", "Okafor", "and", "&", "Dr.", "Lee.", "smith", "14/03/1985", "Mill", "Lane,", "Haq,", "of", "J.", "\n", "n"]
)


@st.composite
def _found(draw: st.DrawFn) -> tuple[str, list[Span]]:
    text = " ".join(draw(st.lists(_WORDS, min_size=1, max_size=12)))
    kinds = st.sampled_from([PERSON, BODY, PLACE, Entity.ADDRESS, Entity.DATE])
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)), kinds, st.sampled_from([0.5, 0.55, 0.9]))
    spans = [Span(min(a, b), max(a, b), kind, score) for a, b, kind, score in draw(st.lists(places, max_size=6))]
    return text, [span for span in spans if span.start < span.end]


@given(_found())
def test_nothing_but_what_joins_people_is_uncovered(found: tuple[str, list[Span]]) -> None:
    """Every letter and digit that was found is replaced, but for `and` and `n` between two people."""
    text, spans = found
    merged = merge(text, spans)
    covered = {at for span in merged for at in range(span.start, span.end)}
    bare = {at for span in spans for at in range(span.start, span.end) if text[at].isalnum()} - covered
    joints = {at for word in (" and ", " n ") for at in range(len(text)) for place in [text.find(word, at)]
              if place == at for at in range(place, place + len(word))}  # fmt: skip
    assert bare <= joints
    assert all(one.end <= other.start for one, other in pairwise(merged))
