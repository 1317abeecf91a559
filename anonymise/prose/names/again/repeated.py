"""The same name again: what was found once in a document is a name wherever it stands in it.

`Mr Kwame Boateng ... BOATENG said`: a model that has read the first may miss the second. The idea is old (one sense
per discourse: Gale, Church and Yarowsky 1992); the Text Anonymization Benchmark counts an entity as protected only
where every mention of it is masked (Pilán et al. 2022, doi:10.1162/coli_a_00458).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import WORD, NameLists, Ordinary, bare
from anonymise.prose.names.nobody.words import NOBODY
from anonymise.prose.names.placed.standing import Word, has_capital, words_of

REPEATED: Final = 0.52
"""Score of a name that was found elsewhere: what found it there counts for more."""
SHORTEST: Final = 3
"""Letters of the shortest part of a name that is looked for again."""
SURE: Final = 4
"""Letters from which a part that is no English word is looked for in small letters too."""


def find_repeated(
    text: str, spans: Sequence[Span], lists: NameLists, words: Sequence[Word] | None = None
) -> Iterator[Span]:
    """Yield where parts of names of people that were found stand again.

    Args:
        text: cleaned text.
        spans: what was found in it.
        lists: tell names from words.
        words: those of the text, where they are at hand.
    """
    parts: set[str] = set()
    for span in spans:
        if span.entity is Entity.PERSON:
            parts |= _parts(text[span.start : span.end], lists)
    if not parts:
        return
    for word in words_of(text) if words is None else words:
        if word.bare in parts and (word.capital or _is_sure(word.bare, lists)):
            yield Span(word.start, word.end, Entity.PERSON, REPEATED)


def _parts(name: str, lists: NameLists) -> set[str]:
    """Return the words of a name that are names by themselves: no title, no trade, no word that begins a sentence.

    A surname that is an English word counts where a given name stands with it: `Winston Field`, not `Field Officer`.
    """
    words = [match.group() for match in WORD.finditer(name)]
    written = {bare(word) for word in words if has_capital(word, 0) and len(bare(word)) >= SHORTEST} - NOBODY
    first = bare(words[0]) if words else ""
    has_given = lists.is_given(first) and lists.ordinary(first) > Ordinary.COMMON
    return {
        word
        for word in written
        if lists.ordinary(word) > Ordinary.COMMON
        or lists.is_given(word)
        or (has_given and lists.is_surname(word) and len(words) > 1)
    }


def _is_sure(name: str, lists: NameLists) -> bool:
    return len(name) >= SURE and lists.ordinary(name) is Ordinary.NEVER
