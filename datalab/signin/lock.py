"""Lock-out: how long an account is closed after refused tries (OWASP ASVS 5.0, 6.3.1).

The time doubles, so that a guesser gets a few dozen tries a day and a person who mistyped waits for a minute.
"""

from __future__ import annotations

from datetime import datetime, timedelta

FREE_TRIES = 5
"""Refused tries in a row before the first wait."""
FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=1)


def locked_until(failures: int, *, now: datetime) -> datetime | None:
    """Return until when an account is closed after so many refused tries in a row, or None."""
    over = failures - FREE_TRIES
    if over < 0:
        return None
    wait: timedelta = FIRST * (1 << min(over, 16))
    return now + min(wait, LONGEST)
