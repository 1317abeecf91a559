"""Numbers and codes of the United Kingdom, against published examples and one-character errors."""

from __future__ import annotations

import pytest

from anonymise.identifiers import IdentifierKind, is_postcode_district, is_uprn, kinds_of

KIND = IdentifierKind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("943 476 5919", KIND.NHS_NUMBER),  # NHS Data Dictionary's example
        ("401-023-2137", KIND.NHS_NUMBER),
        ("AB 12 34 56 C", KIND.NINO),
        ("ab123456c", KIND.NINO),
        ("H801200001001", KIND.UPN),
        ("MORGA657054SM9IJ", KIND.DRIVING_LICENCE),  # DVLA INS57P's example
        ("GU21 4XX", KIND.POSTCODE),
        ("gu214xx", KIND.POSTCODE),
        ("M1 1AE", KIND.POSTCODE),
        ("B33 8TH", KIND.POSTCODE),
        ("CR2 6XH", KIND.POSTCODE),
        ("DN55 1PT", KIND.POSTCODE),
        ("W1A 0AX", KIND.POSTCODE),
        ("W1Y 0HB", KIND.POSTCODE),  # out of use since 2000, and in records
        ("EC1A 1BB", KIND.POSTCODE),
        ("GIR 0AA", KIND.POSTCODE),
        ("100023336956", KIND.UPRN),  # 10 Downing Street
    ],
)
def test_published_examples_are_known(text: str, kind: IdentifierKind) -> None:
    """An identifier is recognised however it is spaced."""
    assert kind in kinds_of(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("943 476 5918", KIND.NHS_NUMBER),  # check digit
        ("0000000000", KIND.NHS_NUMBER),
        ("943476591", KIND.NHS_NUMBER),
        ("9434765919", KIND.CHI),  # its check digit holds, and no month has 94 days
        ("BG123456C", KIND.NINO),  # prefix never given out
        ("AB123456E", KIND.NINO),
        ("A801200001001", KIND.UPN),  # check letter
        ("99999657054SM9IJ", KIND.DRIVING_LICENCE),
        ("MORGA613054SM9IJ", KIND.DRIVING_LICENCE),  # month 13
        ("QU21 4XX", KIND.POSTCODE),
        ("GU21 4CX", KIND.POSTCODE),  # C never stands in an inward code
        ("GU21", KIND.POSTCODE),
        ("12345", KIND.UPRN),
        ("0123456", KIND.UPRN),
        ("", KIND.POSTCODE),
        ("not a number", KIND.NHS_NUMBER),
    ],
)
def test_near_misses_are_not(text: str, kind: IdentifierKind) -> None:
    """What breaks a check or a shape is not of the kind."""
    assert kind not in kinds_of(text)


def test_every_changed_digit_breaks_an_nhs_number() -> None:
    """Modulus 11 finds every single wrong digit."""
    number = "9434765919"
    changed = [f"{number[:place]}{digit}{number[place + 1 :]}" for place in range(10) for digit in "0123456789"]

    passing = [text for text in changed if KIND.NHS_NUMBER in kinds_of(text)]

    assert set(passing) == {number}


def test_a_chi_number_is_told_from_an_nhs_number_by_its_birthday() -> None:
    """A CHI number passes both checks and is named as what it tells more of."""
    valid = next(f"010180{tail:04d}" for tail in range(10_000) if KIND.NHS_NUMBER in kinds_of(f"010180{tail:04d}"))

    assert kinds_of(valid)[:2] == (KIND.CHI, KIND.NHS_NUMBER)


@pytest.mark.parametrize(("text", "expected"), [("GU21", True), ("M1", True), ("W1A", True), ("JOHN", False)])
def test_districts_have_a_shape(text: str, expected: bool) -> None:  # noqa: FBT001 - a table's column
    """An outward code is told from a word."""
    assert is_postcode_district(text) is expected


def test_a_uprn_has_at_most_twelve_digits() -> None:
    """BS 7666 allows twelve."""
    assert not is_uprn("1234567890123")
