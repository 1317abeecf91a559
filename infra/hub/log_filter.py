"""What the hub may write to its log: no address behind its question mark, no error's own words, lines of a length.

An address can hold an invitation's token, and a refused one is logged by Tornado as it came. What an error says can be
what a lab's server sent.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from datalab.fault_log import frames

LONGEST = 400
"""Characters of a line."""
A_MINUTE = 1200
"""Lines within a minute; what passes is left out."""
BEHIND = re.compile(r"\?[^\s)>'\"]+")


def _without_words(told: Any) -> Any:  # noqa: ANN401 - what `logging` takes: a tuple or a mapping, of anything
    """Put the kind of an error in the place of each, and leave the rest."""
    if isinstance(told, Mapping):
        return {name: _without_words(one) for name, one in told.items()}
    if isinstance(told, tuple):
        return tuple(_without_words(one) for one in told)
    return type(told).__name__ if isinstance(told, BaseException) else told


class Brief(logging.Filter):
    """Shortens each record before it is written; named by JupyterHub's `logging_config`."""

    def __init__(self, name: str = "", *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(name)
        self._clock = clock
        self._began, self._lines = clock(), 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the record is written, with its words cut."""
        now = self._clock()
        if now - self._began >= 60:  # noqa: PLR2004 - a minute
            self._began, self._lines = now, 0
        self._lines += 1
        if self._lines > A_MINUTE:
            return False
        record.args = _without_words(record.args)
        text = BEHIND.sub("?[left out]", record.getMessage()).splitlines() or [""]
        record.msg, record.args = text[0][:LONGEST], None
        if record.exc_info and record.exc_info[0]:
            record.msg += f" {record.exc_info[0].__name__}{frames(record.exc_info[2])}"
            record.exc_info = record.exc_text = None
        return True
