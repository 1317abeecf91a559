"""Numbers of sample people: check digits, reserved ranges, no clashes."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymise import validity
from datalab.sample.people import identifiers, places
from datalab.sample.people.households import MOST_PEOPLE
from datalab.sample.people.slips import mistyped, mistyped_number, plain_letters


@pytest.mark.parametrize(
    ("number", "valid"), [("9434765919", True), ("9434765918", False), ("943476591", False), ("94347659l9", False)]
)
def test_nhs_check_digit_agrees_with_a_published_example(*, number: str, valid: bool) -> None:
    """The example number of the NHS Data Dictionary holds; one digit off, short or lettered does not."""
    assert identifiers.is_nhs_number(number) is valid


@pytest.mark.parametrize(
    ("number", "valid"), [("H801200001001", True), ("A801200001001", False), ("H80120000100", False)]
)
def test_upn_check_letter_agrees_with_a_published_example(*, number: str, valid: bool) -> None:
    """An example of the DfE's guide holds; another letter or a short one does not."""
    assert identifiers.is_upn(number) is valid


@given(st.integers(min_value=0, max_value=MOST_PEOPLE - 1))
def test_every_person_has_a_valid_test_nhs_number(person: int) -> None:
    """Any place in the county gives a number that the lab's own validator takes, from a range that is never issued."""
    number = identifiers.nhs_number(person)
    assert validity.is_nhs_number(number)
    assert number.startswith("99")


def test_neighbours_never_share_an_nhs_number() -> None:
    """Numbers around the point where the prefix changes are all different."""
    people = [*range(3_000), *range(identifiers.PEOPLE_PER_PREFIX - 1_500, identifiers.PEOPLE_PER_PREFIX + 1_500)]
    assert len({identifiers.nhs_number(person) for person in people}) == len(people)


@given(st.integers(0, 4_999), st.integers(0, 999), st.integers(2003, 2027))
def test_every_pupil_has_a_valid_upn(block: int, place: int, allocated: int) -> None:
    """Any place in any block gives a UPN that the lab's own validator takes, of an authority that does not exist."""
    number = identifiers.upn(block=block, place=place, allocated=allocated)
    assert validity.is_upn(number)
    assert number[1:4] == "999"


def test_agency_keys_never_meet() -> None:
    """The shuffle of agencies' own keys is one to one."""
    assert sorted(identifiers.shuffled(number, 10_000) for number in range(10_000)) == list(range(10_000))


def test_phones_and_plates_come_from_reserved_ranges() -> None:
    """Phones are Ofcom's drama numbers however they are spaced; plates start with a letter that no region uses."""
    rng = Random(1)
    for _ in range(300):
        digits = re.sub(r"^\+44", "0", identifiers.spaced_phone(identifiers.mobile(rng), rng)).replace(" ", "")
        assert re.fullmatch(r"07700900\d{3}", digits)
        assert re.fullmatch(r"01632960\d{3}", identifiers.landline(rng))
        assert re.fullmatch(r"[TU][A-HJ-PR-Z]\d{2} [A-HJ-PR-Z]{3}", identifiers.plate(rng))


def test_postcodes_differ_up_to_the_largest_county() -> None:
    """Every segment of five million people has a postcode of its own, in an area that does not exist."""
    rng = Random(1)
    last = MOST_PEOPLE // 1000 * places.SEGMENTS
    postcodes = {places.segment(number, rng).postcode for number in range(last)}
    assert len(postcodes) == last
    assert all(re.fullmatch(r"WX[0-9]{1,2} [0-9][A-Z]{2}", postcode) for postcode in postcodes)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzéł", min_size=3, max_size=20), st.integers())
def test_a_mistyped_name_is_one_slip_away(name: str, seed: int) -> None:
    """The first letter stays, and the length changes by one at most."""
    wrong = mistyped(name, Random(seed))
    assert wrong[0] == name[0]
    assert abs(len(wrong) - len(name)) <= 1


@given(st.from_regex(r"[0-9]{10}", fullmatch=True), st.integers())
def test_a_mistyped_number_is_another_number_of_that_length(number: str, seed: int) -> None:
    """A slip never leaves the number as it was."""
    wrong = mistyped_number(number, Random(seed))
    assert wrong != number
    assert len(wrong) == len(number)


@pytest.mark.parametrize(
    ("name", "plain"), [("Łukasz", "Lukasz"), ("Siân", "Sian"), ("Y\u0131lmaz", "Yilmaz"), ("O'Neill", "O'Neill")]
)
def test_old_systems_drop_accents(name: str, plain: str) -> None:
    """Accents and foreign letters become their plain likeness; apostrophes stay."""
    assert plain_letters(name) == plain
