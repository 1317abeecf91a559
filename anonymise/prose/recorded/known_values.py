"""Finding in a text what its row already says: the person's own names, numbers and addresses.

No model is as sure as this search: a narrative mostly names the people whose fields stand beside it. Names are found
in any case, with other separators, as a part of a word in camel case (`metJoanSmith`), in short forms and with a slip
of the keyboard; a name that is also a word (`Will`, `May`) only where it is written as a name or stands beside another
name of the row (`will young`).
The idea is CRATE's (Cardinal 2017, doi:10.1186/s12911-017-0437-1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final

from anonymise.prose.cleaned.cleaning import clean
from anonymise.prose.cleaned.signs import with_typed_apostrophes
from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import name_lists
from anonymise.prose.lists.words import NAMES_THAT_ARE_WORDS
from anonymise.prose.names.recorded.full import find_full
from anonymise.prose.names.recorded.initials import find_initials
from anonymise.prose.names.recorded.near import find_near
from anonymise.prose.recorded.letters import BETWEEN_DIGITS, BETWEEN_NAMES, Letters, folded, gaps_of

SURE: Final = 0.92
"""Score of a value that the row knows: above every guess, below an e-mail address that holds it."""
SHORTEST_WORD: Final = 3
"""Letters of the shortest part of a name that is looked for alone in any case; shorter ones are a matter of `near`."""
SHORTEST_PHRASE: Final = 3
"""Characters of the shortest number or text that is looked for as it is written."""
SHORTEST_NUMBER: Final = 5
"""Characters of the shortest number that is looked for with other separators too."""
SHORTEST_ACCOUNT: Final = 6
"""Letters of two names that are looked for as one word."""
_WORDS = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_BETWEEN_HUMPS: Final = ("-", "_", ".")


@dataclass(frozen=True, slots=True)
class KnownValue:
    """One value of a row, and what it is."""

    text: str
    entity: Entity
    is_surname: bool = False


def find_known(text: str, known: Sequence[KnownValue]) -> Iterator[Span]:
    """Yield where a text holds any of the row's values.

    Args:
        text: cleaned text.
        known: the row's values; blank ones are passed over.
    """
    text = with_typed_apostrophes(text)
    letters = Letters(text)
    for value in known:
        for start, end in _places(text, value, letters):
            yield Span(start, end, value.entity, SURE)
    people = sorted((value for value in known if value.entity is Entity.PERSON), key=lambda value: value.is_surname)
    values = [words for value in people if (words := _WORDS.findall(_cleaned(value)))]
    if values:
        yield from find_near(text, [word for words in values for word in words], name_lists())
        yield from find_initials(text, values, name_lists())
        yield from find_full(text, values, _WORDS.findall(" ".join(_cleaned(one) for one in people if one.is_surname)))
        yield from _run_together(text, [folded(word) for words in values for word in words], letters)


def _run_together(text: str, names: Sequence[str], letters: Letters) -> Iterator[Span]:
    """Yield where two names of the row are one word, be there a number behind it: `joansmith@x`, `joansmith1`."""
    for first, last in permutations(dict.fromkeys(names), 2):
        if len(first) + len(last) < SHORTEST_ACCOUNT:
            continue
        for held in letters.holding(first + last):
            end, written = held.end, text[held.start : held.end]
            touched = text[held.start - 1 : held.start].isalpha() or text[end : end + 1].isalpha()
            if touched or not written.isalpha():
                continue
            while text[end : end + 1].isdigit():
                end += 1
            yield Span(held.start, end, Entity.PERSON, SURE)


def _cleaned(value: KnownValue) -> str:
    return with_typed_apostrophes(clean(value.text))


def _places(text: str, value: KnownValue, letters: Letters) -> Iterator[tuple[int, int]]:
    """Yield where a text holds a value."""
    written = _cleaned(value).strip()
    if value.entity is Entity.PERSON:
        words = _WORDS.findall(written)
        if len(words) > 1:
            yield from _named(text, words, letters)
        for word in words:
            if len(word) >= SHORTEST_WORD:
                yield from _named(text, [word], letters)
        return
    characters, length = folded(written), sum(map(str.isalnum, written))
    if length < SHORTEST_PHRASE:
        return
    is_number = length >= SHORTEST_NUMBER and any(map(str.isdigit, characters))
    # Anything may part a number's digits, its own signs too.
    gaps = [f"{gap} " if is_number else gap for gap in gaps_of(written)]
    signs = BETWEEN_DIGITS if is_number else BETWEEN_NAMES
    for held in letters.holding(characters):
        if letters.stands_alone(held) and letters.parted_as(held, gaps, signs=signs):
            yield held.start, held.end


def _named(text: str, words: Sequence[str], letters: Letters) -> Iterator[tuple[int, int]]:
    """Yield where words of a name stand side by side: in any case, but for one that is a word too, or as humps."""
    found = list(letters.holding("".join(map(folded, words))))
    if not found:
        return
    only = words[0] if len(words) == 1 and words[0].casefold() in NAMES_THAT_ARE_WORDS else None
    gaps, humps = gaps_of(" ".join(words)), [word[0].upper() + word[1:].lower() for word in words]
    for held in found:
        if only is not None and text[held.start : held.end] not in (only.capitalize(), only.upper()):
            continue
        if letters.stands_alone(held) and letters.parted_as(held, gaps):
            yield held.start, held.end
    for held in found:
        end = _end_of_humps(text, held.start, humps)
        if end is not None and letters.is_run_together(held.start, end):
            yield held.start, end


def _end_of_humps(text: str, start: int, humps: Sequence[str]) -> int | None:
    """Return where words end that stand as humps of one, None where they do not: `JoanSmith`, `Joan_Smith`."""
    at = start
    for number, hump in enumerate(humps):
        if number and text[at : at + 1] in _BETWEEN_HUMPS:
            at += 1
        if not text.startswith(hump, at):
            return None
        at += len(hump)
    return at
