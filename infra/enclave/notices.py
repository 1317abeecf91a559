"""What the supervisor tells the researcher: files that the sandbox can read and not change.

The newest is shown by the next cell that runs (`inside/ipython_config.py`), and by the lab door.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

KEPT = 20
QUIET = 60.0
"""Seconds in which a kind of notice is not repeated."""


class Notices:
    """A folder on the host, mounted read-only at /run/datalab/notices."""

    def __init__(self, folder: Path, *, clock: Callable[[], float]) -> None:
        self._folder = folder
        self._clock = clock
        self._last: dict[str, float] = {}
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder.chmod(0o755)  # whatever the umask

    def tell(self, kind: str, text: str) -> None:
        """Write a notice: what happened, why, what to do next; not again within a minute of the same kind."""
        now = self._clock()
        if now - self._last.get(kind, -QUIET) < QUIET:
            return
        self._last[kind] = now
        file = self._folder / f"{int(now * 1000):015d}-{kind}.txt"
        new = file.with_suffix(".new")
        new.write_text(text + "\n")
        new.chmod(0o644)
        new.replace(file)
        for old in sorted(self._folder.glob("*.txt"))[:-KEPT]:
            old.unlink()

    def newest(self) -> str:
        """Return the last notice, or nothing."""
        files = sorted(self._folder.glob("*.txt"))
        return files[-1].read_text().strip() if files else ""
