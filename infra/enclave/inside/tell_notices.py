"""Print what the lab noticed, such as a kernel that was ended for want of memory, after the next cell that runs.

Run by IPython at the start of a kernel, inside the sandbox.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

FOLDER = Path("/run/datalab/notices")
BEFORE = 120.0
"""Seconds before this kernel's start: the notice of why the one before it ended."""


class Teller:
    """Shows each notice once."""

    def __init__(self) -> None:
        self._after = f"{int((time.time() - BEFORE) * 1000):015d}"

    def __call__(self, *_: Any) -> None:  # noqa: ANN401 - IPython's
        """Print the notices that came since the last cell."""
        for file in sorted(FOLDER.glob("*.txt")):
            if file.name > self._after:
                self._after = file.name
                print("\N{WARNING SIGN} The lab:", file.read_text().strip())  # noqa: T201 - the cell's output


def begin(shell: Any) -> None:  # noqa: ANN401 - IPython's shell
    """Look after each cell."""
    shell.events.register("post_run_cell", Teller())


if "get_ipython" in globals():
    begin(get_ipython())  # type: ignore[name-defined]  # noqa: F821 - IPython gives it
    del annotations, time, Path, Any, FOLDER, BEFORE, begin
