"""The work list: what is read, in the order of doubt, each text as the lab would mask it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from anonymise.prose.entities import Span
from anonymise.prose.redaction import Redactor
from anonymise.review.doubt import Doubt
from anonymise.review.found import Place
from anonymise.review.passages import Piece, passage_bounds, pieces
from ingest.review.draw import Draw, DrawnText


class Stratum(StrEnum):
    """Why a text is read."""

    RANDOM = "random"
    """Drawn at random: the estimate comes from these."""
    DOUBTFUL = "doubtful"
    """The most doubtful of the others: they show what is missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One passage to read."""

    column: str
    row: int
    number: int
    """Which passage of its cell, from 0."""
    of: int
    stratum: Stratum
    doubt: float
    pieces: tuple[Piece, ...] = field(repr=False)
    """What is shown, in order."""

    @property
    def place(self) -> str:
        """Names the item among those of its file."""
        return f"{self.column}|{self.row}|{self.number}"

    @property
    def masks(self) -> frozenset[Place]:
        """Return what is masked in it."""
        return frozenset((piece.start, piece.end) for piece in self.pieces if piece.mask is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkList:
    """What is read of a file."""

    items: tuple[Item, ...]
    """The most doubtful first."""
    populations: Mapping[str, int]
    """Of each column how many passages were drawn from; those that were seen to be replaced as a whole are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """One passage with what is masked in it."""

    drawn: DrawnText
    text: str = field(repr=False)
    masks: tuple[Span, ...]
    """Places in the passage, not in the whole text: a page is doubted by itself."""

    @classmethod
    def of(cls, drawn: DrawnText, text: str, spans: Sequence[Span]) -> _Shown:
        first, last = passage_bounds(text, drawn.number, drawn.of)
        inside = ((max(span.start, first), min(span.end, last), span) for span in spans)
        masks = tuple(
            Span(start - first, end - first, span.entity, span.score) for start, end, span in inside if start < end
        )
        return cls(drawn=drawn, text=text[first:last], masks=masks)

    def item(self, stratum: Stratum, doubt: float) -> Item:
        return Item(
            column=self.drawn.column,
            row=self.drawn.row,
            number=self.drawn.number,
            of=self.drawn.of,
            stratum=stratum,
            doubt=doubt,
            pieces=tuple(pieces(self.text, self.masks)),
        )


def work_list(
    draws: Mapping[str, Draw], texts: Mapping[str, int], doubtful: int, *, redactor: Redactor, doubt: Doubt
) -> WorkList:
    """Return what is read.

    Args:
        draws: what was drawn of each column.
        texts: of each column how many are read for the estimate.
        doubtful: how many of each column are read for their doubt besides.
        redactor: the lab's.
        doubt: which texts come first, and which besides. A text that the lab replaces as a whole is not read.
    """
    items: list[Item] = []
    populations: dict[str, int] = {}
    for column, one in draws.items():
        masked = _masked(one.texts, redactor)
        shown = [_Shown.of(drawn, *masked[drawn.row]) for drawn in one.texts if drawn.row in masked]
        populations[column] = one.population - (len(one.texts) - len(shown))
        scores = doubt.score([passage.text for passage in shown], [passage.masks for passage in shown])
        order = range(len(shown))
        first = order[: texts[column]]
        rest = sorted(order[texts[column] :], key=lambda place: -scores[place])[:doubtful]
        for stratum, places in ((Stratum.RANDOM, first), (Stratum.DOUBTFUL, rest)):
            items += [shown[place].item(stratum, scores[place]) for place in places]
    return WorkList(items=tuple(sorted(items, key=lambda item: (-item.doubt, item.place))), populations=populations)


def _masked(texts: Sequence[DrawnText], redactor: Redactor) -> dict[int, tuple[str, list[Span]]]:
    """Return of each row its text and what is masked in it; rows that cannot be searched to their end are left out."""
    rows = {text.row: text for text in texts}
    spans = redactor.spans([text.text for text in rows.values()], [text.known for text in rows.values()])
    found = zip(rows.items(), spans, strict=True)
    return {row: (text.text, masks) for (row, text), masks in found if masks is not None}
