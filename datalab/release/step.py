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


UNTIMED = frozenset({Step.CELLS, Step.NOISED})
"""Points that come when the data lets them come: not to be shown to whoever asked (`datalab.release.slot`)."""

Observer = Callable[[Step], None]
"""Hears of each step; what it does cannot change the story."""


def unobserved(_: Step) -> None:
    """Hear nothing."""
