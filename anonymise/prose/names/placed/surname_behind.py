"""A surname that is a word, behind the given name or an initial: `theo ash`, `D. Wise`, and not `sophie may attend`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from anonymise.prose.lists.names import COMPASS, NameLists, Ordinary
from anonymise.prose.lists.words import (
    ALL_SURNAMES_THAT_ARE_WORDS,
    GIVEN_THAT_ARE_WORDS,
    NAMES_OF_INSTITUTIONS,
    NAMES_THAT_DESCRIBE,
    NAMES_THAT_DO,
)
from anonymise.prose.names.placed.beside import (
    DETERMINERS,
    HELPERS,
    MEETS,
    MODALS,
    NO_NAME_AFTER,
    is_modal,
    is_third_person,
    is_to_do,
    states,
)
from anonymise.prose.names.placed.standing import (
    SHORTEST,
    Word,
    begins,
    does,
    ends,
    is_introduced,
    is_somebody,
    is_titled,
    word_before,
)

_NEEDS_NO_S: Final = NAMES_THAT_DESCRIBE.difference(("hope", "love", "wait", "work")).union(
    COMPASS, ("rose", "drew", "read", "still")
)
"""Adverbs and past tenses: behind one name they stand without an `s`."""
_LETTERED: Final = frozenset(
    ("vitamin", "vit", "plan", "type", "hepatitis", "hep", "group", "flat", "unit", "block", "section", "appendix",
     "grade", "class", "option", "part", "schedule", "category", "cat", "level", "zone", "gate", "ward", "bay", "room",
     "team", "factor", "strep", "influenza", "exhibit", "paragraph", "question", "annex", "stage", "house", "platform")
)  # fmt: skip
"""Words after which a letter is no initial."""


def ends_a_name(text: str, words: Sequence[Word], place: int, lists: NameLists) -> bool:
    """Whether a given name stands before, and the word is its surname: `theo ash`, `jack wise`."""
    if not place or words[place].bare not in ALL_SURNAMES_THAT_ARE_WORDS:
        return False
    given, word = words[place - 1], words[place]
    if (
        text[given.end : word.start] not in (" ", "\u00a0")
        or len(given.bare) < SHORTEST
        or not lists.is_given(given.bare)
    ):
        return False
    if lists.ordinary(given.bare) > Ordinary.COMMON:
        return _is_no_verb(text, words, place)
    if given.bare not in GIVEN_THAT_ARE_WORDS or given.capital is not word.capital:
        return False
    # Nothing is done behind `by`: `updated by will chase`.
    is_doing = is_modal(text, given, word, lists) and word_before(text, words, place - 1) not in ("by", *MEETS)
    is_marked = is_somebody(text, word.end) or does(text, word.end) or states(text, word.end)
    return _are_both_names(text, words, place) and (not is_doing or is_marked)


def _is_no_verb(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether the word behind a given name is neither a verb nor an adverb there."""
    word = words[place]
    if is_somebody(text, word.end) or does(text, word.end) or ends(text, word.end) or states(text, word.end):
        return True
    if word.bare in MODALS:
        return is_third_person(text, words, place)
    if word.bare in _NEEDS_NO_S:
        return begins(text, words[place - 1].start) and is_to_do(text, word.end)
    # Other verbs would need an `s` behind one name: `olivia hope` says nothing of hoping, `did olivia hope` does.
    return word.bare not in NAMES_THAT_DO or word_before(text, words, place - 1) not in HELPERS


def _are_both_names(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether two words are a name for what stands before and behind them."""
    given, word = words[place - 1], words[place]
    before = word_before(text, words, place - 1)
    if before in DETERMINERS or word.bare in NAMES_OF_INSTITUTIONS:
        return False
    if is_introduced(text, words, place - 1) or is_titled(text, words, place - 1):
        return True
    begun = begins(text, given.start) or before == "by"
    is_marked = is_somebody(text, word.end) or does(text, word.end)
    is_closed = is_marked or ends(text, word.end) or is_to_do(text, word.end)
    is_likely = (is_marked and word.bare not in NAMES_THAT_DO) or (given.bare == "jack" and (begun or is_closed))
    return (begun and is_closed) or is_likely


def initial_before(text: str, words: Sequence[Word], place: int) -> int | None:
    """Return where the initial before begins, if the name stands where names do: `D. Wise`, `by a. grace`."""
    word = words[place]
    if not place or words[place - 1].end - words[place - 1].start != 1:
        return None
    initial = words[place - 1]
    if text[initial.end : word.start] not in (". ", ".") or initial.capital < word.capital:
        return None
    before = word_before(text, words, place - 1)
    if before in _LETTERED or before in NO_NAME_AFTER:
        return None
    named = before in ("by", *MEETS) or is_introduced(text, words, place - 1) or is_titled(text, words, place - 1)
    begun = begins(text, initial.start) and (does(text, word.end) or is_somebody(text, word.end))
    return initial.start if named or begun else None
