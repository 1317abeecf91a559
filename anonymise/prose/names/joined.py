"""Names with a small word in the middle: `Torbay and South Devon NHS Trust`, `Newcastle upon Tyne`.

The model often finds the two sides and leaves the word between; a name with its joint left standing is half a name.
Two bodies side by side stay two: what follows `and` joins where it alone says what kind of body the whole is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import WORD, bare
from anonymise.prose.names.nobody.words import BODIES

_OF: Final = frozenset((" of ", " of the "))
_AND: Final = frozenset((" and ", " & "))
_BY_WATER: Final = frozenset(
    (" upon ", "-upon-", " on ", "-on-", "-on-the-", " under ", "-under-", "-by-", "-le-", "-in-", "-next-", "-cum-")
)
"""Within the name of a town."""
_LONGEST: Final = 10
"""Characters of the longest of them."""
_PLACES_AND_BODIES: Final = frozenset((Entity.ORGANISATION, Entity.LOCATION))
_NAMED: Final = _PLACES_AND_BODIES | {Entity.PERSON}
"""What the model takes a part of a body's name for: `Clyde` is somebody elsewhere."""
_PARTS: Final = frozenset(("borough", "city", "county", "diocese", "university", "sheriffdom", "archdiocese"))
"""Bodies whose name goes on with `and` behind `of`: `London Borough of Barking and Dagenham`."""


def is_one_name(text: str, last: Span, span: Span) -> bool:
    """Whether two findings are one name for the small word between them.

    Args:
        text: cleaned text.
        last: the finding before.
        span: the finding behind.
    """
    if span.start - last.end > _LONGEST:
        return False
    between = text[last.end : span.start].casefold()
    if between in _BY_WATER:
        return last.entity is Entity.LOCATION and span.entity in _PLACES_AND_BODIES and text[span.start].isupper()
    before, behind = (_words(text, one) for one in (last, span))
    if not before or not behind or span.entity not in _NAMED:
        return False
    if between in _OF:
        return last.entity is Entity.ORGANISATION or before[-1] in _PARTS
    return between in _AND and (_goes_on(before) or (last.entity in _PLACES_AND_BODIES and _ends(before, behind, span)))


def _goes_on(before: Sequence[str]) -> bool:
    return before[0] == "nhs" or ("of" in before and not _PARTS.isdisjoint(before))


def _ends(before: Sequence[str], behind: Sequence[str], span: Span) -> bool:
    """Whether what stands behind alone says what kind of body the whole is."""
    return span.entity is Entity.ORGANISATION and behind[-1] in BODIES and before[-1] not in BODIES


def _words(text: str, span: Span) -> list[str]:
    return [bare(match.group()) for match in WORD.finditer(text, span.start, span.end)]
