"""Each kind of identifier by its pattern: what is found, and what only looks like it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from anonymise.prose.entities import Entity
from anonymise.prose.patterns.pattern import Wanted
from anonymise.prose.recognisers import Recognisers
from anonymise.prose.redaction import merge

RULES = Recognisers(None)
"""Without a model: the patterns alone."""
FOUND: dict[Entity, tuple[str, ...]] = {
    Entity.NHS_NUMBER: (
        "nhs no {943 476 5919}",
        "NHS: {9434765918}",
        "number {9434765919} given",
        "NHS{943 476 5919}",
        "nhsno{943 476 5919}",
        "her {943.476.5919} is",
    ),
    Entity.CHI: ("CHI {010180 1234}", "chi no. {0101801234}"),
    Entity.UPN: ("pupil {H801200001001} left", "UPN {A801200001001}"),
    Entity.ULN: ("ULN {9276308686}", "uln no: {9276308687}", "learner {9276308686}"),
    Entity.UPRN: ("UPRN {100023336956}", "uprn no. {1234}"),
    Entity.NINO: ("{AB 12 34 56 C}", "{ab123456c}", "NI no: {ab 12 34 56}", "{QQ 12 34 56 C}", "{AB123456}"),
    Entity.PASSPORT: ("passport no. {X1234567}", "passport {123 456 789}", "PPT: {123456789}"),
    Entity.DRIVING_LICENCE: (
        "{MORGA657054SM9IJ}",
        "holds {morga 657054 sm9ij}",
        "driving licence number is {12345678}",
    ),
    Entity.PRISON_NUMBER: ("{A1234AB}", "inmate {a1234ab}", "NOMS no {AB1234}"),
    Entity.PNC_ID: ("{2003/0011985X}", "{03/11985X}", "PNC ID: {12/345Z}", "{20030011985X}"),
    Entity.CRO_NUMBER: ("{123456/12U}", "{SF39/083404K}", "CRO: {12345/98A}"),
    Entity.COURT_CASE: (
        "{[2021] EWCA Crim 123}",
        "{[2020] EWHC 123 (Admin)}",
        "see {[2019] uksc 5}.",
        "{T20217001}",
        "{QB-2021-001234}",
        "{CO/1234/2020}",
        "{HQ17X01234}",
        "{D00CV123}",
        "{2400123/2020}",
        "{EA/2020/0123}",
        "{EA-2020-000123-AT}",
        "{UKEAT/0123/20/LA}",
        "{202101234 A1}",
        "application no. {345/09}",
        "claim number {3YM12345}",
    ),
    Entity.REFERENCE: (
        "mosaic id {12345}",
        "LCS {4412345}",
        "client ID: {4432}",
        "service user no {12/345}",
        "custody record {12AB/1234/21}",
        "custody ref {45DA/123/21}",
        "crime no. {1234567/21}",
        "{20DE1/12345A/19}",
        "{CRI/06AA/0000123/21}",
        "cris {3412345/20}",
        "{RM21012345}",
        "CAD {45} of 12",
        "exhibit {JS/12}",
        "pc {4412} attended",
    ),
    Entity.VEHICLE: (
        "{AB12 CDE}",
        "{ab12cde}",
        "{AB 12 CDE}",
        "{A123 BCD}",
        "{a123bcd}",
        "{ABC 123D}",
        "{abc123d}",
        "{AIZ 1234}",
        "reg {ABC 123}",
        "plate: {1 ABC}",
        "vrm {A1}",
        "index no. {1234 AB}",
        "reg: {J0E 5M}",
        "silver Ford Focus, {A1 ABC}",
        "white van {123 ABC}",
    ),
    Entity.BANK_ACCOUNT: (
        "{GB29 NWBK 6016 1331 9268 19}",
        "{gb29nwbk60161331926819}",
        "{20-30-40 12345678}",
        "sort code {203040}",
        "acc no {12345678}",
    ),
    Entity.CARD: ("{4111 1111 1111 1111}", "{3782 822463 10005}", "card ending {1234}"),
    Entity.DEVICE: (
        "IMEI {490154203237518}",
        "imei: {49-015420-323751-8}",
        "{00:1A:2B:3C:4D:5E}",
        "{00-1a-2b-3c-4d-5e}",
        "{001A.2B3C.4D5E}",
    ),
    Entity.IP_ADDRESS: ("{10.0.0.12}", "{2001:db8::1}"),
    Entity.EMAIL: (
        "{jo@mail.example}",
        "{j.smith at gmail dot com}",
        "{jane (at) x.co.uk}",
        "{jane[at]x[dot]org}",
        "{jo.b@gmail}",
    ),
    Entity.HANDLE: ("{@jo_b}", "insta: {johnny_99}", "snapchat name {jonny}", "by {u/throwaway1}"),
    Entity.URL: ("{www.x.example/y}", "{hxxp://x.example/y}", "{example[.]com}", "{www dot x dot com}"),
    Entity.COORDINATES: (
        "at {51.2362, -0.5704}",
        "lat {51.23}",
        "{51°14'10\"N 0°34'14\"W}",
        "{51.2362N 0.5704W}",
        "{TQ 123 456}",
        "{SU9876512345}",
        "grid ref {1234 5678}",
        "ngr: {tq 38 77}",
        "{///filled.count.soap}",
        "w3w: {filled.count.soap}",
        "what three words is {filled count soap}",
    ),
    Entity.DATE: (
        "on {14/03/1987}",
        "on {14 / 03 / 87}",
        "on {14.3.87}",
        "on {1987-03-14T10:00}",
        "on {14Mar87}",
        "on {14-MAR-2021}",
        "on {March 14th, 1987}",
        "on {3rd of May}",
        "on the {fourteenth of March 1987}",
        "the {third of May nineteen eighty-seven}",
        "on {Christmas Day 2019}",
    ),
    Entity.DATE_OF_BIRTH: (
        "born {14/03/1987}",
        "dob {140387}",
        "DOB: {March 1987}",
        "d.o.b. {14 March 1987}",
        "born on the {14th of March 1987}",
        "{14/03/1987} (DOB)",
    ),
    Entity.AGE: (
        "aged {93}",
        "{93}-year-old",
        "{93} yo",
        "{ninety-one} years old",
        "aged {ninety one}",
        "{a hundred and two} years old",
        "her {95th} birthday",
        "in her {nineties}",
    ),
    Entity.PERSON: (
        "his mother {joan} rang",
        "HIS MOTHER {JOAN} RANG",
        "her son {kwabena} and",
        "pc {hughes} attended",
        "social worker {Priya} is",
        "{cllr ahmed} wrote",
        "sister {agnes} came",
        "n\u00e9e {o\u2019connor} came",
        "rang {A.B.Okafor} again",
        "rang {j.patel} again",
    ),
    Entity.ORGANISATION: (
        "attends {St Mary's Primary School} now",
        "attends {st mary's primary school} now",
        "{Oakfield Surgery} rang",
        "from {oakfield surgery}",
        "at {kingston hospital}",
        "{Royal Surrey Infirmary} said",
        "HMP {Wandsworth}",
    ),
    Entity.HIDDEN: ("{J o h n S m i t h} came", "spelt {S-M-I-T-H}", "{Sm9obiBTbWl0aA==} x"),
    Entity.POSTCODE: ("{GU21 4XX}", "at {GU21-4XX}", "of {GU 21 4XX}", "of {SW1A.1AA}"),
    Entity.PHONE: (
        "on {tel07700 900123}",
        "{mob07700 900 123}",
        "{T01483 571571}",
        "h.{01483 571571}",
        "rang ({07700 900123})",
        "rang {(01483) 571571}",
    ),
}
NEVER = {
    Entity.ULN: ("9276308687 by its check digit", "0276308686"),
    Entity.UPN: ("A801200001001 by its check letter",),
    Entity.UPRN: ("100023336956 without its name",),
    Entity.CHI: ("chips 0101801234", "0101801234"),
    Entity.NINO: ("seen on 10.11.12", "on 10 11 12 at 20 21 22", "AT 10 11 12"),
    Entity.DRIVING_LICENCE: ("MORGA613054SM9IJ has month 13",),
    Entity.PASSPORT: ("compass 123456789",),
    Entity.PRISON_NUMBER: ("AB12 34AB", "A123 4AB"),
    Entity.PNC_ID: ("2003/0011985A by its check letter", "12/13"),
    Entity.CRO_NUMBER: ("123456/12A by its check letter",),
    Entity.COURT_CASE: ("in [2021] he said", "[12] people", "2019/20"),
    Entity.VEHICLE: ("M25 the", "m25 the road", "PIN 1234", "his car 3 times", "Ford 4 doors", "SIM 1234", "of 12 men"),
    Entity.CARD: ("4111 1111 1111 1112 by its check digit", "bending 1234"),
    Entity.DEVICE: ("12:30:45", "490154203237519 by its check digit"),
    Entity.IP_ADDRESS: ("12:30:45", "version 1.2.3"),
    Entity.EMAIL: ("see him at school.com", "meet at home dot"),
    Entity.HANDLE: ("whatsapp is fine", "facebook and twitter", "on facebook as usual"),
    Entity.COORDINATES: ("99.1234, 200.4321", "ON 123 456", "1.5, 2.5", "late 51.23", "and/or/maybe", "TQ 123 45"),
    Entity.DATE: ("in March 2019", "school year 2019/20", "he may be 3", "first of all", "120/80"),
    Entity.DATE_OF_BIRTH: ("reborn 14/03/1987", "snob 140387"),
    Entity.AGE: ("aged 89", "95% of", "aged 91 days", "93 patients", "eighty-nine years old"),
    Entity.PERSON: (
        "victim support",
        "child protection",
        "pc 4412 said",
        "dc comics",
        "sister came",
        "nurse said",
        "formerly known as",
        "e.g.patel",
        "at 3 p.m.patel",
    ),
    Entity.ORGANISATION: ("went to high school", "the hospital", "local gp practice", "a surgery"),
    Entity.HIDDEN: (
        "grades A B C D",
        "options a b c d",
        "J.R.R. Tolkien",
        "state-of-the-art/cutting-edge",
        "#BlackLivesMatterMovementUK",
        "responsibilities",
        "x x x x",
        "123e4567-e89b-12d3-a456-426614174000",
    ),
}
"""What only looks like the kind; it may well be found as another."""
LEFT_IN_SMALL_LETTERS = (
    "AB 12 CDE", "A123 BCD", "ABC 123D", "AIZ 1234", "A1 ABC", "123 ABC", "TQ 123 456", "QQ 12 34 56 C",
    "Sm9obiBTbWl0aA==", "GU 21 4XX",
)  # fmt: skip
"""With blanks and without a word for what it is, such as `reg`: `at 12 the` has the shape of a mark. Base64 that lost
its capitals says nothing."""
PROSE = (
    "Blood pressure 120/80, 3 of 5 days, 95% attendance in 2019/20, costs of £1250000.",
    "He may have been seen 10 times in March 2019 and at 14:30 or 1430hrs.",
    "the social worker will call the school nurse; a pc said he met the driver at 9",
    "Seen on ward 4, bed 12, at A&E; see section 47 and part 3 of the plan.",
)


def redacted(text: str) -> str:
    """Mask what the patterns find."""
    for span in reversed(merge(text, RULES.patterns_in(text))):
        text = f"{text[: span.start]}{span.entity.placeholder}{text[span.end :]}"
    return text


def cases() -> list[tuple[Entity, str]]:
    """Every example with its kind."""
    return [(entity, text) for entity, texts in FOUND.items() for text in texts]


@pytest.mark.parametrize(("entity", "text"), cases())
def test_an_identifier_is_found_as_what_it_is(entity: Entity, text: str) -> None:
    """The identifier goes as a whole, under its kind, and nothing else does."""
    wanted = re.sub(r"\{.*\}", entity.placeholder, text)

    assert redacted(re.sub(r"[{}]", "", text)) == wanted


@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_case_hides_little(change: Callable[[str], str]) -> None:
    """In small letters and in capitals nothing of an identifier is left but what is known to be."""
    left = []
    for _, text in cases():
        secret = re.search(r"\{(.*)\}", text)
        assert secret is not None
        shown = redacted(change(re.sub(r"[{}]", "", text)))
        if change(secret[1]) in shown:
            left.append(change(secret[1]))

    assert set(left) <= {change(text) for text in LEFT_IN_SMALL_LETTERS}


def test_no_example_is_lost_by_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a text must hold for a pattern to be tried stands in every example, however it is written."""
    written = [re.sub(r"[{}]", "", text) for _, text in cases()]
    ways: tuple[Callable[[str], str], ...] = (str, str.lower, str.upper, turkish, in_lines)
    texts = [way(text) for text in written for way in ways]
    looked = [RULES.patterns_in(text) for text in texts]
    monkeypatch.setattr(Wanted, "met_by", lambda _wanted, _look: True)

    lost = [text for text, found in zip(texts, looked, strict=True) if found != RULES.patterns_in(text)]

    assert lost == []


def turkish(text: str) -> str:
    """Write a text with the dotless i and the dotted capital I."""
    return text.replace("i", "\u0131").replace("I", "\u0130")


def in_lines(text: str) -> str:
    """Write a text with another blank between its words."""
    return text.replace(" ", "\n")


@pytest.mark.parametrize(("entity", "text"), [(entity, text) for entity, texts in NEVER.items() for text in texts])
def test_what_only_looks_like_it_is_not(entity: Entity, text: str) -> None:
    """A failed check, a missing word or an ordinary phrase is not of the kind."""
    assert entity not in {span.entity for span in RULES.patterns_in(text)}


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_left(text: str) -> None:
    """What names nobody is not touched by any pattern."""
    assert redacted(text) == text


def test_every_kind_has_its_examples() -> None:
    """A kind that patterns look for stands in the table; addresses stand with the prose of redaction."""
    elsewhere = {Entity.NUMBER, Entity.ADDRESS}

    assert {rule.entity for rule in RULES._rules} == {*FOUND, *elsewhere}
