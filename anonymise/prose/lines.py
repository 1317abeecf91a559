"""Names by the line: a finding that crosses the end of a line is as many people, unless one name goes on behind it.

Lists of who was there stand a name a line. Taken for one person, all of them would have said and done what each of them
did; in doubt there are two, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import WORD, bare, name_lists
from anonymise.prose.names.listed.listed import PARTICLES
from anonymise.prose.replacing.sexes import sex_of

_LINE = regex.compile(r"\S[^\n]*(?<=\S)")
_TORN = regex.compile(r"-?\n\p{Ll}{2,20}(?![\p{L}-])")
"""The rest of a word that goes on in the next line: `Jona-`, `than`."""
_TITLES: Final = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "pc", "dc", "ps", "prof", "rev", "cllr", "sgt"))
"""Titles whose name can follow on the next line."""


def by_line(text: str, span: Span) -> Iterator[Span]:
    """Yield a finding without blanks around it; of a person, the name of each line.

    Args:
        text: cleaned text.
        span: what was found in it.
    """
    if span.entity is Entity.PERSON and (rest := _TORN.match(text, span.end)) and _is_torn(text, span, rest):
        span = replace(span, end=rest.end())
    said = text[span.start : span.end]
    if said and "\n" not in said and not said[0].isspace() and not said[-1].isspace():
        yield span  # as nearly all are
        return
    lines = [(match.start() + span.start, match.end() + span.start) for match in _LINE.finditer(said)]
    if span.entity is not Entity.PERSON:
        lines = [(lines[0][0], lines[-1][1])] if lines else []
    begun = 0
    for place, (_, end) in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else None
        if following is None or not _goes_on(text[slice(*lines[place])], text[slice(*following)]):
            yield replace(span, start=lines[begun][0], end=end)
            begun = place + 1


def _goes_on(line: str, following: str) -> bool:
    """Whether one name goes on in the next line: after a title or a particle, or a given name before none."""
    if line.endswith("=") or (line.endswith("-") and following[0].islower()):
        return True  # a soft end of a line (quoted-printable, RFC 2045), or a word that is torn there
    before, behind = ([bare(match.group()) for match in WORD.finditer(one)] for one in (line, following))
    if not before or not behind or before[-1] in _TITLES or before[-1] in PARTICLES or behind[0] in PARTICLES:
        return True
    called = before[1:] if before[0] in _TITLES else before
    return len(called) == len(behind) == 1 and _is_given(called[0]) and sex_of(behind[0]) is None


def _is_torn(text: str, span: Span, rest: regex.Match[str]) -> bool:
    """Whether a name that was found is the head of a word that a hyphen tears at the end of a line."""
    return text[span.end - 1] == "-" or rest.group().startswith("-")


def _is_given(word: str) -> bool:
    lists = name_lists()
    return sex_of(word) is not None or (lists.is_given(word) and not lists.is_surname(word))
