"""Where a name can stand: words of a text, what introduces one, what a clause begins and ends with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.lists.names import WORD, bare
from anonymise.prose.lists.words import AFTER_A_PERSON, RANKS, STAFF

INTRODUCE: Final = frozenset(
    ("mother", "father", "mum", "mam", "dad", "son", "daughter", "brother", "sister", "partner", "wife", "husband",
     "uncle", "aunt", "auntie", "nan", "gran", "grandmother", "grandfather", "grandparent", "cousin", "neighbour",
     "friend", "boyfriend", "girlfriend", "stepfather", "stepmother", "stepdad", "stepmum", "parent", "carer", "nok",
     "kin", "sibling", "nephew", "niece",
     "named", "visitor", "worker", "nurse", "teacher", "consultant", "midwife", "officer", "colleague", "manager",
     "solicitor", "suspect", "victim", "witness", "informant", "applicant", "claimant", "defendant", "pupil", "patient",
     "client", "child", "baby", "ex", "known-as", "aka", "signed", "regards", "cheers")
)  # fmt: skip
"""Words after which a name is likely, also in small letters."""
SHORTEST: Final = 3
"""Letters of the shortest word that is a name for where it stands."""
TITLED: Final = RANKS | STAFF
"""Ranks and short words for staff, after which hardly anything but a name stands."""
_OF_TWO_LETTERS: Final = frozenset(("s/n ", "s/w "))
"""Staff nurse and social worker."""
_BEGINS: Final = frozenset('.;:!?(\n"\u2013\u2014\u2022')
_BLANK: Final = frozenset(" \t\u00a0")
_BEFORE_A_CAPITAL: Final = frozenset("htn")
_CLAUSE_ENDS = regex.compile(r"\s*(?:$|[.,;:!?()\n\"/]|[-\u2013\u2014]\s)")
_NUMBERED = regex.compile(r"\s\(?#?\d")
_AGED = regex.compile(r",?\s\(?\d{1,3}\s?(?:yrs?|years?|y/?o|mths?|months?|m|f)\b", flags=regex.IGNORECASE)
_IN_BRACKETS = regex.compile(r"\s\(\d{1,2}\)")
_DESCRIBED = regex.compile(
    r",?\s\(?(?:who|whose|dob|d\.o\.b|born|aged|c/o|nok|tel|mob|b\.|d/w)(?!\w)", flags=regex.IGNORECASE
)
_DOES = regex.compile(rf"\s(?:{'|'.join(one.replace('_', ' ') for one in AFTER_A_PERSON)})\b", flags=regex.IGNORECASE)


class Word(NamedTuple):  # a frozen dataclass takes twice the time, and there is one of each word
    """A word of a text, where it stands and as lists hold it."""

    start: int
    end: int
    bare: str
    capital: bool


def words_of(text: str) -> list[Word]:
    """Return the words of a text."""
    words = []
    for match in WORD.finditer(text):
        start, end = match.span()
        words.append(Word(start, end, bare(text[start:end]), has_capital(text, start)))
    return words


def has_capital(text: str, start: int) -> bool:
    """Whether a word has a capital, be it behind a letter of Irish grammar: `hEidhin`, `tSaoir`, but not `hCG`."""
    if text[start].isupper():
        return True
    following = text[start + 1 : start + 3]
    return text[start] in _BEFORE_A_CAPITAL and len(following) > 1 and following[0].isupper() and following[1].islower()


def is_introduced(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether the word before says that a name comes."""
    if not place:
        return False
    before = words[place - 1]
    return before.bare in INTRODUCE and text[before.end : words[place].start].strip() in ("", ":", ",", "(")


def is_titled(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether the word before is a rank or a short word for staff."""
    if not place or not _follows(text, words, place):
        return False
    start = words[place].start
    return words[place - 1].bare in TITLED or text[max(0, start - 4) : start].casefold() in _OF_TWO_LETTERS


def word_before(text: str, words: Sequence[Word], place: int) -> str:
    """Return in small letters the word before, where a blank alone is between; nothing where none is."""
    is_near = place > 0 and text[words[place - 1].end : words[place].start] in _BLANK
    return words[place - 1].bare if is_near else ""


def begins(text: str, start: int) -> bool:
    """Whether a clause or a line begins there."""
    at = start - 1
    while at >= 0 and text[at] in _BLANK:
        at -= 1
    return at < 0 or text[at] in _BEGINS


def ends(text: str, end: int) -> bool:
    """Whether a clause or a line ends there."""
    return _CLAUSE_ENDS.match(text, end) is not None


def is_aged(text: str, end: int) -> bool:
    """Whether an age stands behind: `Butt, 2 yrs`."""
    return _AGED.match(text, end) is not None


def is_in_brackets_aged(text: str, end: int) -> bool:
    """Whether what can be an age stands behind in brackets: `Grace (6)`."""
    return _IN_BRACKETS.match(text, end) is not None


def does(text: str, end: int) -> bool:
    """Whether behind stands what people do, and neither what is done to things nor their plural: `agrees`, `told`."""
    return _DOES.match(text, end) is not None


def is_somebody(text: str, end: int) -> bool:
    """Whether a number, an age, a birth or a relative clause stands behind."""
    return any(sign.match(text, end) is not None for sign in (_NUMBERED, _AGED, _DESCRIBED))


def _follows(text: str, words: Sequence[Word], place: int) -> bool:
    between = text[words[place - 1].end : words[place].start]
    return between in (" ", "\u00a0", ". ", " (", ": ")
