"""Surrogates: what is realistic, harmless, the same within a unit, and never what it stands for."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from itertools import combinations
from typing import Any

import pytest
from marked_texts import FindsMarked
from treated_dataset import MODEL, batch, contract, row

from anonymise.identifiers import is_postcode, squeeze
from anonymise.keys.keyring import MASTERS, KeyRing
from anonymise.prose.entities import Entity, Span
from anonymise.prose.names.lists import Ordinary, bare, name_lists
from anonymise.prose.redaction import Redactor
from anonymise.prose.replacing.people import name_words
from anonymise.prose.replacing.replacer import Manner, Replacer, Subject
from anonymise.prose.replacing.sexes import sex_of
from anonymise.prose.replacing.surrogate_numbers import passes_a_check
from anonymise.treatment.plan import plan_treatment
from anonymise.treatment.treat import treat
from datalab.contract.model import PrivacyUnit, Replacement
from datalab.errors import InternalError
from datalab.sample.people.names import Sex

MANNER = Manner(replacement=Replacement.SURROGATE, subject_first=True)
SECRETS = [sha256(bytes([number])).digest() for number in range(40)]


def hidden(marked: str, secret: bytes = SECRETS[0], *names: str) -> str:
    """Redact a text whose findings are marked as in the other test."""
    finder = FindsMarked([marked])
    subject = Subject(names=name_words(names), secret=secret)
    done = Redactor(finder).redact(finder.texts, replacer=Replacer(manner=MANNER, subjects=[subject]))[0].text
    assert done is not None
    return done


def instead(written: str, kind: Entity, secret: bytes = SECRETS[0]) -> str:
    """Return what stands for one finding."""
    replacer = Replacer(manner=MANNER, subjects=[Subject(secret=secret)])
    return replacer.write(0, written, [Span(0, len(written), kind, 0.9)])[0]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_person_is_one_other_person_in_a_text(secret: bytes) -> None:
    """Given name, surname, initial, case, title and possessive are those of one made-up person, and of no other."""
    done = hidden("<Joan Smith>, <Joan>, <Ms Smith>, <JOAN>, <J Smith>, <smith>'s; <Peter Smith>; <Peter>", secret)

    match = re.fullmatch(
        r"(\S+) (\S+), (\S+), Ms (\S+), (\S+), (\S) (\S+), (\S+)'s; (\S+) (\S+); (\S+)", done.replace("Ms. ", "Ms ")
    )
    assert match is not None, done
    given, surname, again, titled, upper, initial, with_initial, lower, other, other_surname, other_again = (
        match.groups()
    )
    assert (again, upper, initial) == (given, given.upper(), given[0])
    assert (titled, with_initial) == (surname, surname)
    assert other == other_again
    assert len({given, surname, other, other_surname}) == 4
    # `smith` is one of two people's, so somebody else.
    assert lower.islower()
    assert not {"joan", "smith", "peter"} & set(re.findall(r"\w+", done.casefold()))


def test_a_surrogate_is_the_same_in_a_unit_and_another_elsewhere() -> None:
    """Two texts of one unit call a person alike; of forty units hardly any two do."""
    first, second = (hidden(text).split(" said")[0] for text in ("<Joan Smith> said so", "<Joan Smith> said no"))
    others = {hidden("<Joan Smith> said so", secret).split(" said")[0] for secret in SECRETS}

    assert first == second
    assert len(others) > 30


def test_a_surrogate_is_no_other_word_of_the_text() -> None:
    """A name that the text or the row holds already is not given to somebody else."""
    free = hidden("<Joan Smith> left").split()[0]

    assert free.casefold() not in hidden(f"<Joan Smith> left, {free} stayed").split(" left")[0].casefold()
    assert free.casefold() not in hidden("<Joan Smith> left", SECRETS[0], free).casefold()


def test_a_surrogate_is_no_other_number_of_the_text() -> None:
    """A number that stands in the text beside it would make two one."""
    made = instead("07700 123456", Entity.PHONE)
    replacer = Replacer(manner=MANNER, subjects=[Subject(secret=SECRETS[0])])

    assert replacer.write(0, f"07700 123456 or {made}", [Span(0, 12, Entity.PHONE, 0.9)])[0] not in ("", made)


def test_people_of_one_text_share_no_made_up_name() -> None:
    """Neither a given name nor a surname is drawn twice, or a reader would take two for relatives or for one."""
    for secret in (sha256(bytes([1, number])).digest() for number in range(60)):
        people = hidden("<Joan Smith>; <Amy Brown>; <Ali Khan>; <Tom Hill>", secret).split("; ")

        assert not any({*one.split()} & {*other.split()} for one, other in combinations(people, 2))


def test_a_woman_stays_a_woman() -> None:
    """The sex that a list or a title tells is kept, for pronouns to agree."""
    for secret in SECRETS:
        assert sex_of(bare(hidden("<Margaret Hill> left", secret).split()[0])) in (sex_of("margaret"), None)


@pytest.mark.parametrize(
    ("short", "female"),
    [("Kate", True), ("Liz", True), ("Ben", False), ("Tom", False), ("Mohammad", False), ("Jo-Ann", True)],
)
def test_who_is_called_in_short_keeps_their_sex(short: str, female: bool) -> None:  # noqa: FBT001 - a row of the table
    """A short form tells the sex of the names that it stands for, and what stands for it is no name of both sexes."""
    told = {sex_of(bare(hidden(f"<{short} Okafor> left", secret).split()[0]).partition("-")[0]) for secret in SECRETS}

    assert told == {Sex.FEMALE if female else Sex.MALE}


@pytest.mark.parametrize("names", [(), ("Joan", "Okafor")])
@pytest.mark.parametrize(
    "text",
    [
        "<Okafor, Joan> came",
        "<Okafor Joan> came",
        "<OKAFOR Joan> sat",
        "<Joan Okafor> was sharp",
        "<Okafor>, <Joan> left",
    ],
)
def test_one_made_up_name_stands_for_a_person_in_all_texts_of_a_unit(text: str, names: tuple[str, ...]) -> None:
    """Order, middle names and other words of the text do not change it."""
    for secret in SECRETS[:10]:
        given, surname = hidden("<Joan Okafor> came", secret, *names).split()[:2]
        words = re.findall(r"[^\W\d_][\w'-]*", hidden(text, secret, *names).casefold())

        assert {given.casefold(), surname.casefold()} <= set(words)


def test_a_surname_that_is_a_mans_name_makes_no_man() -> None:
    """The row's person is of the sex of their given name, also where a text has the surname alone."""
    for secret in SECRETS[:10]:
        (given, surname), (alone,) = (
            hidden(text, secret, "Joan", "James").removesuffix(" came").split()
            for text in ("<Joan James> came", "<James> came")
        )

        assert sex_of(bare(given)) is Sex.FEMALE
        assert alone in (given, surname)


