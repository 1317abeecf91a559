"""People apart: a finding that holds several people is as many, and one that runs into an address leaves the name out.

The model reads `PS Wardle and DC Haq. Haq` as one body, and `Ion Ciobanu of Flat 12` as one person. Numbered
placeholders would then make one of two people, and nobody who reads the text could tell. In doubt there are two.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import WORD, bare, name_lists
from anonymise.prose.names.nobody.words import BODIES, TITLES
from anonymise.prose.replacing.sexes import sex_of

_NAMED: Final = frozenset((Entity.PERSON, Entity.ORGANISATION, Entity.LOCATION))
"""What the model takes people for."""
_NO_OTHER: Final = _NAMED | {Entity.GROUP, Entity.HIDDEN, Entity.KNOWN}
"""What else is a number, a day or a place with a shape of its own."""
_STOP = regex.compile(r"(?<=([\p{L}\p{M}'\u2019-]+))[.!?]\s+(?=[\"'(\u2018\u201c]?\p{Lu})")
_LAST = regex.compile(r"([\p{L}\p{M}'\u2019-]+)[.!?]$")
_LONGEST: Final = 40
"""Characters of the longest word that is looked at."""
_JOINT = regex.compile(r",?\s(?:[Aa][Nn][Dd]|&|n)\s")
_COMMA = regex.compile(r",\s(?=\p{L})")
_POSSESSIVE = regex.compile(r"(?<=\p{L}['\u2019]s)\s(?=\p{Ll}{3})")
"""Before whose somebody is: `Bridget's husband Martin`."""
_SHORTENED: Final = TITLES | frozenset(
    ("st", "mt", "ft", "dept", "univ", "no", "hon", "rt", "bros", "messrs", "fr", "jr", "snr", "sgt", "insp", "supt")
)
"""Words that are written with a full stop, and go on."""
_OF_A_FIRM: Final = BODIES | frozenset(
    ("sons", "son", "co", "company", "ltd", "limited", "llp", "plc", "partners", "daughters")
)
"""Behind `and` these go on with the name of a firm."""
_OF_A_NAME: Final = frozenset(("jr", "jnr", "junior", "sr", "snr", "senior", "esq", "qc", "kc", "mbe", "obe", "mp"))
"""Behind a comma these go on with a name."""

_SHORTEST: Final = 5
"""Characters of the shortest finding that can hold two names."""
_Person = tuple[int, int, float]
"""Where a finding of a person begins and ends, and its score."""


def apart(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return findings of which none holds several people, or a person beside something that has its own shape.

    What was covered is covered still, but for full stops, commas and the words `and` and `&` between two people.

    Args:
        text: cleaned text.
        spans: what was found in it.
    """
    people = sorted((span.start, span.end, span.score) for span in spans if span.entity is Entity.PERSON)
    if not people:
        return list(spans)
    others = _union(span for span in spans if span.entity not in _NO_OTHER)
    ends = {end for _, end, _ in people}
    single: list[Span] = []
    for found in spans:
        # `caoimhe n oisin`, of which `n oisin` was found too
        is_behind = (
            text.startswith("n ", found.start) and found.start - 1 in ends and found.end - found.start > _SHORTEST
        )
        span = replace(found, start=found.start + 2) if is_behind else found
        if span.entity not in _NAMED or span.end - span.start < _SHORTEST:
            single.append(span)
            continue
        for part in _people(text, span, people):
            single.extend(_beside(text, part, people, others))
    return single


def _people(text: str, span: Span, people: Sequence[_Person]) -> Iterator[Span]:
    """Yield the people of a finding; a body or a place is cut where a more telling finding of a person is beside."""
    start = span.start
    for first, behind in _cuts(text, span, people):
        if first > start:
            yield replace(span, start=start, end=first)
            start = behind
    yield replace(span, start=start)


def _cuts(text: str, span: Span, people: Sequence[_Person]) -> list[tuple[int, int]]:
    cuts: list[tuple[int, int]] = []
    is_person = span.entity is Entity.PERSON
    for stop in _STOP.finditer(text, span.start, span.end):
        first, behind = stop.span()
        are_people = is_person or _told(people, span.start, first, span) or _told(people, behind, span.end, span)
        cuts += [(first, behind)] if are_people and _is_stop(stop) else []
    for joint, are_two in ((_JOINT, _are_two), (_COMMA, _are_listed)):
        for first, behind in (one.span() for one in joint.finditer(text, span.start, span.end)):
            are_people = is_person or (_told(people, span.start, first, span) and _told(people, behind, span.end, span))
            cuts += [(first, behind)] if are_people and are_two(text, span, first, behind) else []
    if is_person:
        cuts += (one.span() for one in _POSSESSIVE.finditer(text, span.start, span.end))
    return sorted(cuts)


