"""Names that are words, found by where they stand: `may, kirsty`, `theo ash`, `rn wood`, `Gale agrees`.

`May`, `Street`, `Hope` are names and words alike, and neither a list nor a model can tell them by themselves. Notes
give them away by their order (`surname_first`), by a given name or an initial before (`surname_behind`), and by a rank,
a role, an age or what only people do (`announced`). Where nothing of the kind stands, the word is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import NameLists
from anonymise.prose.lists.words import ALL_SURNAMES_THAT_ARE_WORDS, GIVEN_THAT_ARE_WORDS
from anonymise.prose.names.placed.announced import is_announced, stands_alone
from anonymise.prose.names.placed.standing import SHORTEST, Word
from anonymise.prose.names.placed.surname_behind import ends_a_name, initial_before
from anonymise.prose.names.placed.surname_first import surname_first

PLACED: Final = 0.55
"""Score: as a name that a list knows."""
WORDS: Final = ALL_SURNAMES_THAT_ARE_WORDS | GIVEN_THAT_ARE_WORDS


def find_placed(text: str, words: Sequence[Word], lists: NameLists) -> Iterator[Span]:
    """Yield where names that are words stand as names.

    Args:
        text: cleaned text.
        words: its words.
        lists: the names.
    """
    for place, word in enumerate(words):
        if (word.bare in WORDS or "-" in word.bare) and len(word.bare) >= SHORTEST:
            found = surname_first(text, words, place, lists)
            if found is None and word.bare in WORDS:
                found = _name(text, words, place, lists)
            if found is not None:
                yield Span(*found, Entity.PERSON, PLACED)


def _name(text: str, words: Sequence[Word], place: int, lists: NameLists) -> tuple[int, int] | None:
    word = words[place]
    if ends_a_name(text, words, place, lists):
        return words[place - 1].start, word.end
    initial = initial_before(text, words, place)
    if initial is not None:
        return initial, word.end
    return (word.start, word.end) if is_announced(text, words, place) or stands_alone(text, words, place) else None
