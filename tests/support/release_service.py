"""A release service on a unix socket, with the small lab of `desk_lab` behind it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datalab.broker.caller import CALLER, PERSON, PROJECT, SECRET, Gatekeeper, Kind, read_secret
from datalab.broker.client import ReleaseClient
from datalab.broker.server import server
from datalab.release.desk import Desk


@contextmanager
def serving(desk: Desk, run: Path, address: tuple[str, int] | None = None) -> Iterator[Path]:
    """Serve a desk for the length of a block, at its socket or at a port; returns the socket."""
    run.mkdir(mode=0o700, exist_ok=True)
    path = run / "release.sock"
    listener = socket.socket(socket.AF_UNIX if address is None else socket.AF_INET)
    listener.bind(str(path) if address is None else address)
    listener.listen(64)
    service = server(desk, Gatekeeper.open(run))
    thread = threading.Thread(target=lambda: asyncio.run(service.serve(sockets=[listener])), daemon=True)
    thread.start()
    while not service.started:
        time.sleep(0.01)
    try:
        yield path
    finally:
        service.should_exit = True
        thread.join(10)
        listener.close()


def portal_client(socket_path: Path, person: str) -> ReleaseClient:
    """Return what the portal uses for a person."""
    secret = read_secret(socket_path.parent, Kind.PORTAL).decode()
    return ReleaseClient(path=socket_path, headers={CALLER: Kind.PORTAL.value, SECRET: secret, PERSON: person})


def door_client(socket_path: Path, person: str, project: str) -> ReleaseClient:
    """Return what a sandbox's door uses."""
    secret = read_secret(socket_path.parent, Kind.DOOR).decode()
    headers = {CALLER: Kind.DOOR.value, SECRET: secret, PERSON: person, PROJECT: project}
    return ReleaseClient(path=socket_path, headers=headers)
