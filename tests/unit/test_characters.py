"""What a text may be written with, and what of it may look like another."""

from __future__ import annotations

import sys
from unicodedata import category

import pytest

from datalab.query.characters import lookalikes, unreadable

UNREADABLE = {
    "a\u200bb": "U+200B ZERO WIDTH SPACE at character 2, a character that only formats",
    "ab\U000e0073": "U+E0073 TAG LATIN SMALL LETTER S at character 3",
    "x\u202ey": "U+202E RIGHT-TO-LEFT OVERRIDE at character 2",
    "a\x07": "U+0007 at character 2, a control character",
    "\ue000": "U+E000 at character 1, a character for private use",
    "\u0378": "U+0378 at character 1, no assigned character",
    "\ud800": "U+D800 at character 1, half of a character",
    "a\u2028b": "U+2028 LINE SEPARATOR at character 2",
    "a\u2029b": "U+2029 PARAGRAPH SEPARATOR at character 2",
    "a\u00a0b": "U+00A0 NO-BREAK SPACE at character 2, a space that is not the plain one",
    "a\ufe0f": "U+FE0F VARIATION SELECTOR-16 at character 2",
    "a\U000e0100": "U+E0100 VARIATION SELECTOR-17 at character 2",
    "a\u3164b": "U+3164 HANGUL FILLER at character 2",
    "a\u2800b": "U+2800 BRAILLE PATTERN BLANK at character 2",
    "a\u200b\u200c\u200d\u2060\ufeff": "and 2 more",
    " a": "begins or ends with a space",
    "a ": "begins or ends with a space",
    "a  b": "two in a row",
    "ne\u0301": "from character 2 on it is not in Unicode's normal form C",
    "q\u0323\u0303\u0330": "normal form C",
    "q\u0330\u0323\u0303": "at character 4, a mark stands on no letter or more than 2 stand on one",
    "\u0303a": "at character 1, a mark stands on no letter",
    "a \u0303": "at character 3, a mark stands on no letter",
    "a" * 21: "it is 21 characters long and 20 are allowed",
}


@pytest.mark.parametrize(("text", "reason"), UNREADABLE.items(), ids=ascii)
def test_what_a_reader_cannot_see_is_named(text: str, reason: str) -> None:
    """Each fault is told with the character and its place."""
    assert reason in "; ".join(unreadable(text, 20))


@pytest.mark.parametrize("text", ["", "burglary", "Siân Ŵyn-O'Neil 7", "£5 / 10%", "Łódź", "ξένος", "東京"])
def test_what_a_reader_sees_passes(text: str) -> None:
    """Letters of any script, digits, marks in normal form and single spaces are let through."""
    assert list(unreadable(text, 20)) == []


def test_no_character_of_a_category_without_a_look_passes() -> None:
    """Every code point of Unicode that controls, formats, separates lines or is not assigned is refused."""
    passed = [
        code
        for code in range(sys.maxunicode + 1)
        if category(chr(code)) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        and not list(unreadable(f"a{chr(code)}b", 20))
    ]

    assert passed == []


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        (
            "\u0440\u0430ypal",
            "mixes Cyrillic and Latin: U+0440 CYRILLIC SMALL LETTER ER, U+0430 CYRILLIC SMALL LETTER A",
        ),
        ("\u0430\u0440\u0435", "is not written in plain Latin letters: U+0430 CYRILLIC SMALL LETTER A"),
        ("\u0391lpha", "mixes Greek and Latin"),
        ("\ufb01re", "U+FB01 LATIN SMALL LIGATURE FI"),
        ("\uff57\uff49\uff44\uff457", "U+FF57 FULLWIDTH LATIN SMALL LETTER W"),
        ("d\u0131a", "U+0131 LATIN SMALL LETTER DOTLESS I"),
        ("E1\u0662", "mixes Latin and Arabic: U+0662 ARABIC-INDIC DIGIT TWO"),
        ("\u0430\u0431\u0432\u0433\u0434", "and 2 more"),
    ],
)
def test_what_may_look_like_another_is_marked(text: str, mark: str) -> None:
    """Mixed scripts and letters that are not plain Latin are named."""
    assert mark in lookalikes(text)


@pytest.mark.parametrize("text", ["", "burglary", "Siân Ŵyn 7", "a-b_c/d: 5%"])
def test_plain_text_is_not_marked(text: str) -> None:
    """Latin letters with or without accents, digits and signs of ASCII are as they look."""
    assert lookalikes(text) == ""
