"""Surrogates: what is realistic, harmless, the same within a unit, and never what it stands for."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from itertools import combinations
from typing import Any

import pytest
from marked_texts import FindsMarked
from surrogate_draws import MANNER, SECRETS
from treated_dataset import MODEL, batch, contract, row

from anonymise.keys.keyring import MASTERS, KeyRing
from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import Ordinary, bare, name_lists
from anonymise.prose.redaction import Redactor
from anonymise.prose.replacing.people import name_words
from anonymise.prose.replacing.replacer import Replacer, Subject
from anonymise.prose.replacing.sexes import sex_of
from anonymise.treatment.plan import plan_treatment
from anonymise.treatment.treat import treat
from datalab.contract.model import PrivacyUnit, Replacement
from datalab.errors import InternalError
from datalab.sample.people.names import Sex


def hidden(marked: str, secret: bytes = SECRETS[0], *names: str) -> str:
    """Redact a text whose findings are marked as in the other test."""
    finder = FindsMarked([marked])
    subject = Subject(names=name_words(names), secret=secret)
    done = Redactor(finder).redact(finder.texts, replacer=Replacer(manner=MANNER, subjects=[subject]))[0].text
    assert done is not None
    return done


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
