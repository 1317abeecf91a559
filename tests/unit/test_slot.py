"""Slots: answers come at fixed times, whatever the work took."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from desk_lab import FailingEngine, build, question

from datalab.release.request import RequestState
from datalab.release.slot import Slots


class Clock:
    """A clock that only work and sleep move."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept = 0

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Sleep, and wake a little early as an operating system may."""
        self.slept += 1
        self.now += seconds * 0.9 if self.slept % 2 else seconds


@pytest.mark.parametrize(
    ("worked", "given"), [(0.0, 5), (0.1, 5), (4.999, 5), (5.0, 5), (5.001, 10), (9, 10), (10.5, 20), (100, 160)]
)
def test_an_answer_comes_at_the_next_slot(worked: float, given: float) -> None:
    """Slots double: 5, 10, 20, 40 seconds and so on; waking early changes nothing."""
    clock = Clock()
    slots = Slots(first=5, monotonic=clock, sleep=clock.sleep)

    began = slots.begin()
    clock.now += worked
    slots.wait(began)

    assert clock.now - began == pytest.approx(given)


def test_without_slots_nobody_waits() -> None:
    """A first slot of 0 gives each answer when it is there."""
    clock = Clock()
    slots = Slots(first=0, monotonic=clock, sleep=clock.sleep)
    slots.wait(slots.begin())

    assert clock.slept == 0


@pytest.mark.parametrize("fails", [False, True])
def test_the_desk_gives_answers_and_failures_at_a_slot(tmp_path: Path, *, fails: bool) -> None:
    """An answer is stored no earlier than its slot, and so is a failure: state and time tell the same of both."""
    lab = build(tmp_path / "lab")
    clock = Clock()
    desk = replace(lab.desk, slots=Slots(first=5, monotonic=clock, sleep=clock.sleep))
    if fails:
        desk = replace(desk, engine=FailingEngine("x"))

    request = desk.submit(question(), project="safer", author="ann")

    assert request.state is (RequestState.FAILED if fails else RequestState.ANSWERED)
    assert clock.now == pytest.approx(105)
