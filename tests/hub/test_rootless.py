"""The same lab under a user without privileges, as an operator starts it: `datalab up`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from lodging import Lodging, ended, lodging
from open_house import OpenHouse, furnish, programs_there
from unprivileged import NOBODY, REPOSITORY, unprivileged, why_not_rootless
from visitor import until

from infra.hub.launch import RunningLab

pytestmark = [
    pytest.mark.enclave,
    pytest.mark.skipif(not programs_there(), reason="needs bubblewrap and the proxy"),
    pytest.mark.skipif(os.geteuid() != 0, reason="every other test of the hub is rootless where the tests are"),
]

LOOK = """
import os, pathlib
print(os.getuid(), pathlib.Path('/proc/self/uid_map').read_text().split())
print(sorted(os.listdir('/sys/class/net')) if os.path.exists('/sys/class/net') else 'no sys')
print([line.split(':')[0].strip() for line in pathlib.Path('/proc/net/dev').read_text().splitlines()[2:]])
status = pathlib.Path('/proc/self/status').read_text().splitlines()
print(*[line for line in status if line[:6] in ('CapEff', 'CapBnd', 'NoNewP')])
"""


@contextmanager
def up(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `datalab up` as nobody, with whatever a program that nobody may run needs of root's home."""
    environment = {
        "PYTHONPATH": str(REPOSITORY),
        "PATH": os.environ["PATH"],
        "HOME": str(home.parent),
        "LANG": "C.UTF-8",
    }
    command = [sys.executable, "-m", "datalab.cli.main", "up", "--lab", str(home)]
    process = subprocess.Popen(unprivileged(command), env=environment, cwd="/", start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


@pytest.fixture(scope="module")
def lab() -> Iterator[tuple[Lodging, psutil.Process]]:
    """Run a lab that is nobody's."""
    if reason := why_not_rootless():
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="dl-") as folder:
        home = Path(folder, "lab")
        given = furnish(home)
        for path in (Path(folder), home, *home.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        with up(home) as process:
            house = OpenHouse(settings=given.settings, lab=given, running=RunningLab(given.settings, []))
            with lodging(house) as visited:
                arriving(visited)
                yield visited, psutil.Process(process.pid)


def arriving(visited: Lodging) -> None:
    """Wait until hub and portal answer."""
    visitor = visited.visitor()

    async def portal_there() -> bool:
        return (await visitor.get(f"{visitor.portal}health")).status == 200

    visited.runner.run(until(visitor.reached))
    visited.runner.run(until(portal_there))


def test_a_sandbox_of_a_lab_without_root_has_its_walls(lab: tuple[Lodging, psutil.Process]) -> None:
    """Sign-in, spawner, doors and kernel work; the sandbox is a user namespace without a network or a capability."""
    _, kernel = lab[0].in_lab("ann")

    said = kernel.run(LOOK).splitlines()

    assert said[0].startswith("1000 ['1000', "), said
    assert said[0].endswith("'1']"), said  # one user, and no other to become
    assert said[2] == "['lo']"
    assert [part for part in said[3].split() if part.strip("0")] == ["CapEff:", "CapBnd:", "NoNewPrivs:", "1"]
    assert lab[0].supervisor("ann").uids().real == NOBODY


def _words(process: psutil.Process) -> list[str]:
    """Return a process's command, or nothing where it ended meanwhile."""
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


def test_nothing_of_a_lab_outlives_one_that_is_killed_but_what_the_next_one_ends(
    lab: tuple[Lodging, psutil.Process],
) -> None:
    """After SIGKILL of `datalab up` its services end by themselves; what was left for a restart of the hub is swept."""
    visited, process = lab
    below = process.children(recursive=True)
    tied = [
        one
        for one in below
        if {"infra.hub.application", "datalab.broker.server", "datalab.web.server"} & set(_words(one))
    ]
    left = [one for one in below if "infra.enclave.supervisor" in _words(one)]
    assert len(tied) >= 3
    assert left

    process.kill()
    assert ended(tied)

    with up(visited.house.settings.home):
        assert ended(left)
        arriving(visited)
        visited.signed_in("ben")
