"""Names that are words, found by where they stand: `may, kirsty`, `theo ash`, `rn wood`, `Gale agrees`.

`May`, `Street`, `Hope` are names and words alike, and neither a list nor a model can tell them by themselves. Notes
give them away by their order (`surname, given`), by what stands before (a rank, a role, `by`, an initial) and by what
stands behind (a number, an age, what only people do). Where nothing of the kind stands, the word is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `lists`

from anonymise.prose.entities import Entity, Span
from anonymise.prose.names.lists import COMPASS, NameLists, Ordinary
from anonymise.prose.names.standing import (
    Word,
    begins,
    does,
    ends,
    is_aged,
    is_introduced,
    is_somebody,
    is_titled,
    word_before,
)
from anonymise.prose.words import (
    GIVEN_THAT_ARE_WORDS,
    MORE_SURNAMES_THAT_ARE_WORDS,
    NAMES_OF_INSTITUTIONS,
    NAMES_THAT_DESCRIBE,
    NAMES_THAT_DO,
    SURNAMES_THAT_ARE_WORDS,
)

PLACED: Final = 0.55
"""Score: as a name that a list knows."""
SURNAMES: Final = SURNAMES_THAT_ARE_WORDS | MORE_SURNAMES_THAT_ARE_WORDS
WORDS: Final = SURNAMES | GIVEN_THAT_ARE_WORDS
SHORTEST: Final = 3
"""Letters of the shortest name that is placed."""
_MODALS: Final = frozenset(("may", "will"))
_MONTHS: Final = frozenset(("march", "april", "may", "june", "july", "august", "summer", "winter", "autumn", "spring"))
_CLOSINGS: Final = frozenset(("best", "love"))
"""Words before the name under a letter."""
_DETERMINERS: Final = frozenset(
    ("a", "an", "the", "this", "that", "these", "those", "each", "every", "my", "his", "her", "their", "our", "your",
     "its", "no", "any", "some", "very", "so", "too")
)  # fmt: skip
_NO_NAME_AFTER: Final = _DETERMINERS | frozenset(
    ("in", "on", "at", "of", "last", "next", "since", "until", "till", "before", "after", "during", "late", "early",
     "mid", "to", "into", "from", "as", "per", "was", "is", "are", "were", "be", "been")
)  # fmt: skip
_HELPERS: Final = frozenset(
    ("did", "does", "do", "let", "made", "make", "makes", "saw", "see", "help", "helped", "can", "could", "would",
     "should", "shall", "will", "may", "might", "must", "and", "watch", "watched", "hear", "heard", "if", "or",
     "didn't")
)  # fmt: skip
"""Before a name whose verb then has no `s`: `did olivia hope`."""
_NEEDS_NO_S: Final = NAMES_THAT_DESCRIBE.difference(("hope", "love", "wait", "work")).union(
    COMPASS, ("rose", "drew", "read", "still")
)
"""Adverbs and past tenses: behind one name they stand without an `s`."""
_STATES = regex.compile(
    r"\s(?:state[sd]|report(?:s|ed)|attend(?:s|ed)|presents|presented|assaulted|updated|informed)\b",
    flags=regex.IGNORECASE,
)
_TO_DO = regex.compile(
    r"\sto\s(?:reassess|re-?view|rv|r/v|re-?visit|update|chase|follow|contact|complete|liaise|r/a)(?!\w)",
    flags=regex.IGNORECASE,
)
_MEETS: Final = frozenset(("between", "with", "against", "told", "asked", "met", "saw"))
"""Before the name of a person, and seldom before the word."""
_SUBJECTS: Final = frozenset(("pt", "ip", "ap"))
"""Patient, injured and aggrieved party: before a name, and before all that they do."""
_TELLING: Final = frozenset(
    ("consent", "obtained", "call", "calls", "spoke", "spoken", "statement", "text", "letter", "referral", "email",
     "discussed", "discussion", "conversation", "message", "voicemail", "visit", "contact", "information", "info",
     "account", "handover", "handed", "history", "hx", "t/c", "tc", "reported", "disclosed", "talked", "met", "texts",
     "agreed", "apologised", "explained", "belongs", "belonging", "lives", "living", "staying", "argument",
     "altercation", "fight")
)  # fmt: skip
"""With `from`, `to` or `with` behind, before the name of a person."""
_SEASONS: Final = frozenset(("summer", "winter", "autumn", "spring"))
"""Words that stand in small letters where they mean the season."""
_LETTERED: Final = frozenset(
    ("vitamin", "vit", "plan", "type", "hepatitis", "hep", "group", "flat", "unit", "block", "section", "appendix",
     "grade", "class", "option", "part", "schedule", "category", "cat", "level", "zone", "gate", "ward", "bay", "room",
     "team", "factor", "strep", "influenza", "exhibit", "paragraph", "question", "annex", "stage", "house", "platform")
)  # fmt: skip
"""Words after which a letter is no initial."""
_NOT_DONE_BY: Final = frozenset(
    ("hand", "hands", "day", "night", "rain", "storm", "road", "court", "post", "law", "fire", "water", "land", "west",
     "north", "south", "east", "rust", "frost", "snow", "church", "force", "bush", "rail", "flood", "ward")
)  # fmt: skip
"""What something may be done by, and be no person."""
_NO_THIRD_PERSON: Final = frozenset(
    ("always", "perhaps", "sometimes", "this", "us", "its", "focus", "as", "need", "feed", "bleed", "proceed",
     "succeed", "exceed", "shed", "speed", "thus", "whereas", "unless", "besides", "indeed", "instead", "embed",
     "bed", "red")
)  # fmt: skip
"""What may follow `may` as a verb, for all its ending."""


def find_placed(text: str, words: Sequence[Word], lists: NameLists) -> Iterator[Span]:
    """Yield where names that are words stand as names.

    Args:
        text: cleaned text.
        words: its words.
        lists: the names.
    """
    for place, word in enumerate(words):
        if (word.bare in WORDS or "-" in word.bare) and len(word.bare) >= SHORTEST:
            found = _surname_first(text, words, place, lists)
            if found is None and word.bare in WORDS:
                found = _name(text, words, place, lists)
            if found is not None:
                yield Span(*found, Entity.PERSON, PLACED)


def _are_surnames(word: str, lists: NameLists) -> bool:
    """Whether all parts of a word with a hyphen are surnames, none of them a point of the compass: `march-butler`."""
    parts = word.split("-")
    return (
        len(parts) > 1
        and not COMPASS.intersection(parts)
        and all(
            part in SURNAMES or (part in lists.surnames and lists.ordinary(part) > Ordinary.COMMON) for part in parts
        )
    )


def _name(text: str, words: Sequence[Word], place: int, lists: NameLists) -> tuple[int, int] | None:
    word = words[place]
    if _ends_a_name(text, words, place, lists):
        return words[place - 1].start, word.end
    initial = _initial(text, words, place)
    if initial is not None:
        return initial, word.end
    return (word.start, word.end) if _is_announced(text, words, place) or _stands_alone(text, words, place) else None


def _surname_first(text: str, words: Sequence[Word], place: int, lists: NameLists) -> tuple[int, int] | None:
    """Return where `surname, given` stands."""
    word = words[place]
    if place + 1 == len(words) or text[word.end : words[place + 1].start] not in (",", ", "):
        return None
    if word.bare not in SURNAMES and not _are_surnames(word.bare, lists):
        return None
    given = words[place + 1]
    is_sure = lists.ordinary(given.bare) > Ordinary.COMMON
    if not lists.is_given(given.bare) or len(given.bare) < SHORTEST or word.capital is not given.capital:
        return None
    before = word_before(text, words, place)
    if before in _NO_NAME_AFTER or _is_dated(text, word) or {word.bare, given.bare} <= _MONTHS:
        return None
    is_marked = is_somebody(text, given.end) or does(text, given.end)
    begun = begins(text, word.start)
    if begun and word.bare in _CLOSINGS and _ends_a_line(text, given.end):
        return None
    if begun or is_introduced(text, words, place) or is_titled(text, words, place):
        found = is_sure or is_marked or (ends(text, given.end) and not _is_listed_on(text, given.end))
    elif before == "by":
        found = is_marked or (is_sure and (word.bare not in _MONTHS or ends(text, given.end)))
    elif word.capital and not _is_loud(text, words, place):
        found = is_sure and before != ""
    else:
        found = is_sure and before in _MEETS and word.bare not in NAMES_THAT_DESCRIBE
    return (word.start, given.end) if found else None


def _ends_a_name(text: str, words: Sequence[Word], place: int, lists: NameLists) -> bool:
    """Whether a given name stands before, and the word is its surname: `theo ash`, `jack wise`."""
    if not place or words[place].bare not in SURNAMES:
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
    return given.bare in GIVEN_THAT_ARE_WORDS and given.capital is word.capital and _are_both_names(text, words, place)


def _is_no_verb(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether the word behind a given name is neither a verb nor an adverb there."""
    word = words[place]
    if is_somebody(text, word.end) or does(text, word.end) or ends(text, word.end) or _states(text, word.end):
        return True
    if word.bare in _MODALS:
        return _is_third_person(text, words, place)
    if word.bare in _NEEDS_NO_S:
        return begins(text, words[place - 1].start) and _is_to_do(text, word.end)
    # Other verbs would need an `s` behind one name: `olivia hope` says nothing of hoping, `did olivia hope` does.
    return word.bare not in NAMES_THAT_DO or word_before(text, words, place - 1) not in _HELPERS


