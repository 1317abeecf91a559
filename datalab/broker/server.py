"""The release service as a process: `python -m datalab.broker.server`, started by `datalab up`."""

from __future__ import annotations

import contextlib
import os
import socket
import threading

import uvicorn

from datalab.broker.app import broker
from datalab.broker.caller import Gatekeeper
from datalab.fault_log import log_faults_only
from datalab.release.desk import Desk
from datalab.settings import Settings, read_settings
from datalab.wiring import open_desk, open_lab

BACKLOG = 128
IDLE = 75
"""Seconds that a connection may be idle: longer than a door keeps one (15), which would lose a request with it."""


def main() -> None:
    """Serve until told to stop; first finish what a killed service left."""
    log_faults_only()
    settings = read_settings(os.environ)
    os.umask(0o077)
    desk = open_desk(open_lab(settings))
    threading.Thread(target=desk.resume, name="resume", daemon=True).start()
    server(desk, Gatekeeper.open(settings.run)).run(sockets=[_listener(settings)])


def server(desk: Desk, gatekeeper: Gatekeeper) -> uvicorn.Server:
    """Return what serves a desk to whom a gatekeeper lets in."""
    return uvicorn.Server(
        uvicorn.Config(
            broker(desk, gatekeeper),
            log_config=None,  # what it says goes to the fault log
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=10,
            timeout_keep_alive=IDLE,
        )
    )


def _listener(settings: Settings) -> socket.socket:
    """Return the service's socket; one that a killed service left is taken away."""
    path = settings.release_socket
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    path.chmod(0o600)
    listener.listen(BACKLOG)
    return listener


if __name__ == "__main__":
    main()
