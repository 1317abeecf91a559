"""What a door's pod is told, and how it says that something of it is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from door_pod import DOOR_PORT, GATE_PORT, PREFIX, environment

from datalab.errors import SettingsError, StateError
from infra.cluster.description import Cluster
from infra.cluster.door.pod import DoorPod
from infra.cluster.door.settings import read_door
from notebooks.gate import gate_client

ANNS = "a" * 64
MISSING = ["PERSON", "PROJECT", "PREFIX", "LAB", "HUB", "RELEASE", "SHELL_ORIGIN", "SECRETS", "STATE"]
WRONG = {
    "a name for the hub": ("DATALAB_HUB", "hub:8081"),
    "an address that was not filled in": ("DATALAB_RELEASE", "$(RELEASE_SERVICE_HOST):$(RELEASE_SERVICE_PORT)"),
    "a prefix without its end": ("DATALAB_PREFIX", "/user/ann"),
    "no number": ("DATALAB_WINDOW_BYTES", "much"),
    "a window of nothing": ("DATALAB_WINDOW_BYTES", "-1"),
    "a folder that is not there": ("DATALAB_STATE", "/nowhere"),
}


@pytest.fixture
def told(tmp_path: Path) -> dict[str, str]:
    """What a door is told, with its folders."""
    for name in ("secrets", "state"):
        (tmp_path / name).mkdir()
    (tmp_path / "secrets" / "lab").write_text(ANNS)
    (tmp_path / "secrets" / "release").write_text("r" * 64)
    return environment(tmp_path)


@pytest.mark.parametrize("name", MISSING)
def test_a_missing_setting_is_named(told: dict[str, str], name: str) -> None:
    """A door that is not told everything says what is missing and who sets it."""
    assert read_door(told).doors.user == "ann"
    del told[f"DATALAB_{name}"]

    with pytest.raises(SettingsError, match=f"DATALAB_{name}.*missing.*spawner"):
        read_door(told)


@pytest.mark.parametrize(("name", "value"), WRONG.values(), ids=WRONG.keys())
def test_a_setting_that_is_none_is_refused(told: dict[str, str], name: str, value: str) -> None:
    """A name in the place of an address, a folder that is not there, a number that is none."""
    with pytest.raises(SettingsError, match=name):
        read_door(told | {name: value})


@pytest.mark.parametrize("file", ["lab", "release"])
def test_a_door_without_its_secrets_does_not_start(told: dict[str, str], file: str) -> None:
    """The process ends at once with a clear message that holds no secret; an empty one would let everybody in."""
    path = Path(told["DATALAB_SECRETS"], file)
    path.write_text("short-secret")
    command = [sys.executable, "-m", "infra.cluster.door"]
    ended = subprocess.run(command, env=told, cwd="/", capture_output=True, text=True, check=False, timeout=60)
    path.unlink()

    assert ended.returncode == SettingsError.exit_code
    assert f"file {file} is not there, or holds no secret" in ended.stderr
    assert "short-secret" not in ended.stderr + ended.stdout
    with pytest.raises(SettingsError, match="holds no secret"):
        read_door(told)


@pytest.mark.parametrize(
    ("gate", "secret"),
    [("192.0.2.9:8443", None), ("192.0.2.9:8443", "/nowhere"), ("192.0.2.9", "lab"), ("192.0.2.9:gate", "lab")],
    ids=["no secret named", "no such file", "no port", "no number"],
)
def test_a_lab_that_cannot_prove_itself_says_so(told: dict[str, str], gate: str, secret: str | None) -> None:
    """A notebook whose gate is a port asks nothing without its secret, and its person reads what to do."""
    file = str(Path(told["DATALAB_SECRETS"], "lab"))
    whole = gate_client({"DATALAB_GATE": "[2001:db8::9]:8443", "DATALAB_GATE_SECRET": file})
    environment = {"DATALAB_GATE": gate} | ({} if secret is None else {"DATALAB_GATE_SECRET": secret})
    environment = {name: file if value == "lab" else value for name, value in environment.items()}

    assert (whole.address, whole.headers) == (("2001:db8::9", 8443), {"X-Datalab-Lab": ANNS})
    assert str(gate_client({}).path) == "/run/datalab/gate.sock"
    with pytest.raises(StateError, match=r"cannot prove itself.*Stop this lab and start it again"):
        gate_client(environment)


def test_a_door_reads_what_its_pod_is_told(told: dict[str, str]) -> None:
    """Every name in the pod that the spawner makes is one that the process reads, as Kubernetes fills it in."""
    pod = DoorPod(
        cluster=Cluster(),
        person="ann",
        project="safer",
        prefix=PREFIX,
        hub_origin="https://lab.example",
        shell_origin="https://portal--service.lab.example",
    ).pod("192.0.2.7")
    given = {one["name"]: one["value"] for one in pod["spec"]["containers"][0]["env"]}
    for name in ("HUB", "RELEASE"):
        given[f"DATALAB_{name}"] = "192.0.2.8:8081"
    folders = {one: told[one] for one in ("DATALAB_SECRETS", "DATALAB_STATE")}
    door = read_door(given | folders)

    assert (door.doors.user, door.doors.project, door.doors.prefix) == ("ann", "safer", PREFIX)
    assert (door.lab.host, door.door_port, door.gate_port) == ("192.0.2.7", DOOR_PORT, GATE_PORT)
    assert pod["spec"]["containers"][0]["command"] == ["python", "-m", "infra.cluster.door"]
