"""Dashes, slashes and apostrophes of print hide nothing that is found where they are typed."""

# ruff: noqa: RUF001 - signs that look like others are what this is about
from __future__ import annotations

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.cleaned.signs import APOSTROPHES, DASHES, SLASHES
from anonymise.prose.entities import Entity
from anonymise.prose.recorded.known_values import KnownValue
from anonymise.prose.redaction import Redactor
from anonymise.undeclared import undeclared

REDACTOR = Redactor(RulesAndNames())
HYPHENED = (
    ("NHS No. 943-476-5919", "NHS No. "),
    ("call 07700-900-123", "call "),
    ("tel 01632-960-123", "tel "),
    ("ring +44-7700-900123", "ring "),
    ("dob 14-03-1987", "dob "),
    ("seen 2021-03-14", "seen "),
    ("sort code 12-34-56", "sort code "),
    ("card 4111-1111-1111-1111", "card "),
    ("paid to GB82-WEST-1234-5698-7654-32", "paid to "),
    ("CHI 140387-1234", "CHI "),
    ("ULN 9276-308-686", "ULN "),
    ("NI AB-12-34-56-C", "NI "),
    ("licence MORGA-657054-SM9IJ", "licence "),
    ("imei 49-015420-323751-8", "imei "),
    ("claim no QB-2021-001234", "claim no "),
    ("at SW1A-1AA", "at "),
    ("at sw1a-1aa", "at "),
    ("collar ab-4412", "collar "),
    ("rang 07700 900-123", "rang "),
    ("ref 1234-5678", "ref "),
)
SLASHED = (
    ("dob 14/03/1987", "dob "),
    ("seen 14/3/87", "seen "),
    ("Application no. 36022/97", "Application no. "),
    ("PNC 2003/0011985X", "PNC "),
    ("crime ref 42/12345/23", "crime ref "),
)


def published(text: str) -> str:
    """Redact a text without a row."""
    (done,) = REDACTOR.redact([text])
    assert done.text is not None
    return done.text


@pytest.mark.parametrize(("number", "word"), HYPHENED, ids=[text for text, _ in HYPHENED])
@pytest.mark.parametrize("dash", DASHES, ids=[f"U+{ord(dash):04X}" for dash in DASHES])
def test_no_dash_hides_a_number(dash: str, number: str, word: str) -> None:
    """A number with any dash is masked as the same number with hyphens is."""
    shown = published(number.replace("-", dash))

    assert shown == published(number)
    assert shown.startswith(word)
    assert not any(map(str.isdigit, shown))


@pytest.mark.parametrize(("number", "word"), SLASHED, ids=[text for text, _ in SLASHED])
@pytest.mark.parametrize("slash", SLASHES, ids=[f"U+{ord(slash):04X}" for slash in SLASHES])
def test_no_slash_hides_a_number(slash: str, number: str, word: str) -> None:
    """A number with any slash is masked as the same number with plain ones is."""
    shown = published(number.replace("/", slash))

    assert shown == published(number)
    assert shown.startswith(word)
    assert not any(map(str.isdigit, shown))


@pytest.mark.parametrize("sign", ["•", "·", "_", ":", "."])
@pytest.mark.parametrize(
    "number", ["NHS number 943-476-5919", "call 07700-900-123", "mob: 07700-900123", "rang 020-7946-0123"]
)
def test_a_word_before_a_number_tells_it_whatever_parts_its_figures(sign: str, number: str) -> None:
    """Telephone and NHS numbers with their word in front are masked with bullets, dots, lines and colons in them."""
    assert not any(map(str.isdigit, published(number.replace("-", sign))))


@pytest.mark.parametrize(
    "text",
    [
        "In the 1914–18 war, and 2019–2020 as well",
        "aged 10–12 years, 3–5 times, 20–30 mg",
        "It was 2019—a hard year—and the mid–2019 review",
        "In 1500—she said—and by 1600–he went",
        "pages 120–134; a score of 7⁄10",
        "paid 15000–20000 or £100000–150000, of 10,000–120,000 people",
        "at 3½ years, on 2½ tablets",
        "call at 14:30 or 16:45:00",
        "rang at 10:15 on ward 4",
        "either⁄or, and⁄or",
        "a – b, then − 5 °C",
    ],
)
def test_dashes_of_ordinary_prose_are_left(text: str) -> None:
    """Spans of years and doses, clauses and fractions are no numbers of anybody."""
    assert "[" not in published(text)


