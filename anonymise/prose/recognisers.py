"""The one door to Presidio: text in, findings out, without a network.

Three things differ from Presidio's stock analyser, each measured before it was chosen:
- NER runs over batches, with nothing but the model's NER, evaluated by `anonymise.prose.model`, and the recognisers run
  beside it: the spans are spaCy's, at a fraction of its time.
- Recognisers of other countries are left out; the British ones count without context words (stock scores a postcode
  at 0.1, so any threshold drops it).
- A pattern that runs out of time fails the text. Presidio logs that, skips the pattern and lets the text pass.

Stock Presidio asks the internet for the list of public suffixes when it meets its first e-mail address. Nothing here
asks for it, and `tldextract` is held to the list it came with in case a recogniser ever does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import regex  # type: ignore[import-untyped]  # Presidio's own engine, and its dependency: variable look-behind, \K, time limits
import tldextract
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    IpRecognizer,
    NhsRecognizer,
    UkPassportRecognizer,
    UkPostcodeRecognizer,
)

from anonymise.prose.cleaned.signs import with_typed_numbers
from anonymise.prose.dates.periods import is_month
from anonymise.prose.dates.weekday import with_weekday
from anonymise.prose.disguise.writing import HIDDEN
from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import name_lists
from anonymise.prose.model.package import load_reader
from anonymise.prose.model.posts import is_post
from anonymise.prose.model.reader import Reader
from anonymise.prose.model.sign_runs import without_long_runs
from anonymise.prose.names.again.repeated import find_repeated
from anonymise.prose.names.again.titled import find_titled
from anonymise.prose.names.casing import readable
from anonymise.prose.names.listed.listed import find_listed
from anonymise.prose.names.listed.vietnamese import find_vietnamese
from anonymise.prose.names.nobody.gate import Gate
from anonymise.prose.names.officers import find_numbers
from anonymise.prose.names.placed.harmed import find_harmed
from anonymise.prose.names.placed.labelled import find_labelled
from anonymise.prose.names.placed.placed import find_placed
from anonymise.prose.names.placed.standing import words_of
from anonymise.prose.patterns.aged import find_ages
from anonymise.prose.patterns.all import PATTERNS
from anonymise.prose.patterns.pattern import Look, TextPattern, Wanted
from anonymise.prose.patterns.postcodes import can_be_postcode

PIECE: Final = 4_000
"""Most characters that NER sees at once: its memory grows with the text, and a judgment has 60,000."""
SECONDS: Final = 5
"""Most time for one pattern on one text; what needs more is not prose."""
MODEL: Final = 0.5
"""Score of what the model finds."""
LABELS: Final = {
    "PERSON": Entity.PERSON,
    "GPE": Entity.LOCATION,
    "LOC": Entity.LOCATION,
    "FAC": Entity.LOCATION,
    "ORG": Entity.ORGANISATION,
    "NORP": Entity.GROUP,
}
"""Labels of OntoNotes that name somebody or somewhere. Its DATE also means `weekly`; days are left to patterns."""


class PostcodeRecognizer(UkPostcodeRecognizer):
    """Presidio's recogniser of postcodes; without a blank, for areas that there are."""

    def invalidate_result(self, pattern_text: str) -> bool:
        """Whether a match is none."""
        return not can_be_postcode(pattern_text)


STOCK: Final[tuple[tuple[Entity, Callable[[], Any], float], ...]] = (
    (Entity.NHS_NUMBER, NhsRecognizer, 0.9),
    (Entity.POSTCODE, PostcodeRecognizer, 0.8),
    (Entity.PASSPORT, UkPassportRecognizer, 0.7),
    (Entity.IP_ADDRESS, IpRecognizer, 0.8),
    (Entity.BANK_ACCOUNT, CreditCardRecognizer, 0.9),
)
"""Presidio's own recognisers in use, with the score that ranks them among ours; all of them need a digit or a colon."""

_FIELDS: Final = regex.compile(r"""["']\s?[:,}\]]+\s?[{\[]?["']?|[{\[,:]\s?["']""")
"""What stands between a key and its value, and between fields (RFC 8259)."""
_COUNT: Final = regex.compile(r"\d{1,2}\s(?=\p{L})")
"""Before a name, of something else: `bed 4 Dr Patel`."""
_KEY: Final = regex.compile(r"""["']\s?:""")

logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL)
tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@dataclass(frozen=True, slots=True)
class _Rule:
    """One compiled pattern with the checks of its recogniser."""

    entity: Entity
    score: float
    wanted: Wanted
    compiled: Any
    recogniser: PatternRecognizer
    source: TextPattern | None

    def find(self, text: str) -> Iterator[Span]:
        """Yield what the pattern finds and no check turns away; raises TimeoutError."""
        for match in self.compiled.finditer(text, timeout=SECONDS):
            found = match.group()
            if not found or not self._holds(found):
                continue
            yield Span(match.start(), match.end(), self.entity, self.score)

    def _holds(self, found: str) -> bool:
        if self.source is not None:
            return self.source.check is None or self.source.check(found)
        return self.recogniser.validate_result(found) is not False and not self.recogniser.invalidate_result(found)


