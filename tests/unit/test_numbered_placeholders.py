"""Numbered placeholders: who is who in a document, and that numbers say nothing more."""

from __future__ import annotations

import re

import pytest
from marked_texts import FindsMarked

from anonymise.prose.redaction import Redactor
from anonymise.prose.replacing.people import name_words
from anonymise.prose.replacing.replacer import Manner, Replacer, Subject
from datalab.contract.model import Replacement


def numbered(marked: str, *subject: str) -> str:
    """Redact a text whose findings are marked `<Joan>`, `o<Acme>`; the row is about the subject, if there is one."""
    finder = FindsMarked([marked])
    replacer = Replacer(
        manner=Manner(replacement=Replacement.NUMBERED, subject_first=bool(subject)),
        subjects=[Subject(names=name_words(subject))],
    )
    done = Redactor(finder).redact(finder.texts, replacer=replacer)[0].text
    assert done is not None
    return re.sub(r"\[PERSON (\d+)\]", r"\1", done)


@pytest.mark.parametrize(
    ("marked", "redacted"),
    [
        # One person, by other words.
        ("<Joan Smith> came. <Joan> sat. <Ms Smith> left. <SMITH>, <joan smith>", "1 came. 1 sat. 1 left. 1, 1"),
        ("<Smith> was seen, later <Joan Smith's> sister", "1 was seen, later 1's sister"),
        ("<Margaret Hill>; <Maggie>, <M Hill>", "1; 1, 1"),
        ("<Joan Mary Smith>, <Joan Smith>, <SMITH Joan>", "1, 1, 1"),
        ("<Mr Hughes> rang. <Hughes> said <Mr. Hughes> knew", "1 rang. 1 said 1 knew"),
        ("<Kwame Boateng> then #<KwameBoateng>", "1 then #1"),
        ("<Joan Smith yesterday>. <Joan>", "1. 1"),
        # Two people, where the text says so.
        ("<Joan Smith> and <Peter Smith>: <Joan>, <Peter>", "1 and 2: 1, 2"),
        ("<Mr Smith> and <Mrs Smith> with <Mr Smith>", "1 and 2 with 1"),
        ("<Mrs Smith> and <Miss Smith>", "1 and 2"),
        ("<Joan Smith>'s husband <Mr Smith>", "1's husband 2"),
        ("<Joan Smith>, <Mr Smith>, <Mrs Smith>", "1, 2, 1"),
        ("<Xolani Okafor>, <Mr Okafor>, <Mrs Okafor>", "1, 2, 3"),  # whose sex no list tells
        ("<Peter James>, <James Peter Smith>", "1, 2"),
        ("<John Smith> senior met <John Smith> junior", "1 senior met 2 junior"),
        ("<Joan Smith> and <Joan Brown>", "1 and 2"),
        ("<Liz Hall>, <Beth Hall> and <Elizabeth Hall>", "1, 2 and 3"),
        ("<Chris Green> and <Christine Green>. <Chris>", "1 and 2. 1"),
        ("<Muhammad Khan> and <Mohammed Khan> are brothers", "1 and 2 are brothers"),
        ("<Mohammed Ali> hit <Mohammad Ali>", "1 hit 2"),
        ("<Joan Mary Smith> hit <Joan Smith>", "1 hit 2"),
        ("<Joan Smith> and <Smith>", "1 and 2"),
        ("<Ngozi Okafor>'s mum <Mrs Okafor>. <Ngozi> left", "1's mum 2. 1 left"),
        ("<Ngozi Okafor> and her mother <Mrs Okafor>; <Mrs Okafor> left", "1 and her mother 2; 2 left"),
        ("<12>, <34> and <12>", "1, 2 and 1"),  # whatever a finder took for names
        # The order of a name counts, unless a comma or capitals say which is the surname.
        ("<Ali Hassan> and <Hassan Ali>", "1 and 2"),
        ("<Wei Zhang>, later <Zhang Wei>", "1, later 2"),
        ("<James Thomas> and <Thomas James>", "1 and 2"),
        ("<Smith, Joan> came. <Joan Smith> left", "1 came. 1 left"),
        ("<Smith, Joan> attended with <Smith>, <John>. <John Smith> left", "1 attended with 2, 2. 2 left"),
        ("<Joan Okafor> with <Okafor>, <Jones>", "1 with 2, 3"),  # a list, or a name: nobody can tell
        ("<Okafor-Smith, Joan Mary>, <Joan Okafor-Smith>", "1, 1"),
        # A generation is said of one of two.
        ("<John Smith> met <John Smith> Jr.", "1 met 2 Jr."),
        ("<John Smith> snr and his son <John Smith>. <John>", "1 snr and his son 2. 3"),
        ("<John Smith snr> and his son <John Smith>", "1 and his son 2"),
        ("<John>'s father <John Smith> and <Ann>", "1's father 2 and 3"),
        # In doubt somebody new, by the written form.
        ("<Joan Smith> and <Peter Smith>; <Smith> and <Smith>", "1 and 2; 3 and 3"),
        ("<James Smith>, <Peter James>, <James>", "1, 2, 3"),
        ("<Joan Smith>, <Jane Smith>, <J Smith>", "1, 2, 3"),
        ("<Mr Okafor> and <Dr Okafor>", "1 and 2"),
        ("<Dr Anita Patel>, <Dr Patel>; <Joan Smith>, <Dr Smith>", "1, 1; 2, 3"),
    ],
)
def test_a_person_has_one_number_in_a_document(marked: str, redacted: str) -> None:
    """The same name in other words has the same number, and in doubt somebody is somebody else."""
    assert numbered(marked) == redacted


