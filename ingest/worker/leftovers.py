"""What attempts leave that lost or were killed: folders under their own tag that no transaction recorded."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path


def sweep(folder: Path, tag: str, *, known: Callable[[str], bool]) -> None:
    """Remove folders that earlier attempts at the same extract left and nobody recorded.

    Args:
        folder: where such folders lie.
        tag: this attempt's: the extract's digits, then the attempt's number.
        known: says of a folder's name whether it is recorded.
    """
    extract, _, attempt = tag.rpartition("-")
    if not attempt.isdigit():  # not a job's attempt
        return
    for left in folder.glob(f"[vg]*-{extract}-*"):
        earlier = left.name.rpartition("-")[2]
        if earlier.isdigit() and int(earlier) < int(attempt) and not known(left.name):
            shutil.rmtree(left, ignore_errors=True)
