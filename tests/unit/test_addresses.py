"""Streets with a house's number are told from days, times and doctors."""

from __future__ import annotations

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.entities import Entity
from anonymise.prose.redaction import Redactor

FINDER = RulesAndNames()


def addresses(text: str) -> list[str]:
    """Find the addresses of a text."""
    found = FINDER.find([text])[0] or ()
    return [text[span.start : span.end] for span in found if span.entity is Entity.ADDRESS]


@pytest.mark.parametrize(
    "text",
    [
        "Seen on 12/03/2022 by Dr Patel.",
        "bed 4 Dr Patel",
        "bed 4 Monday Dr Patel",
        "bed 4 saw Dr Patel",
        "bed 4 seen Dr Patel",
        "Ward 7 under Dr. Khan",
        "on 12/03/2022 Dr Patel",
        "at 10.30 via Dr Patel",
        "12 March Dr Patel",
        "12 March 2022 with Dr Patel at home",
        "02/2022 Station Approach works",
        "in 4 weeks Dr Patel",
        "left at 10:30 but way too late",
        "ring her on 07700 900 321 before close of play",
        "back by 12 until close",
    ],
)
def test_a_day_or_a_doctor_is_no_street(text: str) -> None:
    """The number of a house is no part of a date or a time, and a doctor is no drive."""
    assert [found for found in addresses(text) if any(map(str.isdigit, found))] == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("of 14 Acacia Avenue", "14 Acacia Avenue"),
        ("of 14 Acacia Dr, Woking", "14 Acacia Dr"),
        ("of 14 Acacia Dr Woking", "14 Acacia Dr"),
        ("of 14 acacia dr", "14 acacia dr"),
        ("of 12-14 High Street", "12-14 High Street"),
        ("of 12/14 High Street", "12/14 High Street"),
        ("Address:14a March Road", "14a March Road"),
        ("flat 2, 14 St Johns Road", "flat 2, 14 St Johns Road"),
    ],
)
def test_a_house_and_its_street_are_found(text: str, address: str) -> None:
    """Numbers of houses, also two, and short words for a street."""
    assert address in addresses(text)


def test_a_post_office_box_is_an_address() -> None:
    """A box of the post is masked with its number, and another box stays."""
    out = Redactor(RulesAndNames()).redact(["write to PO Box 771 or P.O. Box 12345", "moved box 771"])
    assert [one.text for one in out] == ["write to [ADDRESS] or [ADDRESS]", "moved box 771"]
