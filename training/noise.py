"""The same text as people in a hurry write it: no capitals, all capitals, no stops, slips of the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from example import Example, Name


def noisy(example: Example, rng: Random) -> Example:
    """Return the text in a style drawn at random; half of the time as it is."""
    draw = rng.random()
    if draw < 0.50:
        return example
    if draw < 0.70:
        return _each(example, str.lower)
    if draw < 0.85:
        return _each(example, str.upper)
    if draw < 0.92:
        return _without(example, lambda letter: letter in ".,;:!?'")
    return _slipped(example, rng)


def _each(example: Example, change: Callable[[str], str]) -> Example:
    text = "".join(new if len(new := change(letter)) == 1 else letter for letter in example.text)
    return Example(text, example.names, example.complete)


def _without(example: Example, gone: Callable[[str], bool]) -> Example:
    places, kept = [0], []
    for letter in example.text:
        stays = not gone(letter)
        kept.append(letter if stays else "")
        places.append(places[-1] + stays)
    names = [Name(places[one.start], places[one.end], one.label) for one in example.names]
    return Example("".join(kept), tuple(one for one in names if one.end > one.start), example.complete)


def _slipped(example: Example, rng: Random) -> Example:
    """Swap two neighbouring letters here and there; nothing moves."""
    letters = list(example.text)
    for place in range(len(letters) - 1):
        if rng.random() < 0.02 and letters[place].isalpha() and letters[place + 1].isalpha():
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
    return Example("".join(letters), example.names, example.complete)
