"""Ways out by Spark, tried in a whole sandbox in one session, and again in a session without the walls.

The control takes all the walls away at once, so that Java starts once; `test_escapes.py` shows which wall holds what.
The weaker mode is among the long-running tests.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from escapes.attempt import Attempt, Outcome
from escapes.machine import holds
from escapes.spark import SPARK
from escapes.spark.session import WALLS, kit
from escapes.trial import trial
from sandboxes import MODES, why_not

pytestmark = [
    pytest.mark.enclave,
    pytest.mark.spark,
    pytest.mark.skipif(not shutil.which("java"), reason="needs Java"),
]
DECISIVE = (
    "spark.read.text of another project's view",
    "spark.read.binaryFile of the hub's database",
    "a function of Python that reads the hub's database",
    "a program started by Java",
    "write.parquet into another project",
    "an append to a table of the project's own view",
    "the Spark UI, seen from outside",
    "a function of Python that connects",
    "a socket of Java's",
    "a name asked for by Java, with data in it",
    "Hadoop's file system over http",
    "spark.read.jdbc",
    "a package of Maven's, fetched by Ivy",
    "a file from elsewhere (addFile)",
)
"""Tried always; the others among the long-running tests."""
EVERY = [pytest.param(one, id=one.name, marks=() if one.name in DECISIVE else pytest.mark.slow) for one in SPARK]
STRONGEST = next((one for one in MODES if not why_not(one)), MODES[0])


@pytest.fixture(
    scope="module", params=[pytest.param(one, marks=() if one == STRONGEST else pytest.mark.slow) for one in MODES]
)
def tried(request: pytest.FixtureRequest) -> Iterator[dict[str, Outcome]]:
    """What became of every attempt in a whole sandbox."""
    if reason := why_not(request.param):
        pytest.skip(reason)
    with trial(request.param) as one:
        yield one.run(_chosen(request, "tried"), kit=kit(one))


@pytest.fixture(scope="module")
def opened(request: pytest.FixtureRequest) -> Iterator[dict[str, Outcome]]:
    """What became of every attempt without walls, in the strongest mode that this machine has."""
    if reason := why_not(STRONGEST):
        pytest.skip(reason)
    with trial(STRONGEST) as one:
        yield one.run([attempt for attempt in _chosen(request, "opened") if _has_control(attempt)], WALLS, kit(one))


def _chosen(request: pytest.FixtureRequest, fixture: str) -> list[Attempt]:
    """Return those that were selected for this run, in their order."""
    items: list[Any] = [
        one for one in request.session.items if one.path == request.path
    ]  # others have such a fixture too
    asked = [one.callspec.params for one in items if fixture in one.fixturenames and hasattr(one, "callspec")]
    names = {params["attempt"].name for params in asked if "attempt" in params}
    return [one for one in SPARK if one.name in names]


def _has_control(attempt: Attempt) -> bool:
    return holds(attempt.needs) and (STRONGEST == "root" or not attempt.root_only)


@pytest.mark.parametrize("attempt", EVERY)
def test_spark_is_held(attempt: Attempt, tried: dict[str, Outcome]) -> None:
    """What a Spark session inside a sandbox tries reaches neither a listener nor a file that is not the project's."""
    assert not tried[attempt.name].through, tried[attempt.name].detail


@pytest.mark.parametrize("attempt", EVERY)
def test_spark_gets_through_without_walls(attempt: Attempt, opened: dict[str, Outcome]) -> None:
    """The same attempt succeeds where the walls are taken away, so its failure says something of them."""
    if attempt.name not in opened:
        pytest.skip("Only a real root could do this, and the tests are not root.")

    assert opened[attempt.name].through, opened[attempt.name].detail
