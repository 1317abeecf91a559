"""Finding in a text what its row already says: the person's own names, numbers and addresses.

No model is as sure as this search: a narrative mostly names the people whose fields stand beside it. Names are found
in any case, with other separators, as a part of a word in camel case (`metJoanSmith`), in short forms and with a slip
of the keyboard; a name that is also a word (`Will`, `May`) only where it is written as a name or stands beside another
name of the row (`will young`).
The idea is CRATE's (Cardinal 2017, doi:10.1186/s12911-017-0437-1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import regex  # type: ignore[import-untyped]  # letters of every alphabet, by their case

from anonymise.prose.cleaning import clean
from anonymise.prose.entities import Entity, Span
from anonymise.prose.names.full import find_full
from anonymise.prose.names.initials import find_initials
from anonymise.prose.names.lists import name_lists
from anonymise.prose.names.near import find_near
from anonymise.prose.signs import DASHES, POINTS, SLASHES, with_typed_apostrophes
from anonymise.prose.words import NAMES_THAT_ARE_WORDS

SURE: Final = 0.92
"""Score of a value that the row knows: above every guess, below an e-mail address that holds it."""
SHORTEST_WORD: Final = 3
"""Letters of the shortest part of a name that is looked for alone in any case; shorter ones are a matter of `near`."""
SHORTEST_PHRASE: Final = 3
"""Characters of the shortest number or text that is looked for as it is written."""
SHORTEST_NUMBER: Final = 5
"""Characters of the shortest number that is looked for with other separators too."""
_WORDS = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_PARTED = re.compile(rf"[\s{DASHES}-]+")
_APOSTROPHE = re.compile(r"(?<=\w)['\u2019](?=\w)")
_ANY_APOSTROPHE: Final = "['\u2018\u2019\u02bc`]?"
_BETWEEN: Final = rf"[\s.,/()_:{DASHES}{SLASHES}{POINTS}\-]{{0,3}}"
_BETWEEN_NAMES: Final = rf"[\s.,/()_{DASHES}{SLASHES}{POINTS}\-]{{0,3}}"


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
    held = _Held(text)
    for value in known:
        for expression in _expressions(value, held):
            for match in expression.finditer(text):
                yield Span(match.start(), match.end(), value.entity, SURE)
    people = sorted((value for value in known if value.entity is Entity.PERSON), key=lambda value: value.is_surname)
    values = [words for value in people if (words := _WORDS.findall(_cleaned(value)))]
    if values:
        yield from find_near(text, [word for words in values for word in words], name_lists())
        yield from find_initials(text, values, name_lists())
        yield from find_full(text, values, _WORDS.findall(" ".join(_cleaned(one) for one in people if one.is_surname)))


class _Held:
    """Whether a text can hold a value at all: most rows' values stand in no text, and a pattern costs more than a look.

    A pattern below finds letters and digits of its value in their order with nothing but signs between, in any case.
    So they stand side by side in the text's own letters and digits, case folded. Two letters alone are matched in any
    case and fold to something else, the Turkish dotless and dotted i: a text or a value with one of them is always
    tried.
    """

    __slots__ = ("_characters", "_turkish")

    def __init__(self, text: str) -> None:
        self._characters = _folded(text)
        self._turkish = "\u0131" in text or "\u0130" in text

    def __call__(self, value: str) -> bool:
        """Whether patterns of a value are worth a try."""
        return self._turkish or "\u0131" in value or "\u0130" in value or _folded(value) in self._characters


def _cleaned(value: KnownValue) -> str:
    return with_typed_apostrophes(clean(value.text))


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _expressions(value: KnownValue, held: Callable[[str], bool]) -> Iterator[re.Pattern[str] | regex.Pattern[str]]:
    written = _cleaned(value).strip()
    if value.entity is Entity.PERSON:
        words = _WORDS.findall(written)
        if len(words) > 1 and held("".join(words)):
            yield _phrase(words)
            yield _in_camel_case(words)
        for word in words:
            if len(word) >= SHORTEST_WORD and held(word):
                yield _word(word)
                yield _in_camel_case([word])
        return
    if not held(written):
        return
    characters = [character for character in written if character.isalnum()]
    if len(characters) < SHORTEST_PHRASE:
        return
    if len(characters) < SHORTEST_NUMBER or not any(character.isdigit() for character in characters):
        yield _phrase([word for word in _PARTED.split(written) if word])
        return
    spaced = _BETWEEN.join(re.escape(character) for character in characters)
    yield re.compile(rf"(?<![^\W_]){spaced}(?![^\W_])", re.IGNORECASE)


def _phrase(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){_BETWEEN_NAMES.join(map(_spelt, words))}(?![^\W_])", re.IGNORECASE)


def _word(word: str) -> re.Pattern[str]:
    if word.casefold() in NAMES_THAT_ARE_WORDS:
        return re.compile(rf"(?<![^\W_])(?:{re.escape(word.capitalize())}|{re.escape(word.upper())})(?![^\W_])")
    return re.compile(rf"(?<![^\W_]){_spelt(word)}(?![^\W_])", re.IGNORECASE)


def _spelt(word: str) -> str:
    """Return a pattern of a word with any apostrophe, or none, where it has one."""
    return _ANY_APOSTROPHE.join(re.escape(piece) for piece in _APOSTROPHE.split(word))


def _in_camel_case(words: Sequence[str]) -> regex.Pattern[str]:
    """Return a pattern of names as humps of a word: `metJoanSmithToday`, `JoanSmith1985`; a hump ends before a capital.

    A name in the middle has small letters behind its first one, or it would be found in words in capitals.
    """
    humps = "[-_.]?".join(re.escape(word[0].upper()) + re.escape(word[1:].lower()) for word in words)
    return regex.compile(rf"(?:(?<=\p{{Ll}}|\d){humps}(?!\p{{Ll}}|\p{{M}})|(?<!\p{{L}}|\p{{M}}){humps}(?=\p{{Lu}}|\d))")
