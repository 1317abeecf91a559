"""Vietnamese names in full, whose parts are short and many of them words: `do van tuan`, `dang duc long`.

The family name stands first, of one syllable, and one to three others follow, none of which need be on a list of given
names. Nothing but a name is a run of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Final

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import NameLists, Ordinary
from anonymise.prose.names.placed.standing import Word

VIETNAMESE: Final = 0.55
"""Score: as a name that a list knows."""
MOST: Final = 3
"""Most syllables behind the family name."""
_LISTS: Final[dict[str, str]] = tomllib.loads(
    resources.files("anonymise.prose.names.listed").joinpath("vietnamese.toml").read_text("utf-8")
)
_SURNAMES: Final = frozenset(_LISTS["surnames"].split())
_SURNAMES_THAT_ARE_WORDS: Final = frozenset(_LISTS["surnames_that_are_words"].split())
_GIVEN: Final = frozenset(_LISTS["given"].split())
_MIDDLE: Final = frozenset(("thi", "van"))
"""The middle names that most have."""
_BLANK: Final = frozenset((" ", "\u00a0"))


def find_vietnamese(text: str, words: Sequence[Word], lists: NameLists) -> Iterator[Span]:
    """Yield where a Vietnamese family name stands with what belongs to it.

    Args:
        text: cleaned text.
        words: its words.
        lists: tell names from words.
    """
    for place, word in enumerate(words):
        if word.bare in _SURNAMES or word.bare in _SURNAMES_THAT_ARE_WORDS:
            run = _run(text, words, place)
            if run and _is_a_name(word, run, lists):
                yield Span(word.start, run[-1].end, Entity.PERSON, VIETNAMESE)


def _run(text: str, words: Sequence[Word], place: int) -> list[Word]:
    run: list[Word] = []
    for at in range(place + 1, min(len(words), place + 1 + MOST)):
        is_near = text[words[at - 1].end : words[at].start] in _BLANK
        if not is_near or words[at].bare not in _GIVEN or words[at].capital is not words[place].capital:
            break
        run.append(words[at])
    return run


def _is_a_name(surname: Word, run: Sequence[Word], lists: NameLists) -> bool:
    """Whether there are enough that are no words: one, and behind a family name that is a word, in its place too."""
    plain = [word for word in run if lists.ordinary(word.bare) > Ordinary.COMMON and word.bare not in _MIDDLE]
    if surname.bare in _SURNAMES:
        return bool(plain) or len(run) > 1
    is_middle = run[0].bare in _MIDDLE or lists.ordinary(run[0].bare) > Ordinary.COMMON
    return len(run) > 1 and is_middle and (bool(plain) or run[0].bare == "thi")
