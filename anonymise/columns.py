"""What a column of a sample probably is, told by its values: check digits first, then patterns, then names.

For the draft of a contract, where the header says nothing. It looks at distinct values on the custodian's own machine,
and what it says holds shares and kinds, never a value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from anonymise.cells.days import born_days
from anonymise.cells.labels import are_categories, are_companies, are_places
from anonymise.cells.numbers import number_kinds
from anonymise.identifiers import IdentifierKind, kinds_of
from anonymise.prose.entities import Entity, Span
from datalab.contract.drafting.naming import Suggestion
from datalab.contract.model import MatchKind, Role, Treatment

LOOKED_AT: Final = 200
"""Most distinct values of a column that are looked at."""
MOST: Final = 0.7
"""Share of values that must be of a kind for the column to be: real columns hold errors and blanks."""
NAMES: Final = 0.5
"""Share of values in which NER must see a person; it misses a third of lone names, and sees few elsewhere."""
DIFFERENT: Final = 0.5
"""Share of the cells that differ from all before, from which their shape is told: people seldom share a number."""
FEWEST_DAYS: Final = 10
"""Days from which their years tell that people were born on them."""
LONG: Final = re.compile(r"[0-9]{9,19}")
"""Whole numbers that count nothing: of nine digits or more, and nearly all different."""
PROSE_WORDS: Final = 8
"""Words of the middle value from which a column is prose."""
NAME_WORDS: Final = 5
"""More words than this are no name."""
SENTENCE: Final = "Yesterday {} was seen at home."
"""NER was trained on sentences; a lone word says nothing to it."""

_DROP, _MATCH, _QUASI = Treatment.DROP, Role.MATCH_FIELD, Role.QUASI_IDENTIFIER
_IDENTIFIERS: Final = (
    (IdentifierKind.NHS_NUMBER, _MATCH, _DROP, MatchKind.NHS_NUMBER, "NHS numbers (their check digits hold)"),
    (IdentifierKind.UPN, _MATCH, _DROP, MatchKind.UPN, "unique pupil numbers (their check letters hold)"),
    (IdentifierKind.NINO, _MATCH, _DROP, MatchKind.NINO, "National Insurance numbers"),
    (IdentifierKind.DRIVING_LICENCE, _QUASI, _DROP, None, "driving licence numbers"),
    (IdentifierKind.POSTCODE, Role.GEOGRAPHY, Treatment.GENERALISE, MatchKind.POSTCODE, "postcodes"),
)
"""Kinds that a check or a strict shape tells; a UPRN's shape fits any number, so it is not among them."""
_PATTERNS: Final = (
    (Entity.EMAIL, _MATCH, MatchKind.EMAIL, "e-mail addresses"),
    (Entity.PHONE, _MATCH, MatchKind.PHONE, "telephone numbers"),
    (Entity.ADDRESS, _MATCH, MatchKind.ADDRESS_LINE, "addresses"),
    (Entity.IP_ADDRESS, _QUASI, None, "IP addresses"),
    (Entity.VEHICLE, _QUASI, None, "vehicle registrations"),
    (Entity.BANK_ACCOUNT, _QUASI, None, "bank accounts or cards"),
    (Entity.CARD, _QUASI, None, "payment cards"),
    (Entity.DEVICE, _QUASI, None, "numbers of devices"),
    (Entity.COORDINATES, _QUASI, None, "coordinates"),
    (Entity.PASSPORT, _QUASI, None, "passport numbers"),
    (Entity.PRISON_NUMBER, _QUASI, None, "prison numbers"),
    (Entity.PNC_ID, _QUASI, None, "PNC identifiers"),
    (Entity.CRO_NUMBER, _QUASI, None, "CRO numbers"),
    (Entity.COURT_CASE, _QUASI, None, "numbers of court cases"),
    (Entity.REFERENCE, _QUASI, None, "reference numbers"),
)
"""Kinds that redaction's patterns tell."""


class CellFinder(Protocol):
    """What the namer asks of recognisers; `anonymise.prose.recognisers` has it."""

    def find(self, texts: Sequence[str]) -> list[tuple[Span, ...] | None]:
        """Find identifiers in each text."""

    def patterns_in(self, text: str) -> tuple[Span, ...]:
        """Find identifiers by pattern alone."""


