"""Letters and digits of a text without its signs and its case, and where each of them stands.

A value of a row is written in a text with any signs between its letters. Found among letters alone, it needs no pattern
of its own: most time of the search for a row's values was that of compiling theirs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from anonymise.prose.cleaned.signs import DASHES, POINTS, SLASHES

BETWEEN_NAMES: Final = frozenset(f".,/()_-{DASHES}{SLASHES}{POINTS}")
"""Signs that stand between two words of a value; blanks do as well."""
BETWEEN_DIGITS: Final = BETWEEN_NAMES | {":"}
"""Signs that stand between any two letters or digits of a number."""
MOST_BETWEEN: Final = 3
"""Most signs and blanks that stand there."""
_ANY_APOSTROPHE: Final = frozenset("'\u2018\u2019\u02bc`")
_ONE_I: Final = {0x130: "i", 0x131: "i"}
"""Of the Turkish letters, the dotted and the dotless i: each is an i in some case."""


class Held(NamedTuple):
    """A value's letters in a text: their places among its letters, and where they stand in it."""

    first: int
    last: int
    start: int
    end: int


class Letters:
    """A text's letters and digits.

    Args:
        text: cleaned text.
    """

    __slots__ = ("_characters", "_places", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        if text.isascii():
            self._places = [at for at, character in enumerate(text) if character.isalnum()]
            self._characters = "".join(filter(str.isalnum, text)).lower()
            return
        self._places = []
        pieces = []
        for at, character in enumerate(text):
            if character.isalnum():
                small = folded(character)
                pieces.append(small)
                self._places += [at] * len(small)
        self._characters = "".join(pieces)

    def holding(self, value: str) -> Iterator[Held]:
        """Yield where letters and digits of a value stand in their order with nothing but signs between.

        Args:
            value: as `folded` returns it.
        """
        places, at = self._places, self._characters.find(value) if value else -1
        while at >= 0:
            last = at + len(value) - 1
            yield Held(at, last, places[at], places[last] + 1)
            at = self._characters.find(value, at + 1)

    def stands_alone(self, held: Held) -> bool:
        """Whether no letter or digit touches what was found."""
        places, before, behind = self._places, held.first - 1, held.last + 1
        return (before < 0 or places[before] < held.start - 1) and (behind == len(places) or places[behind] > held.end)

    def is_run_together(self, start: int, end: int) -> bool:
        """Whether what stands there is a hump of a word in camel case: another ends before it, or begins behind it.

        A hump in the middle has small letters behind its first one, or it would be found in words in capitals.

        Args:
            start: of the hump.
            end: of it, with the marks of its last letter.
        """
        text = self._text
        before = text[start - 1] if start else ""
        behind = text[end] if end < len(text) else ""
        if before and (before.isdecimal() or unicodedata.category(before) == "Ll"):
            return not (behind and (unicodedata.category(behind) == "Ll" or _is_mark(behind)))
        if before and (before.isalpha() or _is_mark(before)):
            return False
        return bool(behind) and (behind.isdecimal() or unicodedata.category(behind) == "Lu")

    def parted_as(self, held: Held, gaps: Sequence[str], *, signs: frozenset[str] = BETWEEN_NAMES) -> bool:
        """Whether between letters that were found stands what can stand there.

        Args:
            held: what was found.
            gaps: of each letter of the value but the last, what stands behind it in the value as `gaps_of` returns it.
            signs: what stands between two words beside blanks.
        """
        text, places = self._text, self._places
        before = held.start
        for gap, at in zip(gaps, range(held.first + 1, held.last + 1), strict=True):
            place = places[at]
            if place > before + 1:
                between = text[before + 1 : place]
                if gap == "'":
                    fits = len(between) == 1 and between in _ANY_APOSTROPHE
                else:
                    fits = between == gap or (
                        gap != ""
                        and len(between) <= MOST_BETWEEN + (MOST_BETWEEN + 1) * _signs(gap)
                        and all(sign in signs or sign.isspace() or sign in gap for sign in between)
                    )
                if not fits:
                    return False
            before = place
        return True


def folded(value: str) -> str:
    """Return the letters and digits of a value, without case."""
    letters = "".join(filter(str.isalnum, value))
    return letters.lower() if letters.isascii() else letters.translate(_ONE_I).casefold()


def gaps_of(value: str) -> list[str]:
    """Return behind each letter of a folded value but the last what stands there: signs, an apostrophe, or nothing."""
    gaps: list[str] = []
    for character in value:
        if character.isalnum():
            gaps += [""] * len(folded(character))
        elif gaps:
            gaps[-1] += character
    return ["'" if gap in _ANY_APOSTROPHE else gap for gap in gaps[:-1]]


def _signs(gap: str) -> int:
    """Return how many signs of a value's own stand in a gap, beside blanks and dashes between its words."""
    return sum(not sign.isspace() and sign != "-" and sign not in DASHES for sign in gap)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"
