"""Numbers read aloud, as transcripts and call logs have them: after a word for the number, or by a check of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from anonymise.prose.cleaned.spoken import SPOKEN, spoken_digits
from anonymise.prose.entities import Entity
from anonymise.prose.patterns.pattern import TextPattern
from anonymise.validity import is_nhs_number

_DIGIT_WORDS: Final = ("oh ", "zero", "nought", "naught", "double", "triple", "treble", "one", "two", "three", "four",
                       "five", "six", "seven", "eight", "nine")  # fmt: skip
_NOUGHTS: Final = ("zero", "nought", "naught", "double", "triple", "treble",
                   *(f"oh {word}" for word in ("one", "two", "three", "seven", "eight")))  # fmt: skip
"""One of them is said with a whole number; an `oh` by itself is in every Ohio."""
_TEN, _ELEVEN = 10, 11
_AFTER: Final = r"(?![^\W\d_])[^\d\n]{0,24}?\K"
"""A few words stand between the name of a number and the number: `phone number is`."""


def _of(least: int, most: int) -> Callable[[str], bool]:
    """Return a check of how many digits are said."""
    return lambda text: least <= len(spoken_digits(text)) <= most


def _is_british(text: str) -> bool:
    """Whether a whole telephone number is said: one of ten or eleven digits from 01, 02, 03, 07 or 08."""
    small = text.casefold().replace("\u00a0", " ")
    if not any(word in small for word in _NOUGHTS):
        return False
    said = spoken_digits(text)
    return len(said) in (_TEN, _ELEVEN) and said[0] == "0" and said[1] in "12378"


def _is_nhs(text: str) -> bool:
    return is_nhs_number(spoken_digits(text))


SPOKEN_NUMBERS: Final[tuple[TextPattern, ...]] = (
    TextPattern(
        entity=Entity.NHS_NUMBER, regex=rf"\bnhs{_AFTER}{SPOKEN}", score=0.95, near=("nhs",), check=_of(_TEN, _TEN)
    ),
    TextPattern(entity=Entity.NHS_NUMBER, regex=SPOKEN, score=0.9, near=_DIGIT_WORDS, check=_is_nhs),
    TextPattern(
        entity=Entity.NINO,
        regex=rf"\b(?:nino|ni|nat(?:ional)?\.?\sins(?:urance)?){_AFTER}\b[A-Z][ .,-]{{0,2}}[A-Z][ .,-]{{1,2}}{SPOKEN}"
        r"(?:[ .,-]{1,2}[A-D]\b)?",
        score=0.9, near=("ni", "ins"), check=_of(6, 6),
    ),
    TextPattern(
        entity=Entity.PHONE,
        regex=rf"\b(?:tel|telephone|phone|mobile|mob|fax|contact|call(?:ed|ing)?|ring(?:ing)?|rang|text(?:ed)?){_AFTER}"
        rf"{SPOKEN}",
        score=0.8, near=("tel", "phone", "mob", "fax", "contact", "call", "ring", "rang", "text"), check=_of(6, 14),
    ),
    TextPattern(entity=Entity.PHONE, regex=SPOKEN, score=0.8, near=_NOUGHTS,
                check=_is_british),
    TextPattern(
        entity=Entity.BANK_ACCOUNT, regex=rf"\b(?:sort\s?code|account|acc|acct|a/c|card){_AFTER}{SPOKEN}", score=0.85,
        near=("sort", "acc", "a/c", "card"), check=_of(6, 19),
    ),
    TextPattern(
        entity=Entity.REFERENCE,
        regex=rf"\b(?:ref(?:erence)?|crime|incident|case|cad|custody|hospital|patient|passport|licen[cs]e|collar|"
        rf"badge|policy|claim|uprn|uln|upn|chi|id){_AFTER}{SPOKEN}",
        score=0.75,
        near=("ref", "crime", "incident", "case", "cad", "custody", "hospital", "patient", "passport", "licen",
              "collar", "badge", "policy", "claim", "uprn", "uln", "upn", "chi", "id"),
        check=_of(5, 19),
    ),
    TextPattern(
        entity=Entity.NUMBER, regex=rf"\bnumber{_AFTER}{SPOKEN}", score=0.45, near=("number",), check=_of(7, 30)
    ),
)  # fmt: skip
