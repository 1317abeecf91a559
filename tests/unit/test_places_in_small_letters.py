"""Streets, shops and schools without capitals, and the place named behind them."""

from __future__ import annotations

import time

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.redaction import Redactor

FINDER = RulesAndNames()
REDACTOR = Redactor(FINDER)


def redacted(text: str) -> str | None:
    """Redact one text by rules and lists."""
    return REDACTOR.redact([text])[0].text


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("made off towards old tannery lane", "made off towards [ADDRESS]"),
        ("shops nr long furrow road refusing", "shops nr [ADDRESS] refusing"),
        ("bikes ridden around st mary's drive, one", "bikes ridden around [ADDRESS], one"),
        ("common assault, trafalgar lane. ip", "common assault, [ADDRESS]. ip"),
        ("vehicles on trafalgar court incl", "vehicles on [ADDRESS] incl"),
        ("of 16 pump house way", "of [ADDRESS]"),
        ("of 9 Pump House Crescent", "of [ADDRESS]"),
        ("ran down birch hill road", "ran down [ADDRESS]"),
        ("corner of mill street", "corner of [ADDRESS]"),
    ],
)
def test_a_street_is_found_without_capitals(text: str, published: str) -> None:
    """A street goes after any word for where, with all the words of its name."""
    assert redacted(text) == published


@pytest.mark.parametrize(
    "text",
    [
        "walked down the road and up a lane",
        "in the next street, off the main road",
        "on his way home from the other close",
        "came to a close; close to tears",
        "lives in a quiet street near a busy road",
        "ran up narrow lane",
        "down narrow country lane",
        "at crown court, then the magistrates' court",
        "from hard drive and pen drive",
        "the offside lane, the nearside lane, slow lane",
        "he is in the wrong lane",
        "through back gardens, behind rear gardens",
        "down country lane",
        "told to drive away",
        "at 3 and a road was shut",
        "an open road; private road",
        "diverted via ring road",
        "fell on a gravel road, a cobbled street",
    ],
)
def test_a_road_without_a_name_stays(text: str) -> None:
    """What says which road without its name is left."""
    assert redacted(text) == text


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("outside Morley's Food Hall, Thornhythe. Crewed", "outside [ORGANISATION]. Crewed"),
        ("outside Harbour Pharmacy, Abbots Fen. CCTV", "outside [ORGANISATION]. CCTV"),
        ("at Harbour Pharmacy, Abbots Fen.", "at [ORGANISATION], [LOCATION]."),
        ("staff at dunmoor stores, quarry bank state", "staff at [ORGANISATION] state"),
        ("cctv requested from corner plus, ashmere. nfa", "cctv requested from [ORGANISATION]. nfa"),
        ("shopping at bargain barn, eastbank.", "shopping at [ORGANISATION]."),
        ("by kingsfold pharmacy", "by [ORGANISATION]"),
        ("school (sir thomas alderwick school) to be told", "school ([ORGANISATION]) to be told"),
        ("attends alderwick school now", "attends [ORGANISATION] now"),
        ("referred by gp abbots fen health centre. pt", "referred by gp [ORGANISATION]. pt"),
        ("at our lady of walsingham catholic school.", "at [ORGANISATION]."),
        ("attends harbour side academy. nfa", "attends [ORGANISATION]. nfa"),
    ],
)
def test_an_organisation_is_found_with_its_place(text: str, published: str) -> None:
    """A shop, school or surgery goes in any case, and the place behind a comma with it."""
    assert redacted(text) == published


@pytest.mark.parametrize(
    "text",
    [
        "seen at the school, Monday to Friday",
        "went to the pharmacy, the doctor, and home",
        "from the local pharmacy, he said",
        "at the surgery, he waited",
        "in the school, back gate locked",
        "outside the shop, he fell",
        "theft from motor vehicle, road closed",
        "stolen from her bag, phone gone",
        "works at home, often late",
        "works from home, sleeps badly",
        "cctv from the shop, poor",
        "he hates school and skips school",
        "at primary school, in high school",
        "attends nursery, happy",
        "staff at school, happy to help",
        "detained at scene, taken to custody",
        "the health centre, the care home",
        "a holy day of rest at church",
    ],
)
def test_a_place_without_a_name_stays(text: str) -> None:
    """What says what sort of place it is, and not which, is left."""
    assert redacted(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "pump house way " * 10_000,
        "down " * 30_000,
        "abbots fen school " * 8_000,
        "outside shop, " * 10_000,
        "st mary's " * 15_000,
    ],
)
def test_long_runs_of_places_take_no_longer_each(text: str) -> None:
    """Time grows with the text and no faster."""
    began = time.process_time()

    FINDER._recognisers.patterns_in(text)

    assert time.process_time() - began < 20
