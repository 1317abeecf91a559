"""A project's packages inside a sandbox."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sandboxes import House, running
from tiny_wheels import listed, tiny_wheel

from infra.enclave.interior import ADDED, lab_environment
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
    path = lab_environment({}, user="ann", project="safer", prefix="/")["PYTHONPATH"]

    with running(any_house, any_house.serving(read_only=((str(packages.layer), ADDED),))) as sandbox:
        code = (
            f"import sys; sys.path[:0] = {path!r}.split(':'); import tinyone; print(tinyone.VERSION)\n"
            f"try:\n    open({ADDED!r} + '/tinyone.py', 'a')\nexcept OSError:\n    print('read-only')"
        )
        said = json.loads(sandbox.request("POST", "api/events", code.encode())[2])

    assert said["out"].split() == ["1.0", "read-only"], said
