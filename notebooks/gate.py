"""The one door out of a lab: a unix socket in a sandbox of one machine, a port of the door's pod on a cluster."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from datalab.broker.client import ReleaseClient
from datalab.errors import StateError

SOCKET = Path("/run/datalab/gate.sock")
GATE, SECRET = "DATALAB_GATE", "DATALAB_GATE_SECRET"
"""Names in the environment: where the gate is, as a path or as `host:port`; the file of the lab's secret for a port."""
PROOF = "X-Datalab-Lab"
"""Header of that secret, as in `infra.enclave.door.gate`."""


def own_gate() -> ReleaseClient:
    """Return this lab's way to the release service; raises as `gate_client`."""
    return gate_client(os.environ)


def gate_client(environment: Mapping[str, str]) -> ReleaseClient:
    """Return the way to the release service that a lab's environment names.

    Raises:
        StateError: it names a port, and no secret or one that cannot be read.
    """
    gate = environment.get(GATE, "") or str(SOCKET)
    if gate.startswith("/"):
        return ReleaseClient(path=Path(gate))
    host, _, port = gate.rpartition(":")
    try:
        secret = Path(environment[SECRET]).read_text().strip()
        address = host.strip("[]"), int(port)
    except (KeyError, OSError, ValueError):
        raise StateError(
            "This lab cannot prove itself to its gate.",
            why=f"{GATE} is no host and port, or the file that {SECRET} names cannot be read.",
            remedy="Stop this lab and start it again from the portal; if it stays so, tell an operator of the lab.",
        ) from None
    return ReleaseClient(address=address, headers={PROOF: secret})
