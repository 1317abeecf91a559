"""A disguised word, and where it stands in the text as it is written."""

# ruff: noqa: RUF001 - letters that look like others are what this is about
from __future__ import annotations

import unicodedata

import pytest

from anonymise.prose.disguise.letters import look_alikes
from anonymise.prose.disguise.passages import undisguised
from anonymise.prose.entities import Entity, Span

DISGUISED = (
    ("Јоhn Ѕmіth", "John Smith"),  # Cyrillic among Latin
    ("Ιοαnnα", "Ioanna"),  # Greek
    ("ᏞᎪᎡᎡY", "LARRY"),  # Cherokee
    ("Jօհn", "John"),  # Armenian
    ("ᴊᴏʜɴ", "john"),  # small capitals
    ("🅹🅾🅷🅽", "JOHN"),  # letters in squares
    ("J\u0336o\u0336h\u0336n\u0336", "John"),  # struck through
    ("Jöĥñ", "John"),  # more accents than any name has
    ("J%6Fhn%20Smith", "John Smith"),
    ("Joan+Smith%2C+14+Acacia", "Joan Smith, 14 Acacia"),  # as a form sends it
    ("x+1 J%6Fan+Smith", "x+1 Joan Smith"),
    ("a%2Bb+c", "a+b c"),
    ("J%256Fhn", "John"),  # encoded twice
    ("J=6Fhn Smi=\nth", "John Smith"),  # quoted-printable
    ("\\u004aohn \\x53mith", "John Smith"),
    ("O77OO 9OO123", "07700 900123"),  # letters for noughts
)


@pytest.mark.parametrize(("written", "read"), DISGUISED)
def test_a_disguise_is_undone(written: str, read: str) -> None:
    """The passage reads as a reader reads it."""
    assert "".join(passage.text for passage in undisguised(written)) == read


@pytest.mark.parametrize(
    "text",
    [
        "John Smith came",
        "Zoë, José and Siân came",  # accents of names
        "Привет, дела хорошо",  # no Latin word can be read in it
        "مرحبا محمد",
        "50% of 10=ten",
        "l2 people",
        "",
    ],
)
def test_plain_writing_is_read_once(text: str) -> None:
    """A text without a disguise has no passages."""
    assert undisguised(text) == ()


@pytest.mark.parametrize(("written", "read"), DISGUISED)
def test_what_is_found_is_masked_where_it_stands(written: str, read: str) -> None:
    """The whole of a passage leads back to the whole of the disguise, and to nothing around it."""
    before, after = "the caller said that ", " would come"
    (passage,) = undisguised(before + written + after)
    start = passage.text.index(read)

    span = passage.back(Span(start, start + len(read), Entity.PERSON, 0.5))

    assert (span.start, span.end) == (len(before), len(before) + len(written))


def test_only_the_neighbourhood_is_read_again() -> None:
    """Two disguises far apart in a long text are two short passages."""
    filler = "nothing was seen that day. " * 200
    passages = undisguised(f"Јоhn {filler} Ѕmіth {filler}")

    assert ["John" in passages[0].text, "Smith" in passages[1].text, len(passages)] == [True, True, 2]
    assert all(len(passage.text) < 200 for passage in passages)


def test_look_alikes_are_letters_of_other_alphabets() -> None:
    """One letter stands for one letter of ASCII, and none for itself."""
    table = look_alikes()

    assert [letter for letter in table if letter.isascii() or unicodedata.category(letter)[0] not in "LS"] == []
    assert [latin for latin in table.values() if len(latin) != 1 or not latin.isascii() or not latin.isalpha()] == []
