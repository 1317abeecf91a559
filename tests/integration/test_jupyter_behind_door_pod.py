"""JupyterLab at a port of its pod: it proves itself at its gate, and a browser runs a cell through its door."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from door_pod import (
    DOOR_PORT,
    GATE_PORT,
    REPOSITORY,
    DoorProcess,
    door_process,
    environment,
    gate_environment,
    owned,
    secret_file,
    wait_for,
)
from jupyter_lab import PREFIX, Browser
from pod_network import AT_HUB, DOOR_AT_HUB, DOOR_AT_LAB, HUB, LAB, LAB_PORT, PodNetwork, pod_network, why_not
from stub_hub import stub_hub
from unprivileged import unprivileged

pytestmark = pytest.mark.slow
SECRET = "a" * 64
SCOPES = json.dumps(["access:servers!server=alice/school-absence"])
MAIN = REPOSITORY / "infra/enclave/inside/singleuser_main.py"


@dataclass
class House:
    """Network, door, and what the hub was asked."""

    network: PodNetwork
    door: DoorProcess
    calls: list[str]


def pods_environment(home: Path, secret: Path) -> dict[str, str]:
    """Return what KubeSpawner and ours tell a lab's pod."""
    gate = f"http://{DOOR_AT_LAB}:{GATE_PORT}/hub/api"
    return {
        **gate_environment(secret),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "PYTHONPATH": str(REPOSITORY),
        "JUPYTERHUB_API_URL": gate,
        "JUPYTERHUB_ACTIVITY_URL": f"{gate}/users/alice/activity",
        "JUPYTERHUB_SERVICE_URL": f"http://0.0.0.0:{LAB_PORT}{PREFIX}",
        "JUPYTERHUB_API_TOKEN": "of-the-server",
        "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-alice-school-absence",
        "JUPYTERHUB_USER": "alice",
        "JUPYTERHUB_SERVER_NAME": "school-absence",
        "JUPYTERHUB_HOST": "",
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_SERVICE_PREFIX": PREFIX,
        "JUPYTERHUB_OAUTH_CALLBACK_URL": f"{PREFIX}oauth_callback",
        "JUPYTERHUB_OAUTH_SCOPES": SCOPES,
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": SCOPES,
        "JUPYTERHUB_DISABLE_USER_CONFIG": "1",
        "JUPYTERHUB_ROOT_DIR": str(home),
    }


@contextlib.contextmanager
def jupyter(network: PodNetwork, folder: Path, secret: Path) -> Iterator[None]:
    """Run the lab's server by the lab's own start, with a /tmp of its own."""
    home = owned(folder / "home")
    private = ["bwrap", "--dev-bind", "/", "/", "--tmpfs", "/tmp", "--chmod", "1777", "/tmp"]  # noqa: S108
    private += ["--bind", str(folder), str(folder), "--"]
    command = network.command(LAB, *private, *unprivileged([sys.executable, str(MAIN)]))
    process = subprocess.Popen(command, env=pods_environment(home, secret), cwd="/")
    try:
        wait_for(network, LAB, ("127.0.0.1", LAB_PORT), process)
        yield
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """A hub, a door and JupyterLab, each in a namespace of its own."""
    if reason := why_not() or ("" if shutil.which("bwrap") else "bubblewrap is absent."):
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="dl-"))
    folder.chmod(0o755)
    calls: list[str] = []
    told = environment(folder, DATALAB_PERSON="alice", DATALAB_PROJECT="school-absence", DATALAB_PREFIX=PREFIX)
    told["DATALAB_SHELL_ORIGIN"] = "http://portal.example"
    with contextlib.ExitStack() as held:
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        network = held.enter_context(pod_network())
        with network.inside(HUB):
            held.enter_context(stub_hub(8081, calls, AT_HUB))
        secret = secret_file(folder / "secrets", "lab", SECRET)
        secret_file(folder / "secrets", "release", "r" * 64)
        owned(folder / "state")
        door = held.enter_context(door_process(network, told))
        held.enter_context(jupyter(network, folder, secret))
        yield House(network, door, calls)


def test_a_researcher_signs_in_and_runs_a_cell_by_the_door_of_a_pod(house: House) -> None:
    """By the hub's sign-in, whose calls carry the lab's proof, a browser reaches a kernel and sees what it prints."""

    async def work() -> str:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            browser = Browser.__new__(Browser)
            browser.root, browser.session = f"http://{DOOR_AT_HUB}:{DOOR_PORT}", session
            await browser.sign_in()
            return await browser.execute(await browser.kernel(), "print(6 * 7)")

    with house.network.inside(HUB):
        printed = asyncio.run(asyncio.wait_for(work(), 150))

    assert printed == "42\n"
    assert {"GET /hub/api/user", "POST /hub/api/oauth2/token", "POST /hub/api/users/alice/activity"} <= set(house.calls)
    assert "This gate belongs to another lab." not in {one.get("why") for one in house.door.events()}
