"""Texts that people wrote: tweets with names marked, judgments and case notes with names as far as they are known.

Sources and licences: MODEL_CARD.md. The corpora that are measured as unseen are never opened here.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import corpora
from example import Example, Name
from invented import Person
from marked import MarkedText, Relation

from anonymise.prose.lists.names import WORD, name_lists

OF_TWEETS = {"person": "PERSON", "place": "GPE", "organisation": "ORG"}
PIECE = 700
"""Characters of a judgment learnt from at once."""
Silver = Callable[[str], list[Name]]


def tweets(folder: Path) -> tuple[list[Example], list[Example]]:
    """Return tweets to learn from, and one in five to stop by."""
    told = [
        _marked(text) for part in "ag" for text in corpora.tweets(folder, part, Relation.SAME_SOURCE).texts if text.text
    ]
    return [one for number, one in enumerate(told) if number % 5], told[::5]


def _marked(text: MarkedText) -> Example:
    names = [Name(one.start, one.end, OF_TWEETS[one.kind]) for one in text.truths if one.kind in OF_TWEETS]
    return Example(text.text, tuple(sorted(names, key=lambda name: name.start)))


def judgments(folder: Path, silver: Silver) -> Iterator[Example]:
    """Yield pieces of the judgments that may be read, with the names that rules, lists and the stock model find."""
    for text in corpora.judgments(folder, held_out=False, most=400).texts:
        for start in range(0, len(text.text), PIECE):
            piece = text.text[start : start + PIECE].strip()
            if piece:
                yield Example(piece, tuple(silver(piece)), complete=False)


def case_notes(folder: Path, silver: Silver) -> Iterator[Example]:
    """Yield case notes with the names that are found in them."""
    with (folder / "casework/synthetic-case-notes.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield Example(row["case_note"], tuple(silver(row["case_note"])), complete=False)


def renamed(example: Example, rng: Random) -> Example:
    """Return the same text about other people: a word of a person's name becomes another, the same each time."""
    lists = name_lists()
    other: dict[str, str] = {}
    text, names, done = "", [], 0
    for name in example.names:
        text += example.text[done : name.start]
        said = example.text[name.start : name.end]
        if name.label == "PERSON":
            said = WORD.sub(lambda found: _other(found.group(), other, lists.given, rng), said)
        names.append(Name(len(text), len(text) + len(said), name.label))
        text += said
        done = name.end
    return Example(text + example.text[done:], tuple(names), example.complete)


def _other(word: str, other: dict[str, str], given: frozenset[str], rng: Random) -> str:
    key = word.casefold()
    if len(key) == 1 or re.fullmatch(r"mrs?|ms|dr|miss|and|de|van|von|al|bin|el", key):
        return word
    if key not in other:
        person = Person(rng)
        other[key] = person.given if key in given else person.family or person.given
    said = other[key]
    return said.upper() if word.isupper() else said.lower() if word.islower() else said
