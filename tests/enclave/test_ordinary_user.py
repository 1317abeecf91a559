"""The escape suite as an ordinary user runs it, a small part of it wherever the tests are root.

`make test` as any other user runs all of it so (docs/enclave.md).
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from escapes.attempt import OURS
from unprivileged import REPOSITORY, unprivileged, why_not_rootless

pytestmark = pytest.mark.enclave


def test_an_ordinary_user_can_run_the_escape_suite() -> None:
    """Attempts of each kind are refused for a user without privileges, and get through without their walls."""
    if reason := why_not_rootless():
        pytest.skip(reason)
    done = subprocess.run(
        unprivileged([sys.executable, "-m", "escapes.sample"]),
        env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'tests/support'}"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)

    assert told["user"] != 0
    assert told["through"] == []
    assert len(told["refused"]) >= 12
    assert [detail for detail in told["refused"].values() if detail.startswith(OURS)] == []
    assert len(told["controls"]) >= 12
    assert all(told["controls"].values()), told["controls"]
