"""Names of the record as people write them: in short, with one slip of the keyboard, or run together.

Four of five misspellings are one slip: a letter left out, doubled, changed, or two exchanged (Damerau 1964,
doi:10.1145/363958.363994). A slip is looked for in names of five letters or more, and never in an English word, or
`marry` would be `Harry`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from anonymise.prose.entities import Entity, Span
from anonymise.prose.names.lists import WORD, NameLists, Ordinary, bare
from anonymise.prose.names.nicknames import other_forms

NEAR: Final = 0.91
"""Score: below the name as it is written in the record, above every guess."""
SHORTEST: Final = 5
"""Letters of the shortest name that is looked for with a slip."""
SHORT_FORM: Final = 3
"""Short forms of so few letters count with a capital alone: `Ed`, and neither `ed` nor the `ED` of a hospital."""


def find_near(text: str, names: Sequence[str], lists: NameLists) -> Iterator[Span]:
    """Yield words of a text that are a name of the record in short, with a slip, or two of its names in one word.

    Args:
        text: cleaned text.
        names: names of the row's people, a word each.
        lists: tell names from words.
    """
    every = [bare(name) for name in names]
    known = [name for name in dict.fromkeys(every) if len(name) >= SHORTEST]
    both = {first + second for first in every for second in every if first != second}
    forms = frozenset().union(*map(other_forms, every)) - set(every)
    for match in WORD.finditer(text):
        written = match.group()
        word = bare(written)
        if word in forms:
            near = written.istitle() if len(word) <= SHORT_FORM else _is_name(word, written, lists)
        elif len(word) < SHORTEST - 1 or word in every:
            near = False
        else:
            near = word in both or (
                lists.ordinary(word) > Ordinary.COMMON and any(is_slip(word, name) for name in known)
            )
        if near:
            yield Span(match.start(), match.end(), Entity.PERSON, NEAR)


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
