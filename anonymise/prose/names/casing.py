"""Capitals where a reader would put them: a model that learned from newspapers reads `JOHN SMITH SAYS` as headlines.

Words in capitals, and texts written without any, are given the case that they would have in print: common words small,
everything else with a capital. No character moves, so that places in the text hold.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.lists.names import NameLists

FEW: Final = 0.01
"""Share of letters below which a text is one without capitals."""
SHOUTED: Final = 0.6
"""Share of letters from which a text is one in capitals."""
_CAPITALS = regex.compile(r"\b\p{Lu}{4,}\b")
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*(?:['\u2019]\p{L}+)?")


class Style(Enum):
    """In which case a text is written."""

    SMALL = "small"
    """Without capitals, or nearly."""
    SHOUTED = "shouted"
    """In capitals."""
    MIXED = "mixed"


def style_of(text: str) -> Style:
    """Say in which case a text is written; one without letters is mixed."""
    letters, capitals = sum(map(str.isalpha, text)), sum(map(str.isupper, text))
    if not letters:
        return Style.MIXED
    if capitals <= FEW * letters:
        return Style.SMALL
    return Style.SHOUTED if capitals >= SHOUTED * letters else Style.MIXED


def readable(text: str, lists: NameLists) -> str:
    """Return a text of the same length in the case in which a model reads it best."""
    if style_of(text) is not Style.MIXED:
        return str(_WORD.sub(lambda match: _printed(match, lists), text))
    return str(_CAPITALS.sub(_capitalised, text)) if _CAPITALS.search(text) else text


def _printed(match: Any, lists: NameLists) -> str:  # noqa: ANN401 - a match of `regex`, which has no types
    word: str = match.group()
    small = word.lower()
    titled = small[:1].upper() + small[1:]
    if not len(small) == len(titled) == len(word):  # some letters are two in another case
        return word
    plain = small.replace("\u2019", "'")
    is_common = plain in lists.common or plain.partition("'")[0] in lists.common or plain.endswith("n't")
    return small if (is_common or len(plain) == 1) and match.start() else titled


def _capitalised(match: Any) -> str:  # noqa: ANN401 - as above
    word: str = match.group()
    lowered = word[0] + word[1:].lower()
    return lowered if len(lowered) == len(word) else word
