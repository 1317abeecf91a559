"""Texts with marked identifiers: what a system should have masked, and how the text relates to what was tuned on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from anonymise.prose.recorded.known_values import KnownValue


class Relation(StrEnum):
    """How a text relates to the rules and models that are measured on it."""

    UNSEEN = "unseen"
    """Nobody wrote a rule or trained a model with any text of this corpus; only figures were looked at."""
    SAME_SOURCE = "same source"
    """Other texts of the same corpus were read while rules were written, or trained on."""
    SEEN = "seen"
    """Rules were written with these very texts, or their generator, at hand."""


@dataclass(frozen=True, slots=True)
class Truth:
    """One identifier that stands in a text, from `start` up to and without `end`, in characters."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedText:
    """One document."""

    text: str
    truths: tuple[Truth, ...]
    known: tuple[KnownValue, ...] = ()
    """What the record beside the text holds."""
    group: str = ""
    """Whose text it is, where figures are compared between groups."""
    whole: bool = True
    """Every identifier is marked, so what else is masked counts against precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Documents of one source."""

    name: str
    relation: Relation
    texts: tuple[MarkedText, ...]

    @property
    def has_records(self) -> bool:
        """Whether any text stands beside fields of its record."""
        return any(text.known for text in self.texts)
