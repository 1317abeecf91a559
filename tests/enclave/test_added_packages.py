"""A project's packages inside a sandbox."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from sandboxes import SMALL, House, running
from tiny_wheels import listed, tiny_wheel

from infra.enclave.interior import ADDED, interior_mounts, lab_environment
from infra.packages.project import ProjectPackages
from infra.packages.wheelhouse import Wheelhouse

pytestmark = pytest.mark.enclave


def test_a_sandbox_imports_its_projects_packages_and_cannot_change_them(
    any_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`import` finds what was locked by the path that the spawner gives; the layer is read-only."""
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    Wheelhouse(folder=any_house.folder / "packages").sync(listed(tiny_wheel(tmp_path, "tinyone")))
    packages = ProjectPackages(folder=any_house.folder / "packages", project="safer")
    packages.lock(["tinyone"])
    assert packages.layer is not None
    environment = lab_environment({}, user="ann", project="safer", prefix="/")
    (packages.layer / "json.py").write_text("raise SystemExit('replaced')")  # as no wheel may

    inside = interior_mounts(any_house.place("interior", mode=0o755), SMALL)
    pythons = {sys.prefix, sys.base_prefix}
    mounts = (*(pair for pair in inside if pair[1] not in pythons), (str(packages.layer), ADDED))
    with running(any_house, any_house.serving(read_only=mounts)) as sandbox:
        code = (
            f"import tinyone, json, sys; print(tinyone.VERSION, sys.path[-1] == {ADDED!r})\n"
            f"try:\n    open({ADDED!r} + '/tinyone.py', 'a')\nexcept OSError:\n    print('read-only')"
        )
        run = (
            "import subprocess\n"
            f"print(subprocess.run([{sys.executable!r}, '-c', {code!r}], env={environment!r}, text=True,"
            " stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout)"
        )
        said = json.loads(sandbox.request("POST", "api/events", run.encode())[2])

    assert said["out"].split() == ["1.0", "True", "read-only"], said
