"""Why a sandbox was ended is told to the next one, and to no other."""

from __future__ import annotations

from pathlib import Path

from infra.enclave.limits import rundir


def test_what_one_sandbox_left_is_told_once(tmp_path: Path) -> None:
    """Words that are left outlast the folder, are taken by the sandbox after, and are not there for a third."""
    told = []
    for words in ("ended for its size", "", ""):
        folder = rundir.take(tmp_path / "ann-safer")
        told.append(folder.left())
        if words:
            folder.leave(words)
        folder.remove()

    assert told == ["", "ended for its size", ""]
