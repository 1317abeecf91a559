"""Control groups of both versions: where a sandbox's group stands and what is written there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from infra.enclave.limits.cgroups import Bites, find_group
from infra.enclave.specification import Limits

LIMITS = Limits(memory=1 << 30, processes=100, cpu=1.5)


def version_2(root: Path, own: str, *, controllers: str = "cpuset cpu io memory pids", given: str = "") -> Path:
    """Make a tree as version 2 shows it, down to our own group."""
    for folder in (root, *(root / "/".join(own.split("/")[: index + 1]) for index in range(len(own.split("/"))))):
        folder.mkdir(exist_ok=True)
        (folder / "cgroup.controllers").write_text(controllers)
        (folder / "cgroup.subtree_control").write_text(given)
    return root


def test_version_2_puts_a_sandbox_beside_its_supervisor(tmp_path: Path) -> None:
    """A group of processes can give its children nothing, so the sandbox's group is a sibling, with three limits."""
    root = version_2(tmp_path / "cgroup", "system.slice/datalab.service/hub", given="cpu memory pids")
    group = find_group("k1", root=root, own="0::/system.slice/datalab.service/hub")
    group.create(LIMITS)
    made = root / "system.slice/datalab.service/datalab-k1"

    assert (group.version, set(group.folders.values())) == (2, {made})
    assert group.holds == ("memory", "pids", "cpu")
    assert (made / "memory.max").read_text() == str(1 << 30)
    assert (made / "memory.swap.max").read_text() == "0"
    assert (made / "pids.max").read_text() == "100"
    assert (made / "cpu.max").read_text() == "150000 100000"


def test_version_2_without_controllers_falls_back(tmp_path: Path) -> None:
    """Where version 2 holds none of the three, as beside a tree of version 1, the older tree is used."""
    root = version_2(tmp_path / "cgroup", "a", controllers="hugetlb")
    for one in ("memory", "pids", "cpu"):
        (root / one).mkdir()
    group = find_group("k2", root=root, own="4:memory:/\n8:pids:/\n1:cpu,cpuacct:/\n0::/a")
    group.create(LIMITS)

    assert group.version == 1
    assert (root / "memory/datalab-k2/memory.limit_in_bytes").read_text() == str(1 << 30)
    assert (root / "pids/datalab-k2/pids.max").read_text() == "100"
    assert (root / "cpu/datalab-k2/cpu.cfs_quota_us").read_text() == "150000"


def test_bites_are_counted_in_both_versions(tmp_path: Path) -> None:
    """What the kernel counts is read from the file of each version."""
    new = find_group("k", root=version_2(tmp_path / "two", "a/b", given="memory pids cpu"), own="0::/a/b")
    new.create(LIMITS)
    folder = next(iter(new.folders.values()))
    (folder / "memory.events").write_text("low 0\noom 3\noom_kill 2\n")
    (folder / "pids.events").write_text("max 5\n")
    for one in ("memory", "pids"):
        (tmp_path / "one" / one).mkdir(parents=True)
    old = find_group("k", root=tmp_path / "one", own="4:memory:/\n8:pids:/")
    old.create(LIMITS)
    (old.folders["memory"] / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 7\n")
    (old.folders["pids"] / "pids.events").write_text("max 1\n")

    assert new.bites() == Bites(memory=2, processes=5)
    assert old.bites() == Bites(memory=7, processes=1)


def test_where_nothing_is_ours_nothing_is_held(tmp_path: Path) -> None:
    """Where no tree can be written, the group holds nothing, and the rest of the limits still stands."""
    group = find_group("k", root=tmp_path / "absent", own="0::/user.slice")
    group.create(LIMITS)
    group.remove()

    assert (group.holds, group.processes(), group.bites()) == ((), (), Bites())


def test_the_kernels_own_tree_ends_what_is_in_a_group() -> None:
    """In a real tree of version 2 a process enters a group, is listed, is ended with it, and the folder goes."""
    root = next(
        (one for one in (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup")) if (one / "cgroup.procs").exists()),
        None,
    )
    if root is None or os.geteuid() != 0:
        pytest.skip("There is no tree of version 2 here that the tests may write to.")
    from infra.enclave.limits.cgroups import Group  # noqa: PLC0415 - beside what it tests

    group = Group({"memory": root / f"datalab-test-{os.getpid()}"}, version=2)
    group.folders["memory"].mkdir()
    process = subprocess.Popen(["sleep", "60"], preexec_fn=group.enter)  # noqa: PLW1509 - as the supervisor does
    try:
        assert group.processes() == (process.pid,)
        group.remove()
        assert process.wait(5) == -9
        assert not group.folders["memory"].exists()
    finally:
        process.kill()
        process.wait()
