"""Writes what stands for the findings of a text, in the manner that the column's contract states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from anonymise.prose.dates.periods import with_periods
from anonymise.prose.entities import Span
from anonymise.prose.replacing.births import likely_births
from anonymise.prose.replacing.dates import DATES, dated, with_weekdays
from anonymise.prose.replacing.numbered import identities, numbered
from anonymise.prose.replacing.surrogates import surrogates
from datalab.contract.model import Replacement, TextDates
from datalab.errors import InternalError


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the row says of the person whom its text is about."""

    names: frozenset[str] = frozenset()
    """Words of their names, from `anonymise.prose.replacing.people.name_words`."""
    called: str = ""
    """What tells them from others of a unit of several people; empty where the unit is one person."""
    births: frozenset[date] = frozenset()
    """Days of birth that their rows hold."""
    latest: date | None = None
    """The newest day that the row holds."""
    days: int | None = None
    """By how many days their dates are moved."""
    secret: bytes | None = field(default=None, repr=False)
    """Of their unit, under which surrogates are drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a column's findings are replaced."""

    replacement: Replacement = Replacement.PLACEHOLDER
    dates: TextDates = TextDates.MASK
    subject_first: bool = False
    """Rows hold names, and PERSON 1 is kept for whom the row is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacer:
    """Writes replacements; by default plain placeholders."""

    manner: Manner = Manner()
    subjects: Sequence[Subject] = ()
    """Of each text; empty where nothing is known of any."""

    def covered(self, place: int, text: str, spans: Sequence[Span]) -> Sequence[Span]:  # noqa: ARG002 - one manner for all
        """Return the spans as they are replaced: dates that are not masked with weekdays, months beside moved ones."""
        if self.manner.dates is TextDates.MASK:
            return spans
        wide = with_weekdays(text, spans)
        return with_periods(text, wide) if self.manner.dates is TextDates.SHIFT else wide

    def write(self, place: int, text: str, spans: Sequence[Span]) -> list[str]:
        """Return what stands for each span.

        Args:
            place: of the text among the subjects.
            text: cleaned text.
            spans: what was found in it, in order and without overlap.
        """
        subject = self.subjects[place] if self.subjects else Subject()
        moves = self.manner.dates is TextDates.SHIFT
        likely = likely_births(text, spans, subject.latest) if moves else frozenset()
        dated_as = [self._dated(text, span, subject, likely) for span in spans]
        return [
            own or placeholder for own, placeholder in zip(dated_as, self._named(text, spans, subject), strict=True)
        ]

    def _dated(self, text: str, span: Span, subject: Subject, likely: frozenset[int]) -> str | None:
        if span.entity.value not in DATES:
            return None
        return dated(
            text,
            span,
            dates=self.manner.dates,
            births=subject.births,
            days=subject.days,
            is_likely_birth=span.start in likely,
        )

    def _named(self, text: str, spans: Sequence[Span], subject: Subject) -> list[str]:
        if not spans or self.manner.replacement is Replacement.PLACEHOLDER:
            return [span.entity.placeholder for span in spans]
        named = identities(text, spans, subject.names)
        placeholders = numbered(spans, named, subject_first=self.manner.subject_first)
        if self.manner.replacement is Replacement.NUMBERED:
            return placeholders
        if subject.secret is None:
            raise InternalError("Surrogates are to be drawn, and there is no key to draw them with.")
        made = surrogates(text, spans, named, secret=subject.secret, names=subject.names, called=subject.called)
        return [surrogate or placeholder for surrogate, placeholder in zip(made, placeholders, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsReplacer:
    """Writes the replacements of several columns of a batch that are redacted together, one column after another."""

    rows: int
    """Of the batch."""
    replacers: Sequence[Replacer]
    """Of each column."""

    def covered(self, place: int, text: str, spans: Sequence[Span]) -> Sequence[Span]:
        """Return the spans as they are replaced, as the text's column has it."""
        column, row = divmod(place, self.rows)
        return self.replacers[column].covered(row, text, spans)

    def write(self, place: int, text: str, spans: Sequence[Span]) -> list[str]:
        """Return what stands for each span, as the text's column has it."""
        column, row = divmod(place, self.rows)
        return self.replacers[column].write(row, text, spans)
