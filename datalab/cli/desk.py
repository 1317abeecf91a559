"""The desk of a lab, opened for a command: its steps are shown as they pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from datalab.cli.options import settings_of
from datalab.release.step import UNTIMED, Step

if TYPE_CHECKING:  # the desk loads the library of its key; help must not wait for it
    from datalab.release.desk import Desk


@contextmanager
def opened_desk(lab: Path | None) -> Iterator[Desk]:
    """Open the desk of the lab that a command named, and show its steps while the command runs."""
    from datalab.wiring import open_desk, open_lab  # noqa: PLC0415 - the desk loads only when asked for

    with Console(stderr=True).status("opening the lab") as status:

        def watch(step: Step) -> None:
            if step not in UNTIMED:
                status.update(step.value)

        yield open_desk(open_lab(settings_of(lab)), observer=watch)
