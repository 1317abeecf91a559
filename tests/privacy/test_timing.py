"""Failures and refusals take as long, and say the same, whatever the rows are; desks that do not are caught.

Answers at the door of a release service: `test_door_timing.py`.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from desk_lab import DeskLab, build, question

from datalab.errors import UserError
from datalab.privacy.plan import Cells, Plan
from datalab.privacy.table import TableRef
from datalab.query.model import ColumnRef, Sum
from datalab.release.request import RequestState
from datalab.release.slot import Slots


class Clock:
    """A clock that only work and sleep move."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def work(self, seconds: float) -> None:
        """Take so long."""
        self.now += seconds


class RowsTakeTime:
    """An engine that works as long as there are rows, and then answers or fails."""

    def __init__(self, clock: Clock, seconds: float, *, fails: bool) -> None:
        self.clock, self.seconds, self.fails = clock, seconds, fails

    def cells(self, plan: Plan, tables: Mapping[str, TableRef]) -> Cells:  # noqa: ARG002 - the port's
        """Work, then answer or fail."""
        self.clock.work(self.seconds)
        if self.fails:
            message = "It failed after so many rows."
            raise RuntimeError(message)
        return Cells(vectors={part.name: (1_000,) * part.size for part in plan.parts})


def times_at_the_door(lab: DeskLab, slot: float) -> dict[tuple[float, bool], float]:
    """Return how long questions take whose work takes longer with rows, and which are answered or fail."""
    found = {}
    for number, seconds in enumerate((0.001, 0.5, 1.0, 4.9)):
        for fails in (False, True):
            clock = Clock()
            desk = replace(
                lab.desk,
                slots=Slots(first=slot, monotonic=clock, sleep=clock.work),
                engine=RowsTakeTime(clock, seconds, fails=fails),
            )
            request = desk.submit(question(2 * number + fails, rho=Fraction(1, 100)), project="safer", author="ann")
            assert request.state is (RequestState.FAILED if fails else RequestState.ANSWERED)
            found[seconds, fails] = clock.now
    return found


def test_failures_take_as_long_as_answers_whatever_the_rows(tmp_path: Path, measured: Callable[..., None]) -> None:
    """Answers and failures within a slot are told at its end, all at the same time, however long their work took."""
    times = set(times_at_the_door(build(tmp_path / "slots"), 5).values())
    measured("different times of answers and failures of short and long work, at slots", f"{len(times)}", "1")
    assert times == {5}

    at_once = set(times_at_the_door(build(tmp_path / "none"), 0).values())
    measured("the same without slots", f"{len(at_once)}", "1", control=True)
    assert len(at_once) == 4


AGES = (Sum(column=ColumnRef(name="age"), name="sum"),)
NO_COLUMN = replace(question(), query=replace(question().query, measures=AGES))
REFUSED = {
    "a column that is not there": (NO_COLUMN, "ann"),
    "more budget than there is": (question(rho=Fraction(1, 2)), "ann"),
    "more budget than a question may cost": (question(rho=Fraction(10)), "ann"),
    "somebody else's project": (question(), "rex"),
}
"""Questions that are refused, and who asks them."""


REFUSALS = 150
REFUSAL_TOLD = 0.33
"""Four standard errors of a correlation over so many refusals."""


class Untouchable:
    """An engine that no refused question may reach."""

    def cells(self, plan: Plan, tables: Mapping[str, TableRef]) -> Cells:  # noqa: ARG002 - the port's
        """Fail the test."""
        pytest.fail("A question that is refused was computed.")


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> DeskLab:
    """A lab with little budget and a large view, which can be put away."""
    lab = build(tmp_path_factory.mktemp("refusing") / "lab", grant=Fraction(1, 4))
    view = lab.folder / "views" / "safer" / "incidents" / "v0001"
    view.mkdir(parents=True)
    (view / "part.parquet").write_bytes(b"x" * 2**24)
    return replace(lab, desk=replace(lab.desk, engine=Untouchable(), slots=Slots(first=5)))


def refusal(lab: DeskLab, why: str) -> str:
    """Return a refusal's text."""
    asked, person = REFUSED[why]
    with pytest.raises(UserError) as refused:
        lab.desk.submit(asked, project="safer", author=person)
    return str(refused.value)


def told_by_time(lab: DeskLab, work: Callable[[], str], rounds: int) -> tuple[set[str], float]:
    """Return what is said, and the rank correlation of its time with whether the view's rows are there."""
    dice, views = random.Random(20261124), lab.folder / "views"
    away = lab.folder / "views-away"
    said, times, worlds = set(), [], []
    for _ in range(rounds):
        full = dice.random() < 0.5
        if not full:
            views.rename(away)
        began = time.perf_counter()
        said.add(work())
        times.append(time.perf_counter() - began)
        worlds.append(full)
        if not full:
            away.rename(views)
    return said, float(np.corrcoef(np.argsort(np.argsort(times)), worlds)[0, 1])


@pytest.mark.parametrize("why", REFUSED)
def test_a_refusal_does_not_depend_on_rows(why: str, refusing: DeskLab, measured: Callable[..., None]) -> None:
    """What is refused is refused before data are read: in the same words, as quickly, with all rows or with none."""
    said, found = told_by_time(refusing, lambda: refusal(refusing, why), REFUSALS)

    measured(f"refused for {why}, with rows or without", f"{found:+.3f}", f"±{REFUSAL_TOLD:.2f}")
    assert len(said) == 1
    assert abs(found) < REFUSAL_TOLD


def test_a_refusal_that_reads_first_is_caught(refusing: DeskLab, measured: Callable[..., None]) -> None:
    """A desk that read its views before it refused would be told from its time by the same measure."""

    def read_first() -> str:
        for file in (refusing.folder / "views").rglob("*.parquet"):
            hashlib.sha256(file.read_bytes())
        return refusal(refusing, "a column that is not there")

    _, found = told_by_time(refusing, read_first, REFUSALS // 3)
    measured("refused after reading all rows", f"{found:+.3f}", f"±{REFUSAL_TOLD:.2f}", control=True)
    assert found > REFUSAL_TOLD
