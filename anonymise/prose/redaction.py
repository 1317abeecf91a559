"""Redaction: prose in, the same prose with typed placeholders out.

What cannot be searched to its end is never passed on: the whole cell becomes `[UNREADABLE TEXT]` and is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from anonymise.prose.apart import apart, are_apart
from anonymise.prose.cleaned.cleaning import clean, is_binary
from anonymise.prose.cleaned.signs import with_typed_apostrophes, with_typed_numbers
from anonymise.prose.disguise.passages import undisguised
from anonymise.prose.entities import Entity, Span
from anonymise.prose.lines import by_line
from anonymise.prose.lists.names import name_lists
from anonymise.prose.names.again.shared import find_shared
from anonymise.prose.names.joined import is_one_name
from anonymise.prose.names.scripts import find_in_other_scripts
from anonymise.prose.recorded.known_values import KnownValue, find_known
from anonymise.prose.replacing.replacer import Replacer

UNREADABLE: Final = "[UNREADABLE TEXT]"
"""What stands for a cell that is too long or could not be searched."""
LONGEST: Final = 200_000
"""Most characters of a cell: three times a long judgment, six seconds of work."""


class Finder(Protocol):
    """Finds identifiers in texts: `anonymise.prose.recognisers`, or a smaller one where no model is at hand."""

    def find(self, texts: Sequence[str]) -> list[tuple[Span, ...] | None]:
        """Find identifiers in each text; None where a text could not be searched to its end."""


class Writer(Protocol):
    """Writes what stands for findings: `anonymise.prose.replacing.replacer`."""

    def covered(self, place: int, text: str, spans: Sequence[Span]) -> Sequence[Span]:
        """Return the spans as they are replaced."""

    def write(self, place: int, text: str, spans: Sequence[Span]) -> Sequence[str]:
        """Return what stands for each span of the text of that place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """One text after redaction."""

    text: str | None
    """None where there was none."""
    counts: Mapping[Entity, int] = field(default_factory=dict)
    """Placeholders put in, by kind."""
    unreadable: bool = False
    """The whole text was replaced."""


class Redactor:
    """Replaces what names somebody by placeholders.

    Args:
        finder: what looks for identifiers.
        longest: most characters of a text that is searched.
    """

    def __init__(self, finder: Finder, *, longest: int = LONGEST) -> None:
        self._finder = finder
        self._longest = longest

    def redact(
        self,
        texts: Sequence[str | None],
        known: Sequence[Sequence[KnownValue]] | None = None,
        *,
        replacer: Writer | None = None,
        units: Sequence[Hashable] | None = None,
    ) -> list[Redacted]:
        """Redact each text; a missing one stays missing.

        Args:
            texts: cells of a free-text column.
            known: for each text, values of its row that must not stand in it.
            replacer: writes what stands for a finding; by default its plain placeholder.
            units: for each text, whose it is, None where nobody's: names found in one text of a unit are looked for in
                its others.
        """
        writer = replacer or Replacer()
        results: list[Redacted] = [Redacted(text=None)] * len(texts)
        cleaned: dict[int, str] = {}
        for place, text in enumerate(texts):
            shown = None if text is None else as_searched(text, longest=self._longest)
            if shown is not None:
                cleaned[place] = shown
            elif text is not None:
                results[place] = _unreadable()
        said = None if known is None else [known[place] for place in cleaned]
        whose = None if units is None else [units[place] for place in cleaned]
        for (place, text), spans in zip(cleaned.items(), self.spans(list(cleaned.values()), said, whose), strict=True):
            if spans is None:
                results[place] = _unreadable()
            else:
                typed = with_typed_numbers(with_typed_apostrophes(text))
                covered = writer.covered(place, typed, spans)
                results[place] = _replace(text, covered, writer.write(place, typed, covered))
        return results

    def spans(
        self,
        texts: Sequence[str],
        known: Sequence[Sequence[KnownValue]] | None = None,
        units: Sequence[Hashable] | None = None,
    ) -> list[list[Span] | None]:
        """Return what is to be replaced in each text, in order and without overlap; None where it cannot be searched.

        Args:
            texts: cleaned texts.
            known: for each text, values of its row that must not stand in it.
            units: for each text, whose it is; None where nobody's.
        """
        texts = [with_typed_apostrophes(text) for text in texts]
        said = known if known is not None else [()] * len(texts)
        found = [
            None
            if spans is None
            else (*spans, *find_known(text, own), *_known_in_disguise(text, own), *find_in_other_scripts(text))
            for text, spans, own in zip(texts, self._find(list(texts)), said, strict=True)
        ]
        shared = [[] for _ in texts] if units is None else find_shared(texts, found, units, name_lists())
        return [
            None if spans is None else merge(text, (*spans, *more))
            for text, spans, more in zip(texts, found, shared, strict=True)
        ]

    def _find(self, texts: list[str]) -> Iterable[tuple[Span, ...] | None]:
        """Search each distinct text once, as it stands and without its disguise: notes are full of stock phrases."""
        distinct = list(dict.fromkeys(texts))
        passages = [(text, passage) for text in distinct for passage in undisguised(text)]
        searched = self._finder.find([*distinct, *(passage.text for _, passage in passages)])
        found = dict(zip(distinct, searched, strict=False))
        for (text, passage), spans in zip(passages, searched[len(distinct) :], strict=True):
            before = found[text]
            found[text] = None if before is None or spans is None else (*before, *map(passage.back, spans))
        return (found[text] for text in texts)


