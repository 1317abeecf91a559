"""A grammar of prose: rules with alternatives, told with a cast into a text whose identifiers are marked.

A rule file is TOML: `[rules]` maps a rule's name to its alternatives. In an alternative, `{name}` is another rule or a
slot of the cast, `{name?}` is told half of the time. An alternative with a slot that nobody plays is never chosen.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random

from datalab.sample.narratives.cast import Cast
from datalab.sample.narratives.marks import Mark, Text

_HOLE = re.compile(r"\{([a-z_.]+)(\??)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A place in an alternative that a rule or a slot fills."""

    name: str
    optional: bool
    is_rule: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way to say a rule: words and holes in turn."""

    parts: tuple[str | Hole, ...]
    needs: frozenset[str]
    """Slots that must be cast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """Rules by name."""

    rules: dict[str, tuple[Alternative, ...]]

    @property
    def slots(self) -> frozenset[str]:
        """Every slot that some alternative needs."""
        return frozenset(slot for rule in self.rules.values() for alternative in rule for slot in alternative.needs)


@cache
def read_grammar(name: str) -> Grammar:
    """Read one of the package's rule files, once."""
    stated = tomllib.loads((files("datalab.sample.narratives") / f"{name}.toml").read_text(encoding="utf-8"))["rules"]
    return Grammar(
        rules={rule: tuple(_alternative(text, frozenset(stated)) for text in texts) for rule, texts in stated.items()}
    )


def _alternative(text: str, rules: frozenset[str]) -> Alternative:
    parts: list[str | Hole] = []
    place = 0
    for found in _HOLE.finditer(text):
        if found.start() > place:
            parts.append(text[place : found.start()])
        parts.append(Hole(name=found[1], optional=bool(found[2]), is_rule=found[1] in rules))
        place = found.end()
    if place < len(text):
        parts.append(text[place:])
    holes = [part for part in parts if isinstance(part, Hole)]
    return Alternative(
        parts=tuple(parts), needs=frozenset(hole.name for hole in holes if not hole.is_rule and not hole.optional)
    )


class _Page:
    """The text as far as it is written."""

    __slots__ = ("length", "marks", "pieces")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.marks: list[Mark] = []
        self.length = 0

    def write(self, text: str) -> None:
        if text.startswith(" ") and (not self.pieces or self.pieces[-1].endswith(" ")):
            text = text[1:]  # an optional part was left out
        if text:
            self.pieces.append(text)
            self.length += len(text)


def tell(grammar: Grammar, rule: str, cast: Cast, rng: Random) -> Text:
    """Tell a rule with a cast.

    One text in twelve is all lower case, one in seventeen all upper case; one in eight has slips of the keyboard
    between its identifiers (an identifier itself is always as cast, so that its mark can be checked).
    """
    page = _Page()
    _tell(grammar, rule, cast, rng, page, sloppy=rng.random() < 0.12)
    text = "".join(page.pieces)
    style = rng.random()
    if style < 0.08:
        text = _each(text, str.lower)
    elif style < 0.14:
        text = _each(text, str.upper)
    return Text(text=text, marks=tuple(page.marks))


def _tell(grammar: Grammar, rule: str, cast: Cast, rng: Random, page: _Page, *, sloppy: bool) -> None:
    way = _way(grammar.rules[rule], cast, rng)
    if way is None:
        return
    for part in way.parts:
        if isinstance(part, str):
            page.write(_smudged(part, rng) if sloppy and rng.random() < 0.3 else part)
        elif part.optional and (rng.random() < 0.5 or (not part.is_rule and part.name not in cast)):
            continue
        elif part.is_rule:
            _tell(grammar, part.name, cast, rng, page, sloppy=sloppy)
        else:
            said = cast.say(part.name, rng)
            if said.type is not None:
                page.marks.append(
                    Mark(start=page.length, end=page.length + len(said.text), type=said.type, who=said.who)
                )
            page.write(said.text)


def _way(ways: tuple[Alternative, ...], cast: Cast, rng: Random) -> Alternative | None:
    """Draw one of the ways that the cast can play, each as likely; None where it can play none."""
    for _ in range(4):  # drawing again is cheaper than trying all
        way = ways[int(len(ways) * rng.random())]
        if all(slot in cast for slot in way.needs):
            return way
    possible = [way for way in ways if all(slot in cast for slot in way.needs)]
    return rng.choice(possible) if possible else None


def _smudged(text: str, rng: Random) -> str:
    """Return words with two neighbouring letters swapped; the length stays."""
    place = rng.randrange(len(text))
    if place + 1 < len(text) and text[place].isalpha() and text[place + 1].isalpha():
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text


def _each(text: str, change: Callable[[str], str]) -> str:
    """Change letters one by one, leaving those alone that would become two: places in the text must hold."""
    return "".join(new if len(new := change(letter)) == 1 else letter for letter in text)
