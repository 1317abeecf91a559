"""Cells that name a person: with a title, with initials, by two names, by one; told by lists, not by a model."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import regex  # type: ignore[import-untyped]  # letters of every alphabet

from anonymise.cells.kind import SHAPED, SURE, CellKind
from anonymise.cells.places import is_place
from anonymise.prose.lists.names import WORD, Ordinary, bare, name_lists

_PEOPLE: Final = "names of people"
TITLED: Final = CellKind(_PEOPLE, SURE)
LISTED: Final = CellKind(_PEOPLE, 0.2)
"""Streets, ships and diseases are called after people too."""
FULL: Final = CellKind(_PEOPLE, 0.02, 5)
"""A listed given name before a listed surname, neither an everyday word, and nothing else. Of real columns that name
nobody (streets, suburbs, areas, codes) at most 0.6 % of the values are like that."""
INITIALS: Final = CellKind(_PEOPLE, 0.2)
LIKELY: Final = CellKind(_PEOPLE, SHAPED)
"""One of two words is a listed name, and the other is no word."""
UNKNOWN: Final = CellKind(_PEOPLE, 0.7, 4)
"""Two words that no list holds, in capitals: names of small communities, seldom anything else."""
LONE: Final = CellKind(_PEOPLE, 0.6, 5)
"""One word that is a listed name and no other word; some towns and wards are called like that."""
LONE_OF_MANY: Final = CellKind(_PEOPLE, 0.3, 30)
"""The same in a column of many: a third of surnames are words as well, and as many stand in no list."""

HELD: Final = CellKind(_PEOPLE, 0.05, 5)
"""A listed given name before a listed surname in a remark, neither an everyday word, and no street behind. Of real
columns that name nobody at most 0.3 % of the values hold one."""
MOST_WORDS: Final = 3
"""Of a name in letters that have no capitals."""

LONGEST: Final = 100
"""Characters of a name with initials: a surname of two words can be parted anywhere, and each place is tried."""
NAME_WORDS: Final = range(2, 5)
_TITLES: Final = (
    r"(?:mr|mrs|ms|miss|mx|dr|prof|professor|rev|revd|reverend|cllr|councillor|sir|dame|pc|dc|ps|ds|di|dci|dsu|sgt|"
    r"sergeant|insp|inspector|supt|superintendent|constable|pcso|wpc|tdc)\.?"
)
_NAME: Final = r"(?:\p{Lu}[\p{L}\p{M}'\u2019-]+|\p{Lu}\.)"
_TITLED: Final = regex.compile(rf"(?:^|(?<=[\s,(])){_TITLES}(?:\s\d{{2,6}})?\s({_NAME})", regex.IGNORECASE)
_UPPER: Final = regex.compile(r"\p{Lu}")
_INITIAL: Final = r"(?:\p{Lu}\.?(?:[\s-]?\p{Lu}\.?){0,2})"
_LAST: Final = r"((?:\p{Lu}[\p{L}\p{M}'\u2019]+[\s-]?){1,2})"
_INITIALS: Final = regex.compile(
    rf"\p{{Lu}}\.(?:\s?\p{{Lu}}\.){{0,2}}\s?{_LAST}|{_LAST},\s?{_INITIAL}|{_INITIAL}\s{_LAST}"
)
_NO_CASE: Final = regex.compile(
    r"[\p{Han}\p{Hangul}]{2,12}|(?:[^\P{Lo}\p{Latin}]\p{M}*+){2,}+"
    r"(?:[\s.'\u00b7-]{1,2}(?:[^\P{Lo}\p{Latin}]\p{M}*+){2,}+)*+",
    flags=regex.V1,
)
"""Words of a script without capitals: Arabic, Hebrew, Bengali, Chinese and others."""
_STREETS: Final = frozenset(
    ("street", "road", "avenue", "lane", "drive", "crescent", "gardens", "terrace", "grove", "mews", "close", "way",
     "place", "rise", "walk", "court", "house", "square", "park", "hill", "ward", "school", "hospital", "centre")
)  # fmt: skip

_BODIES: Final = frozenset(
    ("academy", "academies", "college", "primary", "junior", "infant", "infants", "nursery", "secondary", "grammar",
     "high", "upper", "middle", "comprehensive", "catholic", "c", "cofe", "ce", "rc", "church", "chapel", "voluntary",
     "special", "sixth", "community", "university", "institute", "library", "museum", "theatre", "gallery", "surgery",
     "clinic", "practice", "pharmacy", "medical", "health", "care", "nursing", "unit", "wing", "suite", "building",
     "memorial", "foundation", "trust", "award", "prize", "stadium", "arms", "bridge", "station", "leisure", "sports",
     "ltd", "limited", "plc", "llp", "group", "disease", "syndrome", "sign", "score", "scale", "test", "fracture")
)  # fmt: skip
"""What is called after people, beside streets."""


def name_kinds(cell: str) -> frozenset[CellKind]:
    """Return in which ways a cell can name a person."""
    if _is_titled(cell):
        return frozenset((TITLED, LISTED, LIKELY, UNKNOWN))
    if not any(map(str.isdigit, cell)) and _is_with_initials(cell):
        return frozenset((INITIALS, LIKELY, UNKNOWN))
    return _by_words([bare(word) for word in cell.replace(",", " ").split()], cell)


def _by_words(words: list[str], cell: str) -> frozenset[CellKind]:
    if _NO_CASE.fullmatch(cell) and len(words) <= MOST_WORDS:
        return frozenset((UNKNOWN,))
    if len(words) == 1:
        return _lone(words[0], cell)
    if len(words) in NAME_WORDS:
        if _STREETS.intersection(words):
            return frozenset()
        if (named := _several(words, cell)) or len(words) == NAME_WORDS.start:
            return named
    return frozenset((LISTED, HELD)) if words and _holds_a_name(cell) else frozenset()


def is_full_name(first: str, last: str) -> bool:
    """Whether two words are a listed given name and a listed surname, in this order, and neither an everyday word."""
    lists, given, surname = name_lists(), bare(first), bare(last)
    listed = lists.is_given(given) and lists.is_surname(surname)
    return listed and min(lists.ordinary(given), lists.ordinary(surname)) > Ordinary.COMMON


def _is_titled(cell: str) -> bool:
    """Whether a title stands before a word in capitals that is a surname, or no word."""
    lists = name_lists()
    for match in _TITLED.finditer(cell):
        word = bare(match[1])
        known = lists.is_surname(word) and lists.ordinary(word) > Ordinary.COMMON
        if _UPPER.match(match[1]) and (known or match[1].endswith(".") or lists.ordinary(word) is Ordinary.NEVER):
            return True
        if _UPPER.match(match[1]) and lists.is_surname(word) and match.end() == len(cell) and match.start() == 0:
            return not match[0].upper().startswith("PC")  # `Mr Baker`; `PC World` is none
    return False


def _is_with_initials(cell: str) -> bool:
    match = _INITIALS.fullmatch(cell) if len(cell) <= LONGEST else None
    if match is None:
        return False
    last = next(group for group in match.groups() if group)
    lists, words = name_lists(), [bare(word) for word in last.split()]
    return all(lists.ordinary(word) > Ordinary.COMMON for word in words) and not is_place(last)


def _lone(word: str, cell: str) -> frozenset[CellKind]:
    lists = name_lists()
    if not WORD.fullmatch(cell) or lists.ordinary(word) is Ordinary.COMMON or is_place(word):
        return frozenset()
    if lists.is_given(word) or lists.is_surname(word):
        return frozenset((LONE, LONE_OF_MANY))
    return frozenset()


def _several(words: list[str], cell: str) -> frozenset[CellKind]:
    lists, first, last = name_lists(), words[0], words[-1]
    if is_place(cell) or not all(WORD.fullmatch(word) for word in words):
        return frozenset()
    if min(lists.ordinary(first), lists.ordinary(last)) is Ordinary.COMMON:
        return frozenset()
    in_order = lists.is_given(first) and lists.is_surname(last)
    if in_order or (lists.is_given(last) and lists.is_surname(first)):
        return frozenset((LISTED, LIKELY, UNKNOWN, *((FULL,) if in_order or "," in cell else ())))
    if not all(_UPPER.match(word) for word in cell.replace(",", " ").split()) or is_place(first) or is_place(last):
        return frozenset()
    if any(lists.is_given(word) or lists.is_surname(word) for word in (first, last)):
        return frozenset((LIKELY, UNKNOWN))
    return frozenset((UNKNOWN,))


def _holds_a_name(cell: str) -> bool:
    """Whether a listed given name and a listed surname stand side by side in prose, and no street or school follows."""
    lists = name_lists()
    words = [bare(word.strip(".,;:()")) for word in cell.split()]
    capitals = [bool(_UPPER.match(word.strip("("))) for word in cell.split()]
    for place, (one, other) in enumerate(pairwise(words)):
        if not (capitals[place] and capitals[place + 1] and lists.is_given(one) and lists.is_surname(other)):
            continue
        after = words[place + 2] if place + 2 < len(words) else ""
        if min(lists.ordinary(one), lists.ordinary(other)) > Ordinary.COMMON and after not in _STREETS | _BODIES:
            return True
    return False
