"""What one reading of one passage found: identifiers, and those of them that redaction left; counts only.

Words that stand side by side without a comma or another sign of an end between are one identifier. One that touches a
mask is the rest of what is masked: the identifier was missed in part, and counts as missed and once, as a canary does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from anonymise.prose.entities import Entity
from anonymise.review.passages import Piece

NOT_SAID: Final = "NOT SAID"
"""Kind of what was marked without one."""
_ENDS: Final = frozenset(",;:!?)]")
_BEGINS: Final = frozenset("([")

Place = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What somebody marked in one passage: places in the text, never the text."""

    missed: frozenset[Place] = frozenset()
    """Words that name somebody and are not masked."""
    wrong: frozenset[Place] = frozenset()
    """Masks over what names nobody."""
    kind: Entity | None = None
    """What the words are, where it was said."""
    seconds: int = 0
    """How long it was looked at."""
    masks: frozenset[Place] = frozenset()
    """What was masked then: where other places are masked, what was marked says nothing of what is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Counts of one passage."""

    identifiers: Counter[str] = field(default_factory=Counter)
    """By kind: masked ones and missed ones, without masks that are wrong."""
    missed: Counter[str] = field(default_factory=Counter)
    """Of those, what can still be read, in part at least."""
    wrong: int = 0


def find(shown: Sequence[Piece], marks: Marks) -> Found:
    """Count what stands in a passage.

    Args:
        shown: the passage's pieces, in order.
        marks: what was marked; marks at places that are no piece of their kind count for nothing.
    """
    identifiers: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    wrong = 0
    for run in _runs(shown, marks):
        masks = [piece.mask for piece in run if piece.mask is not None]
        if any(piece.word for piece in run):
            kind = marks.kind or next(iter(masks), None)
            name = NOT_SAID if kind is None else kind.value
            identifiers[name] += 1
            missed[name] += 1
        else:
            identifiers.update(mask.value for mask in masks)
    for piece in shown:
        wrong += piece.mask is not None and (piece.start, piece.end) in marks.wrong
    return Found(identifiers=identifiers, missed=missed, wrong=wrong)


def _runs(shown: Iterable[Piece], marks: Marks) -> list[list[Piece]]:
    """Return what names somebody, side by side: masks that are right, and words that were marked."""
    runs: list[list[Piece]] = []
    joined = False
    for piece in shown:
        place = (piece.start, piece.end)
        names = place not in marks.wrong if piece.mask is not None else piece.word and place in marks.missed
        if names:
            if joined and piece.text[:1] not in _BEGINS:
                runs[-1].append(piece)
            else:
                runs.append([piece])
            joined = piece.mask is not None or piece.text[-1:] not in _ENDS
        elif not piece.text.isspace() or "\n" in piece.text:
            joined = False
    return runs
