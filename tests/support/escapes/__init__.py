"""Attempts to get out of a sandbox, each with the wall whose absence lets it through."""

from __future__ import annotations

from escapes.attempt import Attempt
from escapes.doors import DOORS
from escapes.files import FILES
from escapes.network import NETWORK
from escapes.privilege import PRIVILEGE

ATTEMPTS: tuple[Attempt, ...] = (
    *NETWORK.attempts,
    *FILES.attempts,
    *PRIVILEGE.attempts,
    *DOORS.attempts,
)
"""Those that need one process inside a sandbox; resources and what passes a door have tests of their own."""