@pytest.mark.parametrize(
    ("marked", "redacted"),
    [
        ("<Peter Brown> met <Joan Smith>, <Joan>, <Smith>; <Joanie>", "2 met 1, 1, 1; 3"),
        ("<Peter Brown> rang", "2 rang"),
        ("<4412> rang <Joan>", "2 rang 1"),
        ("<Joan Smyth> and <Jon Smith>", "1 and 2"),  # a slip of the surname, and a brother
        ("<Smith> was seen; his brother <Peter Smith>; <Smith>", "2 was seen; his brother 3; 2"),
        ("<Mrs Smith> rang: <Joan> is ill", "2 rang: 1 is ill"),
        ("<Joan Smith> came, <Ms Smith> left", "1 came, 1 left"),
        ("#<joansmith>", "#1"),
        ("<Joan Smith>, NOK <Smith>. <Smith> came", "1, NOK 2. 3 came"),
        ("Pt <Ms Smith> with mum <Ann Smith>. <Smith> left", "Pt 1 with mum 2. 3 left"),
        ("attended with <Joan>, mum <J Smith>", "attended with 2, mum 3"),
        ("<Joan Smith> and PC <Smith>; PC <Ann Smith>", "1 and PC 2; PC 2"),
        ("<J Smith> hit <Jane Smith>. <Joan Smith> cried.", "2 hit 3. 1 cried."),
        ("<Joan>'s mother <Joan Smith>; <Joan Smith>", "1's mother 2; 1"),
        ("<Smith, Joan> attended with <Smith>, <John>", "1 attended with 2, 2"),
        ("<Joan Smith> met <Joan Smith> Jr.", "1 met 2 Jr."),
        ("<Joan Smith> Jr. came", "1 Jr. came"),
        ("<Smith Joan> and <Joan Smith>", "2 and 3"),
        ("<Joanna Smith> rang", "2 rang"),
        ("<Joan Smith> and her daughter <Joan>", "1 and her daughter 1"),  # whoever speaks, in doubt the row's
    ],
)
def test_person_one_is_whom_the_row_is_about(marked: str, redacted: str) -> None:
    """PERSON 1 is the row's person wherever the text names them, and nobody else."""
    assert numbered(marked, "Joan", "Smith") == redacted


def test_a_sister_of_a_like_name_is_not_the_person() -> None:
    """A near spelling is the row's person only where it is no name of its own."""
    assert numbered("<Marie> and <Maria>; <Mariee>", "Marie", "Brown") == "1 and 2; 1"


@pytest.mark.parametrize(
    ("marked", "redacted"),
    [
        ("<Beth Hall> rang. <Beth> left", "1 rang. 1 left"),
        ("<Beth Hall> rang <Elizabeth Hall>. <Elizabeth>", "2 rang 1. 1"),
        ("<Beth Hall>, <Liz Hall>", "2, 3"),
        ("<Elizabth Hall>; <Elizabeth Hall>", "1; 1"),
        ("<Elizabth Hall> hit <Elizabeth Hall>", "2 hit 1"),
    ],
)
def test_another_form_of_the_persons_name_is_theirs_where_nothing_speaks_against_it(marked: str, redacted: str) -> None:
    """A short form in full is the row's person's, unless the text has another form too; a slip is no other form."""
    assert numbered(marked, "Elizabeth", "Hall") == redacted


@pytest.mark.parametrize(
    "written", ["\u0408\u043e\u0430n Ok\u043enkwo", "%4A%6Fan Okonkwo", "\\u004a\\u006f\\u0061n Okonkwo"]
)
def test_a_disguised_name_is_the_same_persons(written: str) -> None:
    """Look-alike letters and encodings are undone before a name is compared, with the row's and with others."""
    assert numbered(f"<{written}> came", "Joan", "Okonkwo") == "1 came"
    assert numbered(f"<Joan Okonkwo> came; <{written}>, <Ann Okonkwo>") == "1 came; 1, 2"


def test_a_relative_with_a_like_name_is_somebody_else() -> None:
    """A short form of the person's surname is no given name of theirs."""
    assert numbered("<Harry Harrison> and <Amelia Harrison>", "Amelia", "Harrison") == "2 and 1"


def test_other_kinds_are_numbered_by_what_they_are() -> None:
    """One organisation or telephone number has one number, however it is written; each kind counts for itself."""
    marked = "o<The Acme Trust>, o<ACME TRUST> and o<Bold Ltd>; p<07700 900123>, p<+44 (0)7700-900123>, p<01632 960001>"

    assert numbered(marked) == (
        "[ORGANISATION 1], [ORGANISATION 1] and [ORGANISATION 2]; [PHONE 1], [PHONE 1], [PHONE 2]"
    )


def test_numbers_tell_nothing_of_values() -> None:
    """Two documents that differ in names alone become the same text."""
    one = numbered("<Zoe Young> met <Abe Old>, o<Zed Ltd>. <Young> and <Abe> left with <Kim>.")
    other = numbered("<Abe Jones> met <Zoe King>, o<Ace Ltd>. <Jones> and <Zoe> left with <Bob>.")

    assert one == other
