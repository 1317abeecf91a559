"""What is read from noisy cells, by hand: the largest, those that are not negative, and tables by weight."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from chapters.afterwards import CHAPTER
from offence_tables import plan_of

from datalab.engine.noise import OpenDPNoise
from datalab.privacy.answer import dress
from datalab.privacy.plan import Cells, Plan

LARGEST, NOT_NEGATIVE, WEIGHED = (plan_of(example.question) for example in CHAPTER.examples)
NOISY = {"rows": (-4, 1, 9)}
"""Arson, burglary and theft, as the noise may have left them."""


def told(plan: Plan, noisy: Mapping[str, tuple[int, ...]]) -> dict[tuple[str, ...], float | None]:
    """Return the figure of every cell that is told."""
    answer = dress(plan, OpenDPNoise().price(plan), Cells(vectors=noisy), epsilon=0.0, delta=Fraction(1, 100))
    return {tuple(map(str, cell.keys)): cell.estimates[0].value for cell in answer.cells}


def test_the_most_frequent_is_the_largest_of_the_noisy_cells() -> None:
    """Of three noisy counts only the largest is told."""
    assert told(LARGEST, NOISY) == {("theft",): 9}


def test_counts_that_are_not_negative() -> None:
    """A count that noise took below 0 is told as 0, and no count below 0 is."""
    found = told(NOT_NEGATIVE, NOISY)

    assert found[("arson",)] == 0
    assert min(value for value in found.values() if value is not None) == 0


def test_weights_share_the_budget() -> None:
    """A table that matters three times as much gets less noise than the total."""
    price = OpenDPNoise().price(WEIGHED)

    assert price.scale("rows/1") < price.scale("rows/2")
