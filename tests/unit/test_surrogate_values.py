"""Surrogates of numbers, places and organisations: of their shape, harmless, and never what they stand for."""

from __future__ import annotations

import re

import pytest
from surrogate_draws import MANNER, SECRETS, instead

from anonymise.identifiers import is_postcode, squeeze
from anonymise.prose.entities import Entity, Span
from anonymise.prose.replacing.replacer import Replacer, Subject
from anonymise.prose.replacing.surrogate_numbers import passes_a_check


@pytest.mark.parametrize(
    ("written", "kind", "shape"),
    [
        ("07700 123456", Entity.PHONE, r"07700 900\d{3}"),
        ("+44 7700 123456", Entity.PHONE, r"\+44 7700 900\d{3}"),
        ("+44 (0)7700 123 456", Entity.PHONE, r"\+44 \(0\)7700 900 \d{3}"),
        ("(01483) 571571", Entity.PHONE, r"\(0\d{4}\) \d{6}"),
        ("12345", Entity.PHONE, r"0\d+ \d+"),
        ("J.O'Neil@surrey.police.uk", Entity.EMAIL, r"[^@\s]+@[a-z]+\.example"),
        ("www.facebook.com/j.smith", Entity.URL, r"https://www\.[a-z]+\.example/"),
        ("10.0.0.12", Entity.IP_ADDRESS, r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+"),
        ("fe80::1", Entity.IP_ADDRESS, r"2001:db8::[0-9a-f]+"),
        ("14 Acacia Avenue", Entity.ADDRESS, r"\d{1,3} [A-Z][a-z]+ Avenue"),
        ("flat 3, 14 acacia rd", Entity.ADDRESS, r"flat \d+, \d+ [a-z]+ rd"),
        ("Hawthorn Drive", Entity.ADDRESS, r"[A-Z][a-z]+ Drive"),
        ("St Mary's Primary School", Entity.ORGANISATION, r"[A-Z][a-z]+ Primary School"),
        ("ACME", Entity.ORGANISATION, r"[A-Z]+ [A-Z]+"),
        ("Guildford", Entity.LOCATION, r"[A-Z][a-z]+"),
        ("GU21 4XX", Entity.POSTCODE, r"[A-Z]{2}\d{1,2} \d[CIKMOV]{2}"),
        ("gu214xx", Entity.POSTCODE, r"[a-z]{2}\d{1,2}\d[cikmov]{2}"),
        ("AB12 CDE", Entity.VEHICLE, r"[TU][A-Z]\d\d [A-Z]{3}"),
        ("943 476 5919", Entity.NHS_NUMBER, r"\d{3} \d{3} \d{4}"),
        ("reg AB12 CDE", Entity.VEHICLE, r"reg [TU][A-Z]\d\d [A-Z]{3}"),
        ("AB12 CAR", Entity.VEHICLE, r"[TU][A-Z]\d\d (?!CAR)[A-Z]{3}"),
        ("AB12 CDE NINO", Entity.VEHICLE, r"[TU][A-Z]\d\d [A-Z]{3} NINO"),
        (
            "passport 123456789 reg AB12 CDE NINO AB123456C ref 42/12345/24 UPN A123456789012",
            Entity.PASSPORT,
            r"passport \d{9} reg [TU][A-Z]\d\d [A-Z]{3} NINO [A-Z]{2}\d{6}[A-Z] ref \d\d/\d{5}/\d\d UPN [A-Z]\d{12}",
        ),
        ("Card 4111 1111 1111 1111", Entity.CARD, r"Card (\d{4} ?){4}"),
        ("NHS no: 943 476 5919", Entity.NHS_NUMBER, r"NHS no: \d{3} \d{3} \d{4}"),
        ("Okafor 12345", Entity.REFERENCE, r"(?!Okafor)[A-Z][a-z]{5} \d{5}"),
        ("AB 12 34 56 C", Entity.NINO, r"[A-Z]{2} \d\d \d\d \d\d [A-Z]"),
        ("45/12345/24", Entity.REFERENCE, r"\d\d/\d{5}/\d\d"),
        ("4111 1111 1111 1111", Entity.BANK_ACCOUNT, r"(\d{4} ?){4}"),
        ("GB29 NWBK 6016 1331 9268 19", Entity.BANK_ACCOUNT, r"[A-Z]{2}\d\d [A-Z]{4}( \d{4}){3} \d\d"),
    ],
)
def test_a_surrogate_has_the_shape_and_is_nobodys(written: str, kind: Entity, shape: str) -> None:
    """Kept ranges, reserved names, no existing postcode, and no number whose check digit holds."""
    for secret in SECRETS[:20]:
        made = instead(written, kind, secret)

        assert re.fullmatch(shape, made), made
        assert squeeze(made) != squeeze(written)
        assert not is_postcode(squeeze(made))
        assert not any(
            passes_a_check(part) for part in (made, *re.split(r"\b[A-Z]?[a-z]+\b:?|\b(?:NINO|UPN|NHS)\b", made))
        )


@pytest.mark.parametrize("valid", ["943 476 5919", "4111 1111 1111 1111", "GB29 NWBK 6016 1331 9268 19", "AB123456C"])
def test_a_true_number_passes_its_check(valid: str) -> None:
    """The control: a number that could be somebody's would have been seen."""
    assert passes_a_check(valid)


@pytest.mark.parametrize(
    ("written", "kind", "shown"),
    [("Green Kite Inn", Entity.KNOWN, "[KNOWN VALUE 1]"), ("positive since 2012", Entity.KNOWN, "[KNOWN VALUE 1]"),
     ("Romani", Entity.GROUP, "[GROUP 1]"),
     ("14/03/2021", Entity.DATE, "[DATE 1]")],
)  # fmt: skip
def test_what_has_no_harmless_surrogate_keeps_its_placeholder(written: str, kind: Entity, shown: str) -> None:
    """A faith or a nationality would be a false statement; dates are ruled by their own property."""
    assert instead(written, kind) == shown


@pytest.mark.parametrize("word", ["reg", "Ref:", "card no"])
def test_the_word_before_a_number_is_no_organisation(word: str) -> None:
    """What says of every number what it is names nobody, and a made-up one would show that the text was changed."""
    assert instead(word, Entity.ORGANISATION) == word


@pytest.mark.parametrize("text", ["Swift", "Case", "swift", "Swift 4412", "Bank"])
def test_a_surname_that_says_what_a_number_is_stays_nowhere(text: str) -> None:
    """`Swift` is somebody's name too: as such it has a surrogate."""
    word = text.split(maxsplit=1)[0]
    replacer = Replacer(manner=MANNER, subjects=[Subject(secret=SECRETS[0])])

    assert word not in replacer.write(0, text, [Span(0, len(word), Entity.ORGANISATION, 0.5)])[0]


def test_a_word_before_its_number_stays_also_where_it_is_a_surname() -> None:
    """`CHI 0101801234` says what the number is."""
    replacer = Replacer(manner=MANNER, subjects=[Subject(secret=SECRETS[0])])

    assert replacer.write(0, "CHI: 0101801234", [Span(0, 3, Entity.ORGANISATION, 0.5)]) == ["CHI"]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Okafor House, 14 Acacia Avenue", Entity.ADDRESS),
        ("Rosemary Cottage 5", Entity.ADDRESS),
        ("14 Okafor Court", Entity.ADDRESS),
        ("4412 Mr Hughes", Entity.PERSON),
        ("07700 123456, Mrs. Okafor", Entity.PERSON),
        ("(Dr Okafor", Entity.PERSON),
    ],
)
def test_nothing_of_a_finding_stays_but_what_names_nobody(written: str, kind: Entity) -> None:
    """Of the words and figures of what was found none is in what stands for it, but titles and kinds of streets."""
    for secret in SECRETS[:10]:
        stays = set(re.findall(r"\w+", written)) & set(re.findall(r"\w+", instead(written, kind, secret)))

        assert stays <= {"Avenue", "Court", "Mr", "Mrs", "Dr"}


def test_a_surrogate_is_no_other_number_of_the_text() -> None:
    """A number that stands in the text beside it would make two one."""
    made = instead("07700 123456", Entity.PHONE)
    replacer = Replacer(manner=MANNER, subjects=[Subject(secret=SECRETS[0])])

    assert replacer.write(0, f"07700 123456 or {made}", [Span(0, 12, Entity.PHONE, 0.9)])[0] not in ("", made)