def test_a_middle_name_changes_no_made_up_name() -> None:
    """Nor does it make two people of one, from text to text."""
    given, surname = hidden("<Joan Okafor> came").split()[:2]

    assert hidden("<Joan Mary Okafor> came").startswith(f"{given} {surname} ")


def test_a_made_up_name_is_no_word() -> None:
    """What texts use as a word would be given to a person in one text and not in the other."""
    words = [bare(word) for secret in SECRETS for word in hidden("<Joan Okafor>", secret).split()]

    assert not [word for word in words if name_lists().ordinary(word) is Ordinary.COMMON]


def test_the_form_of_a_name_is_kept() -> None:
    """A comma, the sign of a handle and a tag stay where they are, and a disguise is replaced as a whole."""
    assert re.fullmatch(r"\w[\w'-]+, \w[\w-]+ came", hidden("<Okafor, Joan> came"))
    assert re.fullmatch(r"@[a-z]+ came", hidden("<@joanokafor> came", SECRETS[0], "Joan", "Okafor"))
    assert re.fullmatch(r"\w[\w-]+ \w[\w'-]+ came", hidden("<%4A%6Fan Okafor> came"))


def test_surrogate_names_are_names() -> None:
    """What stands for a name would be taken for one by who reads it, and mostly by the lists."""
    names = [bare(word) for secret in SECRETS for word in hidden("<Joan Smith>", secret).split()]
    lists = name_lists()

    assert sum(lists.is_given(name) or lists.is_surname(name) for name in names) > 0.7 * len(names)


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


def test_no_surrogate_without_a_key() -> None:
    """Without a secret nothing is drawn, for who knows how could draw it again."""
    with pytest.raises(InternalError, match="no key"):
        Replacer(manner=MANNER).write(0, "Joan", [Span(0, 4, Entity.PERSON, 0.9)])


def notes_of(unit: PrivacyUnit, *rows: dict[str, Any]) -> list[str]:
    """Treat rows whose notes have surrogates, and return the notes."""
    stated = contract(unit)
    columns = tuple(
        replace(one, replacement=Replacement.SURROGATE) if one.name == "notes" else one for one in stated.columns
    )
    ring = KeyRing(dict.fromkeys({*MASTERS.values()}, (1, SECRETS[0])), folder=None)  # the same draws each time
    plan = plan_treatment(replace(stated, columns=columns), ring, extract_id="x1", spacy_model=MODEL)
    done: list[str] = treat(batch(*rows), plan, Redactor(FindsMarked([]))).batch.column("notes").to_pylist()
    return done


def test_two_people_of_a_household_have_two_made_up_names() -> None:
    """Each has one name in all texts of the household, whoever's row a text stands in."""
    ngozi, amaka = row(0, notes="Ngozi Okafor fell"), row(0, _row=1, given="Amaka", notes="Amaka Okafor fell")
    both = row(0, _row=2, given="Amaka", notes="Amaka Okafor told Ngozi Okafor")
    one, other, said = notes_of(PrivacyUnit.HOUSEHOLD, ngozi, amaka, both)

    assert one != other
    assert said == f"{other.removesuffix(' fell')} told {one.removesuffix(' fell')}"


def test_a_person_of_several_names_has_one_made_up_name() -> None:
    """Where the unit is one person, what their rows call them makes no difference."""
    before = row(0, surname="Adeyemi", notes="Ngozi Adeyemi fell")
    later = row(0, _row=1, notes="Ngozi Okafor fell")

    assert len(set(notes_of(PrivacyUnit.PERSON, before, later))) == 1


def test_surrogates_change_no_count() -> None:
    """The report counts what was found, whatever stands in its place."""
    tallies = []
    for style in Replacement:
        stated = contract()
        columns = tuple(replace(one, replacement=style) if one.name == "notes" else one for one in stated.columns)
        plan = plan_treatment(replace(stated, columns=columns), KeyRing.throwaway(), extract_id="x1", spacy_model=MODEL)
        cells = row(0, notes="Ngozi Okafor of GU21 4XX rang from 07700 900123; NOM00000")
        done = treat(batch(cells), plan, Redactor(FindsMarked([])))
        tallies.append(done.tally)
        assert ("[" in done.batch.column("notes")[0].as_py()) is (style is not Replacement.SURROGATE)
    assert tallies[0] == tallies[1] == tallies[2]
