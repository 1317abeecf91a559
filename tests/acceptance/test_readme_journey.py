from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

pytestmark = [pytest.mark.spark, pytest.mark.timeout(1200)]


def test_the_journey_runs_as_the_readme_says(tmp_path: Path) -> None:
    """The commands of the README, pasted into a shell, end with a bundle that verifies and budget that was spent."""
    (journey,) = re.findall(r"<!-- journey -->\n```bash\n(.*?)\n```", (REPOSITORY / "README.md").read_text(), re.DOTALL)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "TMPDIR": str(tmp_path),
        "COLUMNS": "160",
    }

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", journey],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert len(list(tmp_path.glob("*/lab/outbox/*.zip"))) == 1
    for said in ("antisocial behaviour", "Incidents by kind", "dataset/police_incidents", "1.8", "budget acts: 2,"):
        assert said in done.stdout
