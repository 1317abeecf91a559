"""How often it is told that a lab is in use: one is ended by what was told last, well within that time."""

from __future__ import annotations

from typing import Final

from datalab.settings import Settings

OFTEN: Final = 15
SELDOM: Final = 300
"""Seconds: no oftener than the first, and the second as JupyterHub has it."""
LOOKS: Final = 4
"""Times in `idle_minutes` that a lab in use says so."""


def seconds_between(settings: Settings) -> int:
    """Return the seconds from one word of a lab's server, or of the proxy, that somebody uses it, to the next."""
    return max(OFTEN, min(SELDOM, settings.idle_minutes * 60 // LOOKS))
