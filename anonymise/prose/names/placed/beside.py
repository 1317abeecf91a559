"""What stands beside a word and says whether it is a name there: an article, a month, a verb, capitals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.lists.names import NameLists, Ordinary
from anonymise.prose.lists.words import ALL_SURNAMES_THAT_ARE_WORDS, NAMES_THAT_DO
from anonymise.prose.names.placed.standing import SHORTEST, Word

MODALS: Final = frozenset(("may", "will"))
MONTHS: Final = frozenset(("march", "april", "may", "june", "july", "august", "summer", "winter", "autumn", "spring"))
SEASONS: Final = frozenset(("summer", "winter", "autumn", "spring"))
"""Words that stand in small letters where they mean the season."""
DETERMINERS: Final = frozenset(
    ("a", "an", "the", "this", "that", "these", "those", "each", "every", "my", "his", "her", "their", "our", "your",
     "its", "no", "any", "some", "very", "so", "too")
)  # fmt: skip
NO_NAME_AFTER: Final = DETERMINERS | frozenset(
    ("in", "on", "at", "of", "last", "next", "since", "until", "till", "before", "after", "during", "late", "early",
     "mid", "to", "into", "from", "as", "per", "was", "is", "are", "were", "be", "been")
)  # fmt: skip
HELPERS: Final = frozenset(
    ("did", "does", "do", "let", "made", "make", "makes", "saw", "see", "help", "helped", "can", "could", "would",
     "should", "shall", "will", "may", "might", "must", "and", "watch", "watched", "hear", "heard", "if", "or",
     "didn't")
)  # fmt: skip
"""Before a name whose verb then has no `s`: `did olivia hope`."""
MEETS: Final = frozenset(("between", "with", "against", "told", "asked", "met", "saw"))
"""Before the name of a person, and seldom before the word."""
_ALSO_DONE: Final = frozenset(
    ("camp", "cook", "cope", "cross", "dance", "dodge", "foster", "hand", "head", "nail", "patch", "peel", "steel",
     "toll", "twist", "ward")
)  # fmt: skip
"""Surnames that behind `will` are likelier verbs: `mum will cope`."""
_STATES = regex.compile(
    r"\s(?:state[sd]|report(?:s|ed)|attend(?:s|ed)|presents|presented|assaulted|updated|informed)\b",
    flags=regex.IGNORECASE,
)
_TO_DO = regex.compile(
    r"\sto\s(?:reassess|re-?view|rv|r/v|re-?visit|update|chase|follow|contact|complete|liaise|r/a)(?!\w)",
    flags=regex.IGNORECASE,
)
_NO_THIRD_PERSON: Final = frozenset(
    ("always", "perhaps", "sometimes", "this", "us", "its", "focus", "as", "need", "feed", "bleed", "proceed",
     "succeed", "exceed", "shed", "speed", "thus", "whereas", "unless", "besides", "indeed", "instead", "embed",
     "bed", "red")
)  # fmt: skip
"""What may follow `may` as a verb, for all its ending."""


def is_to_do(text: str, end: int) -> bool:
    """Whether somebody is to do something: `Day to reassess`."""
    return _TO_DO.match(text, end) is not None


def states(text: str, end: int) -> bool:
    """Whether what people do in every note stands behind."""
    return _STATES.match(text, end) is not None


def is_third_person(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether a verb follows that cannot follow `may`: `states`, `reported`."""
    if place + 1 == len(words) or text[words[place].end : words[place + 1].start] != " ":
        return False
    verb = words[place + 1].bare
    return verb.endswith(("s", "ed")) and not verb.endswith("ss") and verb not in _NO_THIRD_PERSON


def is_loud(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether a neighbour is in capitals as well: there a capital says nothing."""
    if not text[words[place].start : words[place].end].isupper():
        return False
    beside = (*words[max(0, place - 1) : place], *words[place + 1 : place + 2])
    return any(len(word.bare) >= SHORTEST and text[word.start : word.end].isupper() for word in beside)


def is_modal(text: str, first: Word, second: Word, lists: NameLists) -> bool:
    """Whether `may` or `will` and a verb stand there: `mum will ring`, `MUM MAY PAY`, and not `Will Ring`."""
    is_written_as_a_name = first.capital and not text[first.start : second.end].isupper()
    if first.bare not in MODALS or is_written_as_a_name:
        return False
    is_noun = second.bare in ALL_SURNAMES_THAT_ARE_WORDS and second.bare not in NAMES_THAT_DO | _ALSO_DONE
    return lists.ordinary(second.bare) is Ordinary.COMMON and not is_noun
