"""Names of the record as people write them: in short, with one slip of the keyboard, run together, without accents.

Four of five misspellings are one slip: a letter left out, doubled, changed, or two exchanged (Damerau 1964,
doi:10.1145/363958.363994). A slip is looked for in names of five letters or more, and never in an English word, or
`marry` would be `Harry`. A name of two letters is as much a name as a longer one (`Ng`, `Li`): it counts with a capital
where it is no English word, and beside another name of the record in any case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import WORD, NameLists, Ordinary, bare
from anonymise.prose.lists.words import NAMES_THAT_ARE_WORDS
from anonymise.prose.names.listed.listed import PARTICLES
from anonymise.prose.names.recorded.nicknames import other_forms

NEAR: Final = 0.91
"""Score: below the name as it is written in the record, above every guess."""
SHORTEST: Final = 5
"""Letters of the shortest name that is looked for with a slip."""
SHORT_FORM: Final = 3
"""Short forms of so few letters count with a capital alone: `Ed`, and neither `ed` nor the `ED` of a hospital."""
TWO: Final = 2
"""Letters of the shortest name that is looked for."""
_PART = regex.compile(r"[^-]+")
_BESIDE = regex.compile(r"[ ,-]{1,2}")
"""What stands between two names of one person."""


def find_near(text: str, names: Sequence[str], lists: NameLists) -> Iterator[Span]:
    """Yield words of a text that are a name of the record, also in short, with a slip, or two of its names in one word.

    Args:
        text: cleaned text.
        names: names of the row's people, a word each.
        lists: tell names from words.
    """
    every = [bare(name) for name in names]
    exact = frozenset(name.lower() for name in names)  # which the row's own value finds
    known = [name for name in dict.fromkeys(every) if len(name) >= SHORTEST]
    both = {first + second for first in every for second in every if first != second}
    forms = frozenset().union(*map(other_forms, every)) - set(every)
    words = list(WORD.finditer(text))
    for place, match in enumerate(words):
        written = match.group()
        word = bare(written)
        if word in every:
            near = _is_as_recorded(word, written, exact, lists) or (
                len(word) == TWO and _is_name(word, written, lists) and _stands_beside(text, words, place, every)
            )
        elif word in forms:
            near = written.istitle() if len(word) <= SHORT_FORM else _is_name(word, written, lists)
        elif len(word) < SHORTEST - 1:
            near = False
        else:
            near = word in both or (
                lists.ordinary(word) > Ordinary.COMMON and any(is_slip(word, name) for name in known)
            )
        if near:
            yield Span(match.start(), match.end(), Entity.PERSON, NEAR)
        elif "-" in written:
            yield from _halves(text, match, (every, exact), lists)


def _is_as_recorded(word: str, written: str, exact: Collection[str], lists: NameLists) -> bool:
    """Whether a name of the record is one here too, with other accents or another sort of apostrophe, or short."""
    if len(word) > TWO:
        is_found = written.lower().removesuffix("'s").removesuffix("\u2019s") in exact
        return not is_found and (written[0].isupper() or word not in NAMES_THAT_ARE_WORDS)
    # Of two letters in capitals most are something else: `LA`, `ED`.
    return len(word) == TWO and written.istitle() and word not in PARTICLES and lists.ordinary(word) > Ordinary.COMMON


def _stands_beside(text: str, words: Sequence[regex.Match[str]], place: int, names: Collection[str]) -> bool:
    """Whether the word before or after is another name of the record."""
    own = bare(words[place].group())
    return any(
        bare(words[left + at].group()) in names
        and bare(words[left + at].group()) != own
        and _BESIDE.fullmatch(text, words[left].end(), words[left + 1].start()) is not None
        for left, at in ((place - 1, 0), (place, 1))
        if 0 <= left < len(words) - 1
    )


def _halves(
    text: str, match: regex.Match[str], names: tuple[Collection[str], Collection[str]], lists: NameLists
) -> Iterator[Span]:
    """Yield names of the record, given bare and as they are written there, in a name with a hyphen."""
    every, exact = names
    for part in _PART.finditer(text, match.start(), match.end()):
        word = bare(part.group())
        if word in every and _is_as_recorded(word, part.group(), exact, lists):
            yield Span(part.start(), part.end(), Entity.PERSON, NEAR)


def _is_name(word: str, written: str, lists: NameLists) -> bool:
    return written[0].isupper() or lists.ordinary(word) > Ordinary.COMMON


def is_slip(word: str, name: str) -> bool:
    """Whether one letter left out, put in or changed, or two neighbours exchanged, makes one of the other.

    Both in small letters; the same word is no slip. The restricted distance of Damerau and Levenshtein is 1.
    """
    if word == name or abs(len(word) - len(name)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name)))
    left, right = word[start:], name[start:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])
    return left[1:] == right if len(left) > len(right) else left == right[1:]
