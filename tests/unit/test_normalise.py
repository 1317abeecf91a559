"""Normalising: what is one thing becomes one text, what says nothing becomes nothing."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from anonymise.linkage.normalise import normalise
from anonymise.linkage.soundex import soundex
from datalab.contract.model import MatchKind

K = MatchKind


@pytest.mark.parametrize(
    ("kind", "spellings", "expected"),
    [
        (K.NHS_NUMBER, ["943 476 5919", "943-476-5919", "9434765919", 9434765919], "9434765919"),
        (K.NHS_NUMBER, ["943 476 5918", "0000000000", "1111111111", "943476591", "94347659190", "x", "", None], None),
        (K.UPN, ["A801200001001", "a801 2000 01001"], None),
        (K.UPN, ["H801200001001", "h801 2000 01001"], "H801200001001"),
        (K.NINO, ["QQ123456C", "BG123456A", "DA123456A", "AO123456A", "AB12345A", "AB123456E"], None),
        (K.NINO, ["AB 12 34 56 C", "ab123456d", "AB123456"], "AB123456"),
        (K.NATIONAL_ID, ["530-4218", " 5304218"], "5304218"),
        (K.NATIONAL_ID, ["1234", "0000000", "-"], None),
        (K.GIVEN_NAME, ["Zoë", "ZOE", "zoe ", "Zoe\u0301"[:4], "Miss Zoë"], "zoe"),
        (K.GIVEN_NAME, ["Mary-Jane", "Mary Jane", "mary.jane"], "mary jane"),
        (K.GIVEN_NAME, ["Unknown", "baby", "Baby Smith", "-", "123", "N/K NFA"], None),
        (K.SURNAME, ["O'Neill", "O\u2019Neill", "O\u02bcneill", "ONEILL"], "oneill"),
        (K.SURNAME, ["Smith-Jones", "Smith Jones", "Dr. Smith-Jones", "Smith Jones Jr."], "smith jones"),
        (K.SURNAME, ["Łukasik", "lukasik"], "lukasik"),
        (K.SURNAME, ["Lord"], "lord"),
        (K.SURNAME, ["Na"], "na"),
        (K.SURNAME, ["Иванов", "иванов"], "иванов"),
        (K.SEX, ["M", "male", "1", 1], "m"),
        (K.SEX, ["F", "Female", "2"], "f"),
        (K.SEX, ["9", "0", "X", "not known"], None),
        (K.POSTCODE, ["sw1a 1aa", "SW1A1AA", " SW1A  1AA "], "SW1A1AA"),
        (K.POSTCODE, ["4223", 4223], "4223"),
        (K.POSTCODE, ["ZZ99 3VZ", "0000", "X", "abc"], None),
        (K.HOUSE_NUMBER, ["12a", "12 A", 12], None),
        (K.ADDRESS_LINE, ["12 High Street", "12, high st.", "12 HIGH ST"], "12 high st"),
        (K.PHONE, ["+44 20 7946 0958", "0044 20 7946 0958", "020 7946 0958", "+44 (0)20 7946 0958"], "02079460958"),
        (K.PHONE, ["0000000000", "12345", "none"], None),
        (K.EMAIL, [" A.B@Example.org", "a.b@example.ORG"], "a.b@example.org"),
        (K.EMAIL, ["a.b", "@example.org", "a@b", "a b@example.org"], None),
    ],
)
def test_spellings_of_one_thing_are_one_text(kind: MatchKind, spellings: list[object], expected: str | None) -> None:
    """Each way that agencies write a thing gives one text; what cannot be one gives nothing."""
    if kind is K.HOUSE_NUMBER:
        assert [normalise(kind, spelling) for spelling in spellings] == ["12A", "12A", "12"]
    else:
        assert {normalise(kind, spelling) for spelling in spellings} == {expected}


@pytest.mark.parametrize(
    ("value", "date_format", "expected"),
    [
        (date(1980, 3, 5), None, "1980-03-05"),
        (datetime(1980, 3, 5, 23, 59), None, "1980-03-05"),  # noqa: DTZ001 - a birthday has no time zone
        ("1980-03-05", None, "1980-03-05"),
        ("05/03/1980", "%d/%m/%Y", "1980-03-05"),
        ("19800305", "%Y%m%d", "1980-03-05"),
        ("31/02/1980", "%d/%m/%Y", None),
        ("05/03/1980", None, None),
        ("1900-01-01", None, None),
        (date(1970, 1, 1), None, None),
        ("1066-10-14", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_dates_are_read_by_their_format(value: object, date_format: str | None, expected: str | None) -> None:
    """A date is one day however it came; the epochs of systems are no birthday."""
    assert normalise(K.DATE_OF_BIRTH, value, date_format) == expected


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("robert", "R163"), ("rupert", "R163"), ("rubin", "R150"), ("ashcraft", "A261"), ("tymczak", "T522"),
        ("pfister", "P236"), ("honeyman", "H555"), ("lee", "L000"), ("gutierrez", "G362"), ("washington", "W252"),
        ("иванов", None), ("", None),
    ],
)  # fmt: skip
def test_soundex_is_the_archives_one(name: str, code: str | None) -> None:
    """The examples that the National Archives and the literature give."""
    assert soundex(name) == code
