"""Connections that are kept open between two requests, as the hub's proxy and a door keep theirs."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Mapping

SERVERS_OWN = 5.0
"""Seconds after which uvicorn closes an idle connection when nothing is said."""


def status_after_idling(connection: socket.socket, path: str, headers: Mapping[str, str], *, seconds: float) -> int:
    """Ask twice on one connection with a pause between; raises http.client.RemoteDisconnected where it was closed."""
    client = http.client.HTTPConnection("lab")
    client.sock = connection
    status = 0
    for pause in (0, seconds):
        time.sleep(pause)
        client.request("GET", path, headers=dict(headers))
        with client.getresponse() as answer:
            answer.read()
            status = answer.status
    client.close()
    return status
