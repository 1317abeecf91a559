"""What one sandbox is: who works in it, what it may read and write, how much it may use, where its doors lead.

The spawner writes it as JSON to the supervisor's standard input, so that nothing of it stands in a process list.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from datalab.errors import SettingsError

T = TypeVar("T")

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one sandbox may use; sizes in bytes."""

    memory: int = 4096 * MIB
    """All its processes together, with what lies in /tmp and /dev/shm."""
    processes: int = 512
    """Processes and threads together. Spark with two cores needs about 200."""
    cpu: float = 2.0
    """Cores."""
    files: int = 8192
    """Open files of one process."""
    file_size: int = 1024 * MIB
    """The longest file that it can write."""
    workspace_bytes: int = 2048 * MIB
    """All files of the workspace together."""
    workspace_files: int = 200_000
    """Files and folders of the workspace: the host's disk has so many and no more, empty ones too."""
    temporary_bytes: int = 1024 * MIB
    """Size of /tmp, which is memory, and gone with the sandbox."""
    shared_memory: int = 256 * MIB
    """Size of /dev/shm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """How much may be shown to the browser; a window slides."""

    message_bytes: int = 4 * MIB
    """The largest output of one cell message, and the largest answer of the lab's own interface."""
    window_bytes: int = 64 * MIB
    window_seconds: int = 3600
    file: str = ""
    """Where the meter is kept between two sandboxes of the same person and project; empty: with the run folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What both doors of one lab know, on one machine and on a cluster: whose they are, and where they lead."""

    user: str
    project: str
    prefix: str
    """Path under which the proxy shows this lab, such as `/user/alice/school-absence/`."""
    hub: str
    """Address of the hub's interface on this machine, such as `http://127.0.0.1:8081`, without a path."""
    hub_origin: str = ""
    """Origin of the hub as browsers see it, where it differs from the lab's: sign-in is redirected to it."""
    release_secret_file: str
    """Proves to the release service that a door speaks; read by the door's process, never seen in the lab."""
    meter: Meter = field(default_factory=Meter)
    shell_origin: str = ""
    """Origin of the portal, whose frame shows this lab; where set, the lab refuses to be a page of its own."""
    output_programs: bool = False
    """Whether programs of a notebook's output, and of the sandbox's server, run in the browser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification(Doors):
    """One sandbox."""

    port: int
    """The lab door's, on 127.0.0.1."""
    uid: int
    """The sandbox's own user on the host; not used where the supervisor is not root."""
    gid: int
    release_socket: str
    run_dir: str
    """Folder of this sandbox's sockets and notices, private to the supervisor, removed at the end."""
    audit_log: str
    read_only: tuple[tuple[str, str], ...] = ()
    """Pairs: path on the host, path in the sandbox."""
    read_write: tuple[tuple[str, str], ...] = ()
    """The same; the quota counts what lies in them."""
    environment: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    command: tuple[str, ...]

    def to_json(self) -> str:
        """Write it for the supervisor's standard input."""
        return json.dumps(asdict(self))


def read_specification(text: str) -> Specification:
    """Read a specification.

    Raises:
        SettingsError: a name is missing, unknown, or stands for something of another kind.
    """
    values = json.loads(text)
    return _build(
        Specification,
        values
        | {
            "read_only": _pairs(values, "read_only"),
            "read_write": _pairs(values, "read_write"),
            "command": tuple(values.get("command", ())),
            "limits": _build(Limits, values.get("limits", {})),
            "meter": _build(Meter, values.get("meter", {})),
        },
    )


def _pairs(values: Mapping[str, Any], name: str) -> tuple[tuple[str, str], ...]:
    pairs = tuple((str(source), str(target)) for source, target in values.get(name, ()))
    for pair in pairs:
        for path in pair:
            if not Path(path).is_absolute() or ".." in Path(path).parts:
                raise SettingsError(
                    f"{path} cannot be mounted in a sandbox.",
                    why="It is no absolute path.",
                    remedy="Give the whole path.",
                )
    return pairs


def _build(kind: type[T], values: Mapping[str, Any]) -> T:
    known = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(values) - known):
        raise SettingsError(
            f"A sandbox has no setting {', '.join(unknown)}.", remedy=f"Known are: {', '.join(sorted(known))}."
        )
    try:
        return kind(**values)
    except TypeError as error:
        raise SettingsError(
            "A sandbox is not described whole.", why=str(error), remedy="See infra/enclave/specification.py."
        ) from error