class Recognisers:
    """Finds identifiers in texts; made by `load_recognisers`, once a process."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._rules = (*_own_rules(), *_stock_rules())
        self._names = name_lists()
        self._gate = Gate(self._names)

    @property
    def recognisers(self) -> tuple[EntityRecognizer, ...]:
        """The Presidio recognisers behind the rules, each once."""
        return tuple({id(rule.recogniser): rule.recogniser for rule in self._rules}.values())

    def find(self, texts: Sequence[str]) -> list[tuple[Span, ...] | None]:
        """Find identifiers in each text; None where a text could not be searched to its end."""
        by_rule = [self._by_rules(text) for text in texts]
        rule_ends = [{span.start: span.end for span in spans or ()} for spans in by_rule]
        for place, span in self._by_model(texts):
            spans = by_rule[place]
            if spans is not None:
                spans.extend(_values(texts[place], _after_rules(texts[place], span, rule_ends[place])))
        return [
            None if spans is None else self._with_names(text, spans) for text, spans in zip(texts, by_rule, strict=True)
        ]

    def _with_names(self, text: str, spans: list[Span]) -> tuple[Span, ...]:
        """Add names that lists know, names that stand again, and the numbers of officers beside names."""
        words = words_of(text)
        named = (
            *find_listed(text, self._names, words),
            *find_placed(text, words, self._names),
            *find_vietnamese(text, words, self._names),
            *find_labelled(text, words),
            *find_harmed(text, words, self._names),
        )
        found = [*spans, *(one for one in named if not is_month(text, one))]
        again = (*find_repeated(text, found, self._names, words), *find_titled(text, found, words))
        found += (one for one in again if not is_month(text, one))
        return (*found, *find_numbers(text, found), *find_ages(text, found))

    def patterns_in(self, text: str) -> tuple[Span, ...]:
        """Find identifiers by pattern alone: for cells of a column, where there is no prose."""
        return tuple(self._by_rules(text) or ())

    def _by_rules(self, text: str) -> list[Span] | None:
        found: list[Span] = []
        typed = with_typed_numbers(text)
        # As it stands too: a dash that is none of a number's sets the number apart from the word before it.
        try:
            for reading in (text,) if typed == text else (text, typed):
                look = Look.at(reading)
                for rule in self._rules:
                    if rule.wanted.met_by(look):
                        found.extend(rule.find(reading))
        except TimeoutError:
            return None
        return [with_weekday(text, span) if span.entity is Entity.DATE else span for span in found]

    def _by_model(self, texts: Iterable[str]) -> Iterator[tuple[int, Span]]:
        pieces = [
            (place, start, piece)
            for place, text in enumerate(texts)
            for start, piece in _pieces(without_long_runs(text))
        ]
        shown = [readable(piece, self._names) for _, _, piece in pieces]
        posts: dict[int, bool] = {}
        for number, begin, end, label in self._reader.read(shown):
            kind = LABELS.get(label)
            if kind is None:
                continue
            place, start, piece = pieces[number]
            if number not in posts:  # the whole piece is looked through: once, however many findings it has
                posts[number] = is_post(piece)
            for first, last in self._gate.names_in(piece, shown[number], begin, end, kind, is_post=posts[number]):
                yield place, Span(start + first, start + last, kind, MODEL)


@cache
def load_recognisers(package: str, *, alone: bool = False) -> Recognisers:
    """Load the recognisers with the spaCy model that a package carries in its folder `_model`; once a process.

    Args:
        package: its name.
        alone: leave the lab's own model out: to measure what it adds.

    Raises:
        SettingsError: if there is no such package, or no model in it.
        InternalError: if the model recognises no names.
    """
    return Recognisers(load_reader(package, alone=alone))


def _after_rules(text: str, span: Span, rule_ends: Mapping[int, int]) -> Span:
    """Let a name of the model begin after what a rule found at its head: in `4412 Hughes` two things stand."""
    start = span.start
    while start in rule_ends and rule_ends[start] < span.end:
        start = rule_ends[start]
        while start < span.end and text[start].isspace():
            start += 1
    return span if start >= span.end else replace(span, start=start)


def _values(text: str, span: Span) -> Iterator[Span]:
    """Yield a name of the model; of several fields of JSON that it took for one name, each value, and no key."""
    number = _COUNT.match(text, span.start, span.end) if span.entity is Entity.PERSON else None
    start = span.start if number is None else number.end()
    for match in (*_FIELDS.finditer(text, span.start, span.end), None):
        end = span.end if match is None else match.start()
        if start < end and _KEY.match(text, end) is None:
            yield replace(span, start=start, end=end)
        start = span.end if match is None else match.end()


def _own_rules() -> Iterator[_Rule]:
    for pattern in (*PATTERNS, *HIDDEN):
        recogniser = PatternRecognizer(
            supported_entity=pattern.entity.name,
            name=f"datalab {pattern.entity.name}",
            patterns=[Pattern(pattern.entity.name, pattern.regex, pattern.score)],
        )
        flags = regex.IGNORECASE if pattern.any_case else 0
        compiled = regex.compile(pattern.regex, flags=flags)
        yield _Rule(pattern.entity, pattern.score, pattern.wanted, compiled, recogniser, pattern)


def _stock_rules() -> Iterator[_Rule]:
    for entity, kind, score in STOCK:
        recogniser = kind()
        for pattern in recogniser.patterns:
            # Of addresses of the internet, those of version 6 have colons, those of version 4 dots.
            needs = "0" if kind is not IpRecognizer else "." if pattern.name == "IPv4" else ":"
            compiled = regex.compile(pattern.regex, flags=recogniser.global_regex_flags)
            yield _Rule(entity, score, Wanted(characters=needs), compiled, recogniser, None)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Cut a text where there is a blank, so that no word is torn; one without blanks is cut as it comes."""
    start = 0
    while len(text) - start > PIECE:
        end = max(text.rfind(" ", start, start + PIECE), text.rfind("\n", start, start + PIECE))
        end = end if end > start else start + PIECE
        yield start, text[start:end]
        start = end
    if start < len(text):
        yield start, text[start:]
