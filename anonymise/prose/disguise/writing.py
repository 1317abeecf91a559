"""Patterns of writing that cannot be read as it stands: it is masked as a whole, whatever it says.

Base64 (RFC 4648) of a name is a name; what it decodes to is anybody's guess, so it is not searched but hidden.
"""

from __future__ import annotations

import base64
import binascii
import re
from itertools import pairwise
from typing import Final

from anonymise.prose.entities import Entity
from anonymise.prose.lists.names import Ordinary, name_lists
from anonymise.prose.patterns.pattern import TextPattern

SURE: Final = 24
"""Characters from which a run of letters and digits without a blank is no word."""
LONGEST_WORD: Final = 17
"""Letters of the longest part of a compound that is taken for a word."""
SHORTEST: Final = 5
"""Bytes of the shortest text in base64 that is told by what it says."""
HUMP: Final = 3.5
"""Letters of the words in `BlackHistoryMonth`, on average; random letters change case every second time."""
_HUMPS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PARTS = re.compile(r"[+/_-]")
_SAME = re.compile(r"(.)\1\1")
"""No word has a letter three times in a row."""
_GRADES: Final = frozenset("ABCDEUXYN")
_VOWELS: Final = frozenset("aeiouy")


def is_encoded(text: str) -> bool:
    """Whether a run without blanks is base64 rather than a word, a compound, a path or a hashtag."""
    body = "".join(text.split()).rstrip("=")
    if _UUID.fullmatch(body):
        return False
    parts = _PARTS.split(body)
    if all(map(_is_word, parts)) and not re.search(r"[+/]{2}", body):
        return False
    return len(body) >= SURE or _says_something(body)


def _is_word(part: str) -> bool:
    if part.isdigit() or len(part) <= 1:
        return True
    humps = _HUMPS.findall(part)
    letters = [hump for hump in humps if hump.isalpha()]
    if any(hump.isdigit() for hump in humps[:-1]) or not letters:
        return False
    if not all(len(hump) <= LONGEST_WORD and _SAME.search(hump) is None for hump in letters):
        return False
    if len(letters) > 1:
        return sum(map(len, letters)) >= HUMP * len(letters)
    return not _VOWELS.isdisjoint(part.lower())


def _says_something(body: str) -> bool:
    """Whether a short run decodes to letters, digits and blanks."""
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_" if set(body) & set("-_") else None)
        said = raw.decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return len(said) >= SHORTEST and said.isprintable()


def is_set_apart(text: str) -> bool:
    """Whether single letters are a word set apart, and no grades, list or initials."""
    letters = [character for character in text if character.isalpha()]
    word = "".join(letters)
    if set(word) <= _GRADES or len(set(word.lower())) == 1:
        return False
    if all(ord(after) - ord(before) == 1 for before, after in pairwise(letters)):
        return False
    if len(letters) > 3:  # noqa: PLR2004 - initials have three letters
        return True
    lists, name = name_lists(), word.lower()
    return lists.is_given(name) and lists.ordinary(name) > Ordinary.COMMON


HIDDEN: Final[tuple[TextPattern, ...]] = (
    TextPattern(
        entity=Entity.HIDDEN,
        # No plain word, which most runs are; the last line of several can be short.
        regex=r"(?<![\w+/=-])(?![A-Z]?[a-z]{7,16}(?![\w+/=-]))[A-Za-z0-9+/_-]{8,200000}+={0,2}"
        r"(?:(?<=[A-Za-z0-9+/]{24})\n[A-Za-z0-9+/]{1,23}={0,2}(?!\S))?",
        score=0.58, any_case=False, check=is_encoded,
    ),
    TextPattern(
        entity=Entity.HIDDEN, regex=r"(?<!\w)[A-Za-z]([ ._*~-])[A-Za-z](?:\1[A-Za-z]){1,40}(?!\w)", score=0.58,
        any_case=False, shapes=("A A A", "A.A.A", "A-A-A", "A_A_A", "A*A*A", "A~A~A"), check=is_set_apart,
    ),
)  # fmt: skip
