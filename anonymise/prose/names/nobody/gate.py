"""The gate that findings of the model pass: what names nobody is let go, and stays readable.

Rules, lists of names and the row itself find what the model cannot, and are not asked here. Two questions are asked
one after the other, for they look at different words: whether each word is of a trade (`Speech and Language Therapy`;
a list of words that are nobody's wherever they stand), and whether the word that says what it is names a thing (`the
Child Protection Plan`; ordinary words of any kind before it).
"""

from __future__ import annotations

from collections.abc import Iterator

from anonymise.prose.entities import Entity
from anonymise.prose.lists.names import NameLists
from anonymise.prose.names.nobody.everybodys import is_everybodys, lines_of
from anonymise.prose.names.nobody.things import Things
from anonymise.prose.names.nobody.trade import after_roles, is_of_trade


class Gate:
    """Tells what names nobody from a name.

    Args:
        lists: names, and words.
    """

    def __init__(self, lists: NameLists) -> None:
        self._things = Things(lists)

    def names_in(
        self, text: str, read: str, start: int, end: int, kind: Entity, *, is_post: bool = False
    ) -> Iterator[tuple[int, int]]:
        """Yield what is left as a name of a finding of the model: the whole of it, or its lines that name.

        Args:
            text: as it stands.
            read: the same as the model read it: as long, with other capitals.
            start: of the finding.
            end: of the finding.
            kind: what the model takes it for.
            is_post: it stands in a post of social media, where ordinary words name bands, teams and papers.
        """
        for first, last in without_trade(text, start, end, kind, is_post=is_post):
            yield from self.without_things(read, first, last, kind, is_post=is_post)

    def without_things(
        self, text: str, start: int, end: int, kind: Entity, *, is_post: bool = False
    ) -> Iterator[tuple[int, int]]:
        """Yield what is left of a finding without the lines that are things, and without what stands before a name.

        Args:
            text: what was read.
            start: of the finding.
            end: of the finding.
            kind: what the model takes it for.
            is_post: it stands in a post; what may be a body is kept there.
        """
        if kind is Entity.ORGANISATION and is_post:
            if not is_everybodys(text[start:end]):
                yield start, end
            return
        lines = [(self._things.begin(text, first, last, kind), last) for first, last in lines_of(text, start, end)]
        named = [line for line in lines if line[0] < line[1] and not self._things.is_thing(text[slice(*line)], kind)]
        if named == lines and lines:
            yield lines[0][0], lines[-1][1]
        else:
            yield from named


def without_trade(text: str, start: int, end: int, kind: Entity, *, is_post: bool = False) -> Iterator[tuple[int, int]]:
    """Yield what is left of a finding without lines of words of a trade, and without roles before a person's name.

    Args:
        text: as it stands.
        start: of the finding.
        end: of the finding.
        kind: what the model takes it for.
        is_post: it stands in a post, where such words name teams and bands: they are kept there.
    """
    lines = list(lines_of(text, start, end))
    kept = [line for line in lines if not _is_nobodys(text[slice(*line)], kind, is_post=is_post)]
    if len(kept) == len(lines) > 1:
        yield start, end  # a name that goes on in the next line, as likely as two
        return
    for first, last in kept:
        yield (first if is_post or kind is not Entity.PERSON else after_roles(text, first, last)), last


def _is_nobodys(text: str, kind: Entity, *, is_post: bool) -> bool:
    return is_everybodys(text) or (not is_post and is_of_trade(text, kind))