@dataclass(frozen=True, slots=True)
class ValueNamer:
    """A `datalab.contract.drafting.naming.ColumnNamer` that looks at values."""

    finder: CellFinder

    def suggest(self, column: str, sample: Sequence[str]) -> Suggestion | None:  # noqa: ARG002 - headers were read before
        """Return what the values say, or None."""
        values = list(dict.fromkeys(text.strip() for text in sample if text.strip()))[:LOOKED_AT]
        if not values:
            return None
        if sorted(len(value.split()) for value in values)[len(values) // 2] >= PROSE_WORDS:
            return Suggestion(role=Role.FREE_TEXT, treatment=Treatment.REDACT, reason="its values are prose")
        cells = sum(1 for text in sample if text.strip())
        return (
            _by_identifier(values)
            or _as_label(values, cells)
            or self._by_pattern(values)
            or _by_shape(values, cells)
            or self._by_name(values)
        )

    def _by_pattern(self, values: list[str]) -> Suggestion | None:
        kinds = Counter(kind for value in values if (kind := self._whole(value)) is not None)
        for entity, role, match, what in _PATTERNS:
            share = kinds[entity] / len(values)
            if share >= MOST:
                return Suggestion(role=role, treatment=_DROP, match=match, reason=_reason(share, what))
        return None

    def _whole(self, value: str) -> Entity | None:
        """Return the kind of the most telling finding that covers most of a cell."""
        covering = [span for span in self.finder.patterns_in(value) if span.end - span.start >= MOST * len(value)]
        return max(covering, key=lambda span: span.score).entity if covering else None

    def _by_name(self, values: list[str]) -> Suggestion | None:
        wordy = [value for value in values if _may_name(value)]
        if len(wordy) < MOST * len(values):
            return None
        before = SENTENCE.index("{")
        kinds: Counter[Entity] = Counter()
        # Systems that store names in capitals or small letters are many; no character moves.
        sentences = [SENTENCE.format(value.title()) for value in wordy]
        for value, spans in zip(wordy, self.finder.find(sentences), strict=True):
            covering = {span.entity for span in spans or () if span.start < before + len(value) and span.end > before}
            kinds.update(covering & {Entity.PERSON, Entity.LOCATION})
        people, places = kinds[Entity.PERSON] / len(values), kinds[Entity.LOCATION] / len(values)
        if people >= NAMES and people > places:
            return Suggestion(role=_QUASI, treatment=_DROP, reason=_reason(people, "names of people"))
        if places >= NAMES:
            return Suggestion(role=Role.GEOGRAPHY, treatment=_DROP, reason=_reason(places, "names of places"))
        return None


def _by_identifier(values: list[str]) -> Suggestion | None:
    kinds = Counter(kind for value in values for kind in kinds_of(value))
    for kind, role, treatment, match, what in _IDENTIFIERS:
        share = kinds[kind] / len(values)
        if share >= MOST:
            return Suggestion(role=role, treatment=treatment, match=match, reason=_reason(share, what))
    return None


def _as_label(values: list[str], cells: int) -> Suggestion | None:
    """Say that a column holds labels: lists and endings tell more of them than NER does of a lone word."""
    if are_companies(values):
        return Suggestion(role=Role.ADMINISTRATIVE, treatment=_DROP, reason="its values end as names of companies do")
    if are_places(values):
        return Suggestion(role=Role.GEOGRAPHY, treatment=Treatment.KEEP, reason="its values are towns or countries")
    if are_categories(values, cells):
        reason = "its few values are words and stand in it often"
        return Suggestion(role=_QUASI, treatment=Treatment.KEEP, reason=reason)
    return None


def _by_shape(values: list[str], cells: int) -> Suggestion | None:
    """Say what a column is whose values are nearly all different and have one shape."""
    if len(values) < DIFFERENT * min(cells, LOOKED_AT):
        return None
    if len(values) >= FEWEST_DAYS and (born := born_days(values)):
        reason = _reason(born / len(values), "days on which people were born")
        return Suggestion(role=_MATCH, treatment=_DROP, match=MatchKind.DATE_OF_BIRTH, reason=reason)
    kinds = Counter(words for value in values for words in {kind.words for kind in number_kinds(value)})
    for words, found in kinds.most_common(1):
        if found >= MOST * len(values):
            return Suggestion(role=_QUASI, treatment=_DROP, reason=_reason(found / len(values), words))
    if (long := sum(LONG.fullmatch(value) is not None for value in values)) >= MOST * len(values):
        reason = _reason(long / len(values), "numbers of a person, a home or an account")
        return Suggestion(role=_QUASI, treatment=_DROP, reason=reason)
    return None


def _may_name(value: str) -> bool:
    return not any(map(str.isdigit, value)) and len(value.split()) <= NAME_WORDS


def _reason(share: float, what: str) -> str:
    return f"{share:.0%} of its distinct values look like {what}"
