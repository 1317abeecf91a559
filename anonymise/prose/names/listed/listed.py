"""People found by lists of names: what a statistical model does not know, it misses whole groups of.

A model reads a name by its neighbours, and misses it where there are none to speak of: in lists, in small letters, in
shorthand, in a hashtag. A list knows the name wherever it stands, whoever bears it. A name that is a word as well
counts only beside another name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import NameLists, Ordinary
from anonymise.prose.lists.words import (
    ALL_SURNAMES_THAT_ARE_WORDS,
    GROUPS,
    GROUPS_THAT_ARE_NAMES,
    SURNAMES_THAT_ARE_WORDS,
)
from anonymise.prose.names.placed.beside import is_modal
from anonymise.prose.names.placed.standing import Word, is_introduced, words_of

LISTED: Final = 0.55
"""Score of a name that a list knows: above the model's."""
SHORTEST: Final = 4
"""Letters of the shortest name in small letters that counts alone: `ngozi` does, `ali` and `ng` do not."""
PART: Final = 3
"""Letters of the shortest half of a name in one word."""
PARTICLES: Final = frozenset(
    ("de", "del", "dela", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "van", "von", "der", "den", "ter",
     "bin", "bint", "ibn", "al", "el", "ul", "abu", "ap", "ab", "mac", "mc", "o", "\u00f3", "n\u00ed", "ni", "st")
)  # fmt: skip
MOST_PARTICLES: Final = 4
"""Most of them between two words of a name; a run of them without end would be walked from each."""
SHORTEST_CAPITAL: Final = 3
"""Letters of the shortest name with a capital that counts alone."""
_SAYS_WHAT: Final = frozenset(
    ("a", "an", "am", "are", "as", "be", "both", "is", "was", "were", "identifies", "practising")
)
"""Words after which a faith or a people is likelier than a name."""
_OF_A_CLAN: Final = frozenset(("o'", "mc"))
"""What surnames of Ireland and Scotland begin with, and little else."""
_PARTICLES_BEFORE: Final = frozenset(("ap", "ab", "bin", "bint", "ibn", "abu"))
"""Particles that a name of one word can begin with."""
_CHINESE: Final = frozenset(
    ("wing", "sing", "king", "long", "man", "kit", "wan", "fan", "song", "sun", "hang", "sang", "chi")
)
"""First parts of Cantonese given names that are words as well."""
_SHORT_CHINESE: Final = 11
"""Letters of what follows one of them: two words of one syllable each."""
_TAG = regex.compile(r"#\s?(\p{L}{6,40})")
_HUMPS = regex.compile(r"\p{Lu}\p{Ll}+")
_NOT_BETWEEN: Final = frozenset(" \u00a0")
_JOINTS: Final = frozenset((".", "_", "+", "__"))
"""What joins the names of one person in accounts, files and addresses: `joan.smith`, `joan_smith`, `Joan+Smith`."""


def find_listed(text: str, lists: NameLists, words: Sequence[Word] | None = None) -> Iterator[Span]:
    """Yield where names of people stand, by lists alone; a faith or a people that is on them as a group.

    Args:
        text: cleaned text.
        lists: the names.
        words: those of the text, where they are at hand.
    """
    words = words_of(text) if words is None else words
    done = 0
    for place, word in enumerate(words):
        if word.start >= done and lists.is_given(word.bare):
            end = _end(text, words, place, lists)
            if end is not None:
                done = end
                kind = Entity.GROUP if end == word.end and _is_group(words, place) else Entity.PERSON
                whole = _with_second_surname(text, words, place, end, lists)  # which may begin another name as well
                yield Span(_start(text, words, place, end), whole, kind, LISTED)
        elif word.bare[:2] in _OF_A_CLAN and word.bare in lists.surnames:
            yield Span(word.start, word.end, Entity.PERSON, LISTED)
    if "#" in text:
        yield from _in_tags(text, lists)


def _end(text: str, words: Sequence[Word], place: int, lists: NameLists) -> int | None:
    """Return where the name ends that begins with a given name there; None where it is rather a word."""
    word = words[place]
    ordinary = lists.ordinary(word.bare)
    introduced = is_introduced(text, words, place)
    last = _after(text, words, place)
    if last is not None and is_modal(text, word, words[last], lists):
        return None
    if last is not None and (
        _is_pair_of_words(word, words[last], lists, introduced=introduced) or _is_joined(text, word, words[last], lists)
    ):
        return words[last].end
    if introduced and len(word.bare) >= SHORTEST_CAPITAL:
        return word.end if word.capital or ordinary > Ordinary.COMMON else None
    if word.capital:
        return word.end if ordinary > Ordinary.COMMON and len(word.bare) >= SHORTEST_CAPITAL else None
    return word.end if ordinary is Ordinary.NEVER and len(word.bare) >= SHORTEST else None


