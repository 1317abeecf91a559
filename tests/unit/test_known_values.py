"""Values of the row are found in its text however they are written there."""

from __future__ import annotations

import pytest

from anonymise.prose.entities import Entity
from anonymise.prose.known_values import KnownValue, find_known

PERSON, PHONE, NUMBER, KNOWN = Entity.PERSON, Entity.PHONE, Entity.REFERENCE, Entity.KNOWN


@pytest.mark.parametrize(
    ("value", "kind", "text", "found"),
    [
        ("Okafor", PERSON, "met OKAFOR and okafor's son", ["OKAFOR", "okafor"]),
        (
            "Smith-Jones",
            PERSON,
            "Smith Jones, smith-jones; Jones",
            ["Smith Jones", "Smith", "Jones", "smith-jones", "smith", "jones"],
        ),
        ("O'Neill", PERSON, "Mr O'Neill called", ["O'Neill"]),
        ("Ann", PERSON, "Annual leave for Ann", ["Ann"]),
        ("Will", PERSON, "Will said he will come", ["Will"]),
        ("May", PERSON, "MAY may come", ["MAY"]),
        ("Bo", PERSON, "Bo met Bowen", []),  # too short to look for alone
        ("Zoë", PERSON, "ZOË was there", ["ZOË"]),
        ("07700900123", PHONE, "ring 07700 900 123 or 07700-900123", ["07700 900 123", "07700-900123"]),
        ("07700 900123", PHONE, "107700900123", []),
        ("943 476 5919", NUMBER, "nhs 9434765919.", ["9434765919"]),
        ("N12", NUMBER, "nominal N12, N123", ["N12"]),
        ("12 High Street", Entity.ADDRESS, "at 12, high street", ["12, high street"]),
        ("Kingston Hospital", KNOWN, "taken to kingston hospital", ["kingston hospital"]),
        ("12", KNOWN, "room 12", []),
        ("  ", PERSON, "two  blanks", []),
        ("(.*)", KNOWN, "all (.*) text", []),
        ("a+b.c", KNOWN, "not aab2c but a+b.c", ["a+b.c"]),
    ],
)
def test_a_known_value_is_found(value: str, kind: Entity, text: str, found: list[str]) -> None:
    """Case, blanks and separators do not hide a value; longer words do not hold it."""
    spans = list(find_known(text, [KnownValue(value, kind)]))

    assert {text[span.start : span.end] for span in spans} == set(found)
