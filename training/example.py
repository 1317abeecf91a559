"""A text to learn from, and the names in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """A stretch of a text, from `start` up to and without `end`, with a label of OntoNotes."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Example:
    """A text and its names, in order, none within another."""

    text: str
    names: tuple[Name, ...]
    complete: bool = True
    """All people, places and bodies are named; else the stock model's opinion fills the rest."""