def _start(text: str, words: Sequence[Word], place: int, end: int) -> int:
    """Return where a name begins: before a particle (`ap Gwilym`), or a Chinese name's first part (`wing yan li`)."""
    if place and text[words[place - 1].end : words[place].start] == " ":
        before = words[place - 1].bare
        is_short = end - words[place].start <= _SHORT_CHINESE and end > words[place].end
        if before in _PARTICLES_BEFORE or (before in _CHINESE and is_short):
            return words[place - 1].start
    return words[place].start


def _with_second_surname(text: str, words: Sequence[Word], place: int, end: int, lists: NameLists) -> int:
    """Return where a name ends: behind a second surname that is no word (`Jose Garcia Ibanez`)."""
    last = next(at for at in range(place, len(words)) if words[at].end == end)
    second = _after(text, words, last) if last > place else None
    if second is None or text[end : words[second].start] in _JOINTS:
        return end
    word = words[second]
    least = Ordinary.RARE if word.capital else Ordinary.NEVER
    is_one = word.capital is words[last].capital and len(word.bare) >= SHORTEST and lists.is_surname(word.bare)
    return word.end if is_one and lists.ordinary(word.bare) >= least else end


def _is_pair_of_words(first: Word, second: Word, lists: NameLists, *, introduced: bool) -> bool:
    """Whether the word after a given name belongs to the name."""
    given, follows = lists.ordinary(first.bare), lists.ordinary(second.bare)
    is_surname = lists.is_surname(second.bare)
    if first.capital and second.capital:
        if is_surname:
            return introduced or max(given, follows) > Ordinary.COMMON
        return min(given, follows) > Ordinary.COMMON
    if introduced and is_surname and first.capital is second.capital:
        # `mum jack short`, and not `suspect ran down`: in small letters a common word has to be a likely surname
        return max(given, follows) > Ordinary.COMMON or second.bare in ALL_SURNAMES_THAT_ARE_WORDS
    if not first.capital and not second.capital and is_surname:
        # `margaret wood`, `precious powell`: one of the two is no word, and the other one that names are
        if given > Ordinary.COMMON and second.bare in SURNAMES_THAT_ARE_WORDS:
            return True
        if follows is Ordinary.NEVER and len(second.bare) >= SHORTEST:
            return True
    return is_surname and min(given, follows) > Ordinary.COMMON


def _is_joined(text: str, first: Word, second: Word, lists: NameLists) -> bool:
    """Whether two words are one name for the sign that joins them, where the first is no English word."""
    between = text[first.end : second.start]
    return between in _JOINTS and lists.ordinary(first.bare) > Ordinary.COMMON and lists.is_surname(second.bare)


def _is_group(words: Sequence[Word], place: int) -> bool:
    """Whether a name alone is a faith's or a people's: `a Muslim`, `she is Christian`."""
    word = words[place].bare
    says_what = place > 0 and words[place - 1].bare in _SAYS_WHAT
    return word in GROUPS or (word in GROUPS_THAT_ARE_NAMES and says_what)


def _after(text: str, words: Sequence[Word], place: int) -> int | None:
    """Return the place of the word that follows with nothing but a blank or a joint between, particles passed over."""
    following = place + 1
    while following < min(len(words), place + 2 + MOST_PARTICLES):
        between = text[words[following - 1].end : words[following].start]
        if between not in _JOINTS and not _NOT_BETWEEN.issuperset(between):
            return None
        if words[following].bare not in PARTICLES:
            return following
        following += 1
    return None


def _in_tags(text: str, lists: NameLists) -> Iterator[Span]:
    """Yield hashtags that run a given name and a surname together."""
    for match in _TAG.finditer(text):
        humps = [hump.casefold() for hump in _HUMPS.findall(match.group(1))]
        pairs = [(humps[0], humps[1])] if len(humps) == 2 else []  # noqa: PLR2004 - two names
        tag = match.group(1).casefold()
        pairs += [(tag[:cut], tag[cut:]) for cut in range(PART, len(tag) - PART + 1)] if len(humps) < 2 else []  # noqa: PLR2004
        if any(_is_pair(given, surname, lists) for given, surname in pairs):
            yield Span(match.start(), match.end(), Entity.PERSON, LISTED)


def _is_pair(given: str, surname: str, lists: NameLists) -> bool:
    if given not in lists.given or surname not in lists.surnames:
        return False
    return max(lists.ordinary(given), lists.ordinary(surname)) > Ordinary.COMMON
