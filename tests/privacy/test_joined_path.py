"""Joins, windows and events under attack: the unit is in every dataset of the question, or in none of them.

As `test_whole_path`, on the worst neighbours that each way of joining allows: one event that meets R rows, R events
that meet R rows each, a public row that is met by many.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attack import FEW, attack, cells_of_both, claim, less_noise, seen_from, without
from attacked import HEAVY, JOINED, forgetful, forgetful_after_joining
from neighbours import laid_out
from pyspark.sql import SparkSession

from datalab.engine.spark.engine import SparkEngine


@pytest.mark.parametrize("kind", JOINED)
def test_no_attacker_beats_the_claim_on_a_join(kind: str, measured: Callable[..., None]) -> None:
    """However datasets are brought together, a unit that is in all of them or in none moves no more than is claimed."""
    plan = JOINED[kind].plan
    found = attack(plan, *cells_of_both(plan, JOINED[kind].tables, HEAVY))

    measured(kind, f"{found:.2f}", f"{claim(plan):.2f}")
    assert 0 < found <= claim(plan)


@pytest.mark.parametrize("kind", JOINED)
def test_noise_too_small_is_caught_on_a_join(kind: str, measured: Callable[..., None]) -> None:
    """The same attack exceeds the claim where the noise is a third of what it should be."""
    plan = JOINED[kind].plan
    one, other = cells_of_both(plan, JOINED[kind].tables, HEAVY)

    found = attack(plan, one, other, noised_by=less_noise(plan, 3), replicas=FEW)
    sharp = seen_from(plan, one, other)
    measured(f"{kind}, a third of the noise (seen from {sharp})", f"{found:.2f}", f"{claim(plan):.2f}", control=True)
    assert found > claim(plan)


AFTER_JOINING = [
    "window join, R events meet R rows each",
    "unit join, the unit removed from both",
    "share of pairs",
    "two quantiles of pairs",
    "the most frequent of pairs",
    "tables of pairs together",
]
"""Both sides are bounded before they meet: R x R pairs are left to be bounded."""


@pytest.mark.parametrize("kind", JOINED)
def test_bounds_left_out_of_a_join_are_caught(kind: str, measured: Callable[..., None]) -> None:
    """The same attack exceeds the claim where an engine forgets the bound on rows, after joining or altogether."""
    plan = JOINED[kind].plan
    forgotten, what = (
        (forgetful_after_joining, "R left out after the join")
        if kind in AFTER_JOINING
        else (forgetful, "R left out everywhere")
    )
    one, other = cells_of_both(forgotten(plan), JOINED[kind].tables, HEAVY)
    found = attack(plan, one, other, replicas=FEW)

    measured(f"{kind}, {what}", f"{found:.2f}", f"{claim(plan):.2f}", control=True)
    assert found > claim(plan)


@pytest.mark.spark
@pytest.mark.parametrize(
    "kind",
    ["window join, R events meet R rows each", "events without a partner", "events with another of the same unit"],
)
def test_no_attacker_beats_the_claim_on_a_join_in_spark(
    kind: str, spark: SparkSession, tmp_path: Path, measured: Callable[..., None]
) -> None:
    """Joins by window, with and without partners, hold on Spark too: one exact answer of each world, noised often."""
    plan, tables = JOINED[kind].plan, JOINED[kind].tables
    laid = []
    for world, rows in (("with", tables), ("without", without(tables, HEAVY))):
        folder = tmp_path / world
        folder.mkdir()
        laid.append(laid_out(spark, folder, plan, rows, 2))
    one, other = (SparkEngine(spark).cells(plan, where) for where in laid)

    found = attack(plan, one, other)
    measured(f"{kind}, on the spark engine", f"{found:.2f}", f"{claim(plan):.2f}")
    assert (one, other) == cells_of_both(plan, tables, HEAVY)
    assert 0 < found <= claim(plan)
