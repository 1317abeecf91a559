"""What came in lies in the sandbox: read-only, there without a restart, and its project's alone."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from desk_lab import PROJECT
from sandboxes import House, running
from way_in_lab import MEMBER, WayInLab

from infra.enclave.reference import REFERENCE, link_reference, reference_mounts

pytestmark = pytest.mark.enclave


def test_a_file_appears_in_a_running_sandbox_and_cannot_be_changed(any_house: House) -> None:
    """A file that is placed while the sandbox runs is there at once; writing, deleting and chmod fail."""
    lab = WayInLab(any_house.folder / f"lab-{os.urandom(4).hex()}", approval=False)
    mounts = reference_mounts(lab.lab.settings, PROJECT.id)
    for above in (lab.home, lab.lab.settings.uploads):
        above.chmod(0o755)  # the supervisor of a test is another user than who made the lab
    specification = any_house.serving(read_only=mounts)
    with running(any_house, specification) as sandbox:

        def run(code: str) -> str:
            status, _, body = sandbox.request("POST", "api/events", code.encode())
            assert status == 200, body
            return str(json.loads(body)["out"]).strip()

        assert run(f"import os; print(os.listdir({REFERENCE!r}))") == "[]"

        lab.way_in().bring("a.py", io.BytesIO(b"ANSWER = 42\n"), project=PROJECT.id, author=MEMBER)

        assert run(f"import sys; sys.path.insert(0, {REFERENCE!r}); import a; print(a.ANSWER)") == "42"
        for act in (
            "open('{0}/a.py', 'a')",
            "os.remove('{0}/a.py')",
            "os.chmod('{0}/a.py', 0o777)",
            "os.mkdir('{0}/x')",
        ):
            tried = act.format(REFERENCE)
            assert run(f"import os\ntry:\n    {tried}\nexcept OSError:\n    print('refused')") == "refused", act


def test_the_link_in_a_workspace_replaces_nothing(tmp_path: Path) -> None:
    """What a researcher called `reference` stays theirs; otherwise the file browser finds the folder by the link."""
    link_reference(tmp_path)
    link_reference(tmp_path)
    assert (tmp_path / "reference").readlink() == Path(REFERENCE)

    own = tmp_path / "own"
    own.mkdir()
    (own / "reference").write_text("mine")
    link_reference(own)
    assert (own / "reference").read_text() == "mine"
