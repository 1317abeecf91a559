"""A lab that runs behind the shell that started it: `datalab up --background`, and `datalab down`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from datalab.errors import InternalError, StateError
from datalab.settings import Settings
from infra.hub.launch import PATIENCE, check_programs, serves

GRACE = 60
"""Seconds that a lab has to end by itself."""


def start(settings: Settings) -> None:
    """Start a lab in a session of its own, and return when its pages answer.

    Raises:
        SettingsError: if there is no proxy or no sandbox program on this machine.
        StateError: if the lab runs already.
        InternalError: if it does not come up.
    """
    check_programs(settings)
    if process_of(settings) is not None:
        raise StateError("The lab runs already.", remedy=f"`datalab down --lab {settings.home}` ends it.")
    settings.run.mkdir(mode=0o700, exist_ok=True)
    logs = settings.run / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    with (logs / "up.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "datalab.cli.main", "up", "--lab", str(settings.home)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        if process_of(settings) == process.pid and serves(settings):
            return
        time.sleep(0.3)
    if process.poll() is None:
        process.terminate()
        process.wait(GRACE)
    raise InternalError(f"The lab did not come up; its logs are in {logs}.")


def stop(settings: Settings) -> None:
    """End a lab that runs, its sandboxes too.

    Raises:
        StateError: if it does not run.
        InternalError: if it does not end.
    """
    pid = process_of(settings)
    if pid is None:
        raise StateError("The lab does not run.", remedy=f"`datalab up --lab {settings.home}` starts it.")
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    while process_of(settings) is not None:
        if time.monotonic() > deadline:
            raise InternalError(f"The lab did not end within {GRACE} seconds; its process is {pid}.")
        time.sleep(0.2)


def process_of(settings: Settings) -> int | None:
    """Return the process that runs a lab, if one does: what its file names, and is such a process still."""
    try:
        pid = int((settings.run / "lab.pid").read_text())
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return pid if b"up" in words and b"datalab" in b" ".join(words) else None  # the number may be another's by now
