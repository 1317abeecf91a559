"""Writes what stands for the findings of a text, in the manner that the column's contract states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anonymise.prose.entities import Span
from anonymise.prose.replacing.numbered import identities, numbered
from datalab.contract.model import Replacement


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the row says of the person whom its text is about."""

    names: frozenset[str] = frozenset()
    """Words of their names, from `anonymise.prose.replacing.people.name_words`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a column's findings are replaced."""

    replacement: Replacement = Replacement.PLACEHOLDER
    subject_first: bool = False
    """Rows hold names, and PERSON 1 is kept for whom the row is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacer:
    """Writes replacements; by default plain placeholders."""

    manner: Manner = Manner()
    subjects: Sequence[Subject] = ()
    """Of each text; empty where nothing is known of any."""

    def write(self, place: int, text: str, spans: Sequence[Span]) -> list[str]:
        """Return what stands for each span.

        Args:
            place: of the text among the subjects.
            text: cleaned text.
            spans: what was found in it, in order and without overlap.
        """
        if not spans or self.manner.replacement is Replacement.PLACEHOLDER:
            return [span.entity.placeholder for span in spans]
        subject = self.subjects[place] if self.subjects else Subject()
        named = identities(text, spans, subject.names)
        return numbered(spans, named, subject_first=self.manner.subject_first)
