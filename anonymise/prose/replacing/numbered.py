"""Numbered placeholders: `[PERSON 1]`, `[PERSON 2]`, `[ORGANISATION 1]`, one number for the same one in a document.

Numbers follow the order of appearance and nothing else, so that they say no more than the text with its names crossed
out. In a dataset whose rows hold names, PERSON 1 is whom the row is about, in every document, and nobody else is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import name_lists
from anonymise.prose.replacing.mention import read_mentions, told_apart
from anonymise.prose.replacing.people import SUBJECT, who_is_who


def identities(text: str, spans: Sequence[Span], subject: frozenset[str]) -> list[Hashable]:
    """Return for each span what it names: equal for spans of one kind that name the same.

    Args:
        text: cleaned text.
        spans: what was found in it, in order.
        subject: words of the names of the person whom the row is about.
    """
    named = [span for span in spans if span.entity is Entity.PERSON]
    people = iter(
        who_is_who(read_mentions(text, named), subject, name_lists(), apart=told_apart(text, named)) if named else ()
    )
    return [
        next(people) if span.entity is Entity.PERSON else _key(text[span.start : span.end], span.entity)
        for span in spans
    ]


def numbered(spans: Sequence[Span], named: Sequence[Hashable], *, subject_first: bool) -> list[str]:
    """Return the placeholder of each span.

    Args:
        spans: what was found, in order.
        named: what each names, from `identities`.
        subject_first: PERSON 1 is kept for the person whom the row is about.
    """
    numbers: dict[Entity, dict[Hashable, int]] = defaultdict(dict)
    if subject_first:
        numbers[Entity.PERSON][SUBJECT] = 1
    placeholders = []
    for span, one in zip(spans, named, strict=True):
        own = numbers[span.entity]
        placeholders.append(f"[{span.entity.value} {own.setdefault(one, len(own) + 1)}]")
    return placeholders


def _key(written: str, entity: Entity) -> str:
    """Return what is the same for two ways to write one thing."""
    folded = written.casefold()
    if entity in (Entity.ORGANISATION, Entity.LOCATION):
        folded = folded.removeprefix("the ").removesuffix("'s").removesuffix("\u2019s")
    key = "".join(filter(str.isalnum, folded))
    if entity is Entity.PHONE and "+" in written and key.startswith("44"):
        return "0" + key[2:].removeprefix("0")
    return key
