"""What a door's pod is told: by its environment, and by files of secrets that only its pod mounts."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from datalab.errors import SettingsError
from infra.cluster.names import DOOR_PORT, GATE_PORT
from infra.enclave.door.ways import PortWay
from infra.enclave.specification import Doors, Meter

PERSON, PROJECT, PREFIX = "DATALAB_PERSON", "DATALAB_PROJECT", "DATALAB_PREFIX"
LAB, HUB, RELEASE = "DATALAB_LAB", "DATALAB_HUB", "DATALAB_RELEASE"
"""Where they are, as `address:port`; an IP address, for a door asks no name server."""
SECRETS, STATE = "DATALAB_SECRETS", "DATALAB_STATE"
"""Folders: of the files `lab` and `release`; of the meter and the log, which outlive a door."""
HUB_ORIGIN, SHELL_ORIGIN = "DATALAB_HUB_ORIGIN", "DATALAB_SHELL_ORIGIN"
MESSAGE_BYTES, WINDOW_BYTES, WINDOW_SECONDS = (
    "DATALAB_MESSAGE_BYTES", "DATALAB_WINDOW_BYTES", "DATALAB_WINDOW_SECONDS",
)  # fmt: skip
LISTEN, PORT_OF_DOOR, PORT_OF_GATE = "DATALAB_LISTEN", "DATALAB_DOOR_PORT", "DATALAB_GATE_PORT"
LAB_SECRET, RELEASE_SECRET = "lab", "release"
SHORTEST = 32
"""Characters of a secret below which it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSettings:
    """One door's process."""

    doors: Doors
    lab: PortWay
    release: PortWay
    proof: bytes = field(repr=False)
    """The lab's secret."""
    state: Path
    listen: str
    door_port: int
    gate_port: int


def read_door(environment: Mapping[str, str]) -> DoorSettings:
    """Read a door's settings.

    Raises:
        SettingsError: one is missing, or is no address, number, path or secret.
    """
    secrets, state = (_folder(environment, name) for name in (SECRETS, STATE))
    hub, usual = _way(environment, HUB), Meter()
    prefix = _given(environment, PREFIX)
    if not (prefix.startswith("/") and prefix.endswith("/")):
        raise _fault(PREFIX, "It is the path of a lab, from / to /.")
    _secret(secrets / RELEASE_SECRET)  # the gate reads it at each call, for an operator may renew it
    return DoorSettings(
        doors=Doors(
            user=_given(environment, PERSON),
            project=_given(environment, PROJECT),
            prefix=prefix,
            hub=hub.base,
            hub_origin=environment.get(HUB_ORIGIN, ""),
            shell_origin=_given(environment, SHELL_ORIGIN),
            release_secret_file=str(secrets / RELEASE_SECRET),
            meter=Meter(
                message_bytes=_number(environment, MESSAGE_BYTES, usual.message_bytes),
                window_bytes=_number(environment, WINDOW_BYTES, usual.window_bytes),
                window_seconds=_number(environment, WINDOW_SECONDS, usual.window_seconds),
            ),
        ),
        lab=_way(environment, LAB),
        release=_way(environment, RELEASE),
        proof=_secret(secrets / LAB_SECRET),
        state=state,
        listen=environment.get(LISTEN, "0.0.0.0"),  # noqa: S104 - a pod has one address, and policies say who reaches it
        door_port=_number(environment, PORT_OF_DOOR, DOOR_PORT),
        gate_port=_number(environment, PORT_OF_GATE, GATE_PORT),
    )


def _given(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise _fault(name, "It is missing.")
    return value


def _way(environment: Mapping[str, str], name: str) -> PortWay:
    host, _, port = _given(environment, name).rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    try:
        ipaddress.ip_address(host)
        return PortWay(host, int(port))
    except ValueError:
        raise _fault(name, "It is no IP address with a port; a door asks no name server.") from None


def _folder(environment: Mapping[str, str], name: str) -> Path:
    folder = Path(_given(environment, name))
    if not folder.is_dir():
        raise _fault(name, "There is no such folder.")
    return folder


def _number(environment: Mapping[str, str], name: str, otherwise: int) -> int:
    try:
        number = int(environment.get(name, "") or otherwise)
    except ValueError:
        number = 0
    if number < 1:
        raise _fault(name, "It is no whole number above nothing.")
    return number


def _secret(file: Path) -> bytes:
    try:
        secret = file.read_bytes().strip()
    except OSError:
        secret = b""
    if len(secret) < SHORTEST or not secret.isascii():
        raise _fault(SECRETS, f"Its file {file.name} is not there, or holds no secret of {SHORTEST} characters.")
    return secret


def _fault(name: str, why: str) -> SettingsError:
    return SettingsError(
        f"This door has no good {name}.",
        why=why,
        remedy="The hub's spawner sets it: see infra/cluster/door/pod.py, and `datalab cluster values`.",
    )