def _told(people: Sequence[_Person], start: int, end: int, span: Span) -> bool:
    """Whether a more telling finding of a person lies there."""
    first = bisect_left(people, (start,))
    among = people[first : bisect_left(people, (end,))]
    return any(person_end <= end and score > span.score for _, person_end, score in among)


def _are_two(text: str, span: Span, end: int, start: int) -> bool:
    """Whether two names stand on the sides of `and`, and no firm's name does."""
    before, behind = (_words(text, *side) for side in ((span.start, end), (start, span.end)))
    if not before or not behind or not _OF_A_FIRM.isdisjoint(map(bare, behind)):
        return False
    joint = text[end:start].strip(" ,")
    if joint == "n":  # `caoimhe n oisin`
        return name_lists().is_given(bare(before[-1])) and name_lists().is_given(bare(behind[0]))
    is_small = before[0].islower() and behind[0].islower()
    return behind[0][0].isupper() or bare(behind[0]) in TITLES or (is_small and name_lists().is_given(bare(behind[0])))


def _are_listed(text: str, span: Span, end: int, start: int) -> bool:
    """Whether two people stand on the sides of a comma: no given name behind a surname, nor what follows a name."""
    head = max(text.rfind(",", span.start, end) + 1, span.start)
    tail = text.find(",", start, span.end)
    sides = (head, end), (start, span.end if tail < 0 else tail)
    before, behind = ([bare(word) for word in _words(text, *side)] for side in sides)
    if not before or not behind or behind[0] in _OF_A_NAME or behind[-1] in TITLES:
        return False
    if before[0] in TITLES or behind[0] in TITLES:
        return True
    if text[span.start].isupper() and not text[start].isupper():
        return False
    last, given, lists = before[0], behind[0], name_lists()
    is_surname = sex_of(last) is None and (lists.is_surname(last) or not lists.is_given(last))
    is_given = len(given) == 1 or sex_of(given) is not None or (lists.is_given(given) and not lists.is_surname(given))
    return not (is_surname and is_given)


def _beside(
    text: str, span: Span, people: Sequence[_Person], others: Sequence[tuple[int, int, float]]
) -> Iterator[Span]:
    """Yield a finding without what is more telling in it, where a name was found in the rest; else the whole of it."""
    rest: list[tuple[int, int]] = []
    start = span.start
    first = bisect_left(others, (span.start,))
    for begin, end, score in others[first - (first > 0 and others[first - 1][1] > span.start) :]:
        if begin >= span.end:
            break
        if score > span.score:
            rest.append((start, begin))
            start = end
    rest = [(begin, end) for begin, end in (*rest, (start, span.end)) if any(map(str.isalnum, text[begin:end]))]
    if start == span.start or not any(_holds(people, *one) for one in rest):
        yield span
        return
    for begin, end in rest:
        if _holds(people, begin, end):
            at = next(at for at in range(begin, end) if text[at].isalnum())
            yield replace(span, start=at, end=begin + len(text[begin:end].rstrip()))
        else:  # what is no name goes with what stands beside it
            yield replace(span, start=max(span.start, begin - 1), end=min(span.end, end + 1))


def _holds(people: Sequence[_Person], start: int, end: int) -> bool:
    """Whether a finding of a person lies there."""
    among = people[bisect_left(people, (start,)) : bisect_left(people, (end,))]
    return any(person_end <= end for _, person_end, _ in among)


def _union(spans: Iterable[Span]) -> list[tuple[int, int, float]]:
    """Return where spans lie, in order and without overlap, with the score of the most telling one."""
    union: list[tuple[int, int, float]] = []
    for span in sorted(spans, key=lambda one: one.start):
        if union and span.start < union[-1][1]:
            start, end, score = union[-1]
            union[-1] = (start, max(end, span.end), max(score, span.score))
        else:
            union.append((span.start, span.end, span.score))
    return union


def are_apart(text: str, end: int) -> bool:
    """Whether what stands behind a person and a blank is somebody else: behind the end of a sentence, or whose it is.

    Args:
        text: cleaned text.
        end: of the person.
    """
    is_stop = text[end - 1] in ".!?" and _is_stop(_LAST.search(text, max(0, end - _LONGEST), end))
    return is_stop or _POSSESSIVE.match(text, end) is not None


def _is_stop(stop: regex.Match[str] | None) -> bool:
    word = "" if stop is None else bare(stop.group(1))
    return len(word) > 1 and word not in _SHORTENED


def _words(text: str, start: int, end: int) -> list[str]:
    return [match.group() for match in WORD.finditer(text, start, end)]
