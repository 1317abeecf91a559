"""Ports on 127.0.0.1 that one run of a lab uses beside its public one."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the parts of one run listen, on 127.0.0.1."""

    hub: int
    proxy: int
    """Where the hub tells the proxy its routes; a token guards it."""
    portal: int

    def to_text(self) -> str:
        """Write them for the environment of the hub's process."""
        return ",".join(f"{name}={port}" for name, port in asdict(self).items())

    @classmethod
    def from_text(cls, text: str) -> Ports:
        """Read what `to_text` wrote."""
        return cls(**{name: int(port) for name, port in (pair.split("=") for pair in text.split(","))})


def free_ports() -> Ports:
    """Return three ports that nobody uses now."""
    with ExitStack() as held:
        found = []
        for _ in range(3):
            listener = held.enter_context(socket.socket())
            listener.bind(("127.0.0.1", 0))
            found.append(listener.getsockname()[1])
    return Ports(hub=found[0], proxy=found[1], portal=found[2])