def as_searched(text: str, *, longest: int = LONGEST) -> str | None:
    """Return a text as it is searched, and what is left of it read; None where the whole of it is replaced."""
    # Twice: one character can stand for eighteen in compatibility form.
    if len(text) > longest or is_binary(text):
        return None
    shown = clean(text)
    # What is not clean by now hides something under more layers than anybody's systems make.
    return shown if len(shown) <= longest and clean(shown) == shown else None


def _known_in_disguise(text: str, own: Sequence[KnownValue]) -> Iterator[Span]:
    if own:
        for passage in undisguised(text):
            yield from map(passage.back, find_known(passage.text, own))


def _unreadable() -> Redacted:
    return Redacted(text=UNREADABLE, unreadable=True)


def _replace(text: str, spans: Sequence[Span], written: Sequence[str]) -> Redacted:
    pieces: list[str] = []
    counts: Counter[Entity] = Counter()
    done = 0
    for span, instead in zip(spans, written, strict=True):
        pieces += (text[done : span.start], instead, _possessive(text, span))
        counts[span.entity] += 1
        done = span.end
    pieces.append(text[done:])
    return Redacted(text="".join(pieces), counts=dict(counts))


def _possessive(text: str, span: Span) -> str:
    """Return what makes a name a possessive: a reader needs it, and it names nobody."""
    ending = text[max(span.start, span.end - 2) : span.end]
    return ending if span.entity is Entity.PERSON and ending in ("'s", "\u2019s") else ""


def merge(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return spans that do not overlap and together cover every span given but for blanks at its ends, in order.

    Spans that overlap become one, named by the most telling of them; so do neighbours of one kind with nothing but a
    blank between, or `[PERSON] [PERSON]` would tell how many names somebody has, and two with a joint of one name. What
    stands on two lines stays two, and so do people whom `anonymise.prose.apart` tells apart: of a list of names one
    person would be made, who said and did what any of them did.
    """
    merged: list[Span] = []
    whole = apart(text, [line for span in spans for line in by_line(text, span)])
    for span in sorted(whole, key=lambda span: (span.start, -span.end)):
        last = merged[-1] if merged else None
        if last is None or not _joins(text, last, span):
            merged.append(span)
            continue
        better = max(last, span, key=lambda one: (one.score, one.end - one.start))
        merged[-1] = Span(last.start, max(last.end, span.end), better.entity, better.score)
    return merged


def _joins(text: str, last: Span, span: Span) -> bool:
    if span.start < last.end:
        return True
    between = text[last.end : span.start]
    if span.entity is last.entity is Entity.PERSON and between in ("", "_"):  # `JoanSmith`, `joan_smith`
        return True
    if is_one_name(text, last, span):
        return True
    if span.entity is not last.entity or not between.isspace() or "\n" in between:
        return False
    # Dates by the line are as many dates, people apart as many people.
    return span.entity is not Entity.DATE and not (span.entity is Entity.PERSON and are_apart(text, last.end))
