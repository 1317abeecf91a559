"""A door's process in its pod: `python -m infra.cluster.door`.

Both doors of one machine with a port in the place of each unix socket: the proxy speaks to one, the lab to the other.
It serves until it is told to end, and keeps no state but the meter and the log.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from datalab.errors import DatalabError, SettingsError, exit_code_for
from datalab.fault_log import log_faults_only
from infra.cluster.door.settings import STATE, DoorSettings, read_door
from infra.enclave.audit import DoorLog
from infra.enclave.door.gate import Gate
from infra.enclave.door.lab import LabDoor
from infra.enclave.door.meter import OutputMeter
from infra.enclave.door.serving import serve_at
from infra.enclave.notices import Notices


async def serve(settings: DoorSettings, log: DoorLog, notices: Notices) -> None:
    """Serve both doors until this process is told to end.

    Raises:
        SettingsError: the meter of earlier doors cannot be read or written: a door that counted anew would show more.
    """
    stop = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    meter = _meter(settings)
    lab = LabDoor(settings.doors, lab=settings.lab, meter=meter, note=log.note, notices=notices)
    gate = Gate(settings.doors, release=settings.release, note=log.note, clock=time.monotonic, proof=settings.proof)
    doors = [
        await serve_at(lab, settings.listen, settings.door_port),
        await serve_at(gate, settings.listen, settings.gate_port),
    ]
    log.note("door-opened")
    try:
        await stop.wait()
    finally:
        for door in doors:
            await door.cleanup()
        meter.save()
        log.note("door-closed")


def _meter(settings: DoorSettings) -> OutputMeter:
    allowed = settings.doors.meter
    try:
        meter = OutputMeter(
            settings.state / "meter",
            window_bytes=allowed.window_bytes,
            window_seconds=allowed.window_seconds,
            clock=time.time,
        )
        meter.save()
    except (OSError, ValueError, KeyError, TypeError):
        raise SettingsError(
            "This door cannot read or write how much was shown before it.",
            why="Without that it would count from nothing.",
            remedy=f"Look at the volume of {STATE}: it must be writable, and its file `meter` whole.",
        ) from None
    return meter


def main() -> int:
    """Read the settings, serve, and end."""
    os.umask(0o077)
    settings = read_door(os.environ)
    log = DoorLog(
        settings.state / "doors.jsonl", user=settings.doors.user, project=settings.doors.project, clock=time.time
    )
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(serve(settings, log, Notices(Path(folder), clock=time.time)))
    return 0


if __name__ == "__main__":
    log_faults_only()
    try:
        code = main()
    except DatalabError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a process of its own
        code = exit_code_for(error)
    sys.exit(code)