def test_what_is_published_keeps_its_signs() -> None:
    """Outside masks a text has the signs that it was written with."""
    assert published("It’s 3–4 days – call 07700–900–123 – don’t wait") == ("It’s 3–4 days – call [PHONE] – don’t wait")


@pytest.mark.parametrize("sign", APOSTROPHES, ids=[f"U+{ord(sign):04X}" for sign in APOSTROPHES])
@pytest.mark.parametrize("text", ["D'Souza rang", "met D'Angelo Reid today", "Mrs O'Brien rang", "told by O'Neill"])
def test_no_apostrophe_hides_a_name(sign: str, text: str) -> None:
    """A name with any apostrophe is masked as the same name with a straight one is."""
    assert published(text.replace("'", sign)).replace(sign, "'") == published(text)


@pytest.mark.parametrize("sign", APOSTROPHES, ids=[f"U+{ord(sign):04X}" for sign in APOSTROPHES])
def test_names_are_read_with_straight_apostrophes(sign: str) -> None:
    """What looks for names is given the apostrophe of a keyboard inside words, and quotation marks as they are."""
    finder = FindsNothing()
    Redactor(finder).redact([f"\u2018D{sign}Souza\u2019 rang"])

    assert finder.given == ["\u2018D'Souza\u2019 rang"]


@pytest.mark.parametrize("dash", DASHES, ids=[f"U+{ord(dash):04X}" for dash in DASHES])
@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("9434765919", Entity.NHS_NUMBER, "943-476-5919"),
        ("07700900123", Entity.PHONE, "07700-900-123"),
        ("AB123456C", Entity.NINO, "AB-12-34-56-C"),
        ("WN62409425", Entity.REFERENCE, "WN-62409425"),
        ("Smith-Jones", Entity.PERSON, "smith-jones"),
    ],
)
def test_no_dash_hides_a_value_of_the_row(dash: str, value: str, kind: Entity, text: str) -> None:
    """What a row knows is found with any dash in the text, and with any dash in the row."""
    known = [KnownValue(value, kind)], [KnownValue(value.replace("-", dash), kind)]
    for own in known:
        (done,) = Redactor(FindsNothing()).redact([f"said {text.replace('-', dash)} then"], [own])
        assert done.text == f"said {kind.placeholder} then"


@pytest.mark.parametrize("sign", APOSTROPHES, ids=[f"U+{ord(sign):04X}" for sign in APOSTROPHES])
def test_no_apostrophe_hides_a_name_of_the_row(sign: str) -> None:
    """A name of the row is found with any apostrophe in the text, and with any in the row."""
    for value, text in (("D'Souza", f"d{sign}souza"), (f"D{sign}Souza", "d'souza"), (f"D{sign}Souza", "dsouza")):
        (done,) = Redactor(FindsNothing()).redact([f"said {text} then"], [[KnownValue(value, Entity.PERSON)]])
        assert done.text == "said [PERSON] then"


@pytest.mark.parametrize("sign", [*DASHES, "•", "·"], ids=[f"U+{ord(sign):04X}" for sign in (*DASHES, "•", "·")])
def test_no_dash_hides_a_column(sign: str) -> None:
    """A column of telephone numbers is told by them whatever parts their figures."""
    found = undeclared([f"07700{sign}900{sign}{number:03d}" for number in range(100)])

    assert found is not None
    assert (found.kind, found.found) == ("telephone numbers", 100)


class FindsNothing:
    """A finder that finds nothing and keeps what it was given."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def find(self, texts: list[str]) -> list[tuple[()]]:
        """Find nothing in each text."""
        self.given += texts
        return [() for _ in texts]