def _are_both_names(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether two words are a name for what stands before and behind them."""
    given, word = words[place - 1], words[place]
    before = word_before(text, words, place - 1)
    if before in _DETERMINERS or word.bare in NAMES_OF_INSTITUTIONS:
        return False
    if is_introduced(text, words, place - 1) or is_titled(text, words, place - 1):
        return True
    begun = begins(text, given.start) or before == "by"
    is_marked = is_somebody(text, word.end) or does(text, word.end)
    is_closed = is_marked or ends(text, word.end) or _is_to_do(text, word.end)
    is_likely = (is_marked and word.bare not in NAMES_THAT_DO) or (given.bare == "jack" and (begun or is_closed))
    return (begun and is_closed) or is_likely


def _initial(text: str, words: Sequence[Word], place: int) -> int | None:
    """Return where the initial before begins, if the name stands where names do: `D. Wise`, `by a. grace`."""
    word = words[place]
    if not place or words[place - 1].end - words[place - 1].start != 1:
        return None
    initial = words[place - 1]
    if text[initial.end : word.start] not in (". ", ".") or initial.capital < word.capital:
        return None
    before = word_before(text, words, place - 1)
    if before in _LETTERED or before in _NO_NAME_AFTER:
        return None
    named = before in ("by", *_MEETS) or is_introduced(text, words, place - 1) or is_titled(text, words, place - 1)
    begun = begins(text, initial.start) and (does(text, word.end) or is_somebody(text, word.end))
    return initial.start if named or begun else None


def _is_announced(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether a rank, a role or what was done says that the word is a name."""
    word, before = words[place], word_before(text, words, place)
    if word.bare in NAMES_OF_INSTITUTIONS or not before:
        return False
    is_marked = is_somebody(text, word.end) or does(text, word.end)
    stands_out = word.capital and not _is_loud(text, words, place)
    if before == "by":
        return word.bare not in _NOT_DONE_BY and _did(text, words, place, stands_out=stands_out, is_marked=is_marked)
    if is_titled(text, words, place):
        is_noun = word.bare not in NAMES_THAT_DO and word.bare not in NAMES_THAT_DESCRIBE
        return is_noun or is_marked or ends(text, word.end)
    if before in _SUBJECTS:
        is_large = text[word.start : word.end].isupper() and word.bare not in _MODALS
        return is_marked or (stands_out and (is_large or word.bare not in NAMES_THAT_DO))
    if is_introduced(text, words, place):
        is_given = is_marked and word.bare in GIVEN_THAT_ARE_WORDS
        return is_given or (stands_out and not words[place - 1].capital)
    return stands_out and _is_told(text, words, place, is_marked=is_marked)


def _is_told(text: str, words: Sequence[Word], place: int, *, is_marked: bool) -> bool:
    """Whether a word with a capital is somebody who is told or met: `told HOPE`, `consent obtained from Summer`."""
    word, before = words[place], word_before(text, words, place)
    is_large = text[word.start : word.end].isupper()
    if before in _MEETS:
        return is_large or is_marked
    is_told = before in ("from", "to", "with") and place > 1 and words[place - 2].bare in _TELLING
    return is_told and (is_large or word.bare not in _MONTHS or word.bare in _SEASONS)


def _did(text: str, words: Sequence[Word], place: int, *, stands_out: bool, is_marked: bool) -> bool:
    """Whether the word behind `by` did something: `updated by Best.`, and neither `by May` nor `by West Lane`."""
    word = words[place]
    if stands_out:
        is_time = word.bare in _MONTHS and not does(text, word.end)
        is_season = word.bare in _SEASONS and ends(text, word.end)
        return not _is_capital_behind(text, words, place) and (not is_time or is_season)
    is_done = place > 1 and words[place - 2].bare.endswith(("ed", "en"))
    return is_done and (ends(text, word.end) or is_marked) and word.bare not in _MONTHS


def _stands_alone(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether a word at the head of a clause is followed by an age, or by what people alone do."""
    word = words[place]
    if word.bare in NAMES_OF_INSTITUTIONS:
        return False
    if begins(text, word.start):
        return (
            is_aged(text, word.end)
            or does(text, word.end)
            or (word.bare not in NAMES_THAT_DESCRIBE and _is_to_do(text, word.end))
        )
    after_comma = text[max(0, word.start - 2) : word.start] == ", "
    return after_comma and (word.bare not in NAMES_THAT_DESCRIBE and _is_to_do(text, word.end))


def _is_to_do(text: str, end: int) -> bool:
    """Whether somebody is to do something: `Day to reassess`."""
    return _TO_DO.match(text, end) is not None


def _states(text: str, end: int) -> bool:
    """Whether what people do in every note stands behind."""
    return _STATES.match(text, end) is not None


def _is_third_person(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether a verb follows that cannot follow `may`: `states`, `reported`."""
    if place + 1 == len(words) or text[words[place].end : words[place + 1].start] != " ":
        return False
    verb = words[place + 1].bare
    return verb.endswith(("s", "ed")) and not verb.endswith("ss") and verb not in _NO_THIRD_PERSON


def _is_loud(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether a neighbour is in capitals as well: there a capital says nothing."""
    if not text[words[place].start : words[place].end].isupper():
        return False
    beside = (*words[max(0, place - 1) : place], *words[place + 1 : place + 2])
    return any(len(word.bare) >= SHORTEST and text[word.start : word.end].isupper() for word in beside)


def _is_capital_behind(text: str, words: Sequence[Word], place: int) -> bool:
    return (
        place + 1 < len(words) and words[place + 1].capital and text[words[place].end : words[place + 1].start] == " "
    )


def _is_dated(text: str, word: Word) -> bool:
    """Whether a day stands before: `on 3 March, Victoria`."""
    before = text[max(0, word.start - 5) : word.start].rstrip().casefold()
    return word.bare in _MONTHS and (before[-1:].isdigit() or before.endswith(("st", "nd", "rd", "th")))


def _is_listed_on(text: str, end: int) -> bool:
    """Whether a list goes on: `rose, lily, iris`."""
    return text[end : end + 1] == "," and not is_somebody(text, end)


def _ends_a_line(text: str, end: int) -> bool:
    return not text[end : end + 2].strip(" .!")
