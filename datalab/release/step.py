"""The points of the outbound story that somebody outside can watch: to show progress, or to kill a process there."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """Each point, named when it is behind us."""

    PERMITTED = "permitted"
    CHECKED = "checked"
    PRICED = "priced"
    RESERVED = "reserved"
    CELLS = "cells"
    NOISED = "noised"
    ANSWERED = "answered"
    DECIDED = "decided"
    WRITTEN = "written"
    OUT = "out"
    RELEASED = "released"


Observer = Callable[[Step], None]
"""Hears of each step; what it does cannot change the story."""


def unobserved(_: Step) -> None:
    """Hear nothing."""
