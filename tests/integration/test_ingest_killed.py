"""Workers killed at every step: nothing lost, nothing twice, no plaintext left, the raw extract destroyed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from received_lab import received_lab

from datalab.audit.event import Action
from datalab.audit.log import verify
from datalab.catalogue import ExtractState
from datalab.jobs import JobState
from datalab.runner import Phase
from datalab.settings import Settings
from datalab.storage.databases import open_control
from ingest.landing.raw_extract import RawExtracts
from ingest.worker.pipeline import STEPS
from ingest.worker.scratch import WorkerScratch

PLACE = Path(__file__).parent / "ingest"
WHOLE = (PLACE / "visits.yaml").read_text()
CONTRACT = WHOLE[: WHOLE.index("      - name: note")]
"""Without free text: no model has to be loaded each time a worker starts again."""
MARK = "QXSURNAME"


@pytest.fixture
def lab(tmp_path: Path) -> tuple[Settings, str]:
    """A lab with one received extract and one project; returns its settings and the extract's identifier."""
    rows = "".join(f"P{n % 10},,{MARK},01/02/19{50 + n % 10},east,5\n" for n in range(20))
    return received_lab(tmp_path, CONTRACT, f"patient,nhs_number,surname,born,ward,minutes\n{rows}")


def run_worker(settings: Settings, step: str, phase: str) -> int:
    """Run a worker in a process of its own, and return how it ended."""
    command = [sys.executable, PLACE / "killed_worker.py", str(settings.home), step, phase]
    return subprocess.run(command, check=False, capture_output=True).returncode


def check_whole(settings: Settings, extract_id: str) -> None:
    """Check that one extract went through once, and left nothing behind."""
    with open_control(settings.control_database).read() as transaction:
        verify(transaction.audit.entries())
        events = [entry.event for entry in transaction.audit.entries()]
        (job,) = transaction.jobs.jobs()
        (version,) = transaction.catalogue.versions("visits")
        view = transaction.catalogue.view("early_help", "visits")
        generation = transaction.catalogue.linkage_generation()
        assert transaction.catalogue.extract(extract_id).state is ExtractState.PUBLISHED
    assert job.state is JobState.DONE
    assert tuple(job.results) == STEPS
    steps = [event.details["step"] for event in events if event.action is Action.JOB_STEP_DONE]
    assert steps == list(STEPS)
    for action in (Action.VERSION_PUBLISHED, Action.VIEW_PUBLISHED, Action.EXTRACT_SHREDDED):
        assert [event.action for event in events].count(action) == 1
    assert (version.number, version.rows, view.rows) == (1, 20, 20)
    assert generation is not None
    assert generation.number == 1
    zones = {
        settings.research / "visits": version.path,
        settings.views / "early_help" / "visits": view.path,
        settings.linkage: generation.path,
    }
    for folder, path in zones.items():
        assert [entry.name for entry in folder.iterdir()] == [path.rpartition("/")[2]]
    assert RawExtracts.of(settings).is_destroyed(extract_id)
    assert list(settings.scratch.iterdir()) == []
    assert not [p for p in settings.home.rglob("*") if p.is_file() and MARK.encode() in p.read_bytes()]


@pytest.mark.spark
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "steps", [(STEPS[-3], STEPS[-1]), pytest.param(STEPS, marks=pytest.mark.slow)], ids=["late", "each"]
)
def test_a_worker_killed_after_the_work_of_a_step(lab: tuple[Settings, str], steps: tuple[str, ...]) -> None:
    """Workers die in turn, each with a step's work done and not recorded; the last finds everything to finish."""
    settings, extract_id = lab
    for step in steps:
        assert run_worker(settings, step, Phase.WORKED.value) == -9, step

    assert run_worker(settings, "none", "none") == 0

    check_whole(settings, extract_id)


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("phase", [Phase.STARTED, Phase.COMMITTED])
def test_a_worker_killed_before_and_between_steps(lab: tuple[Settings, str], phase: Phase) -> None:
    """The same with workers that die before a step's work, or after it was recorded."""
    settings, extract_id = lab
    for step in STEPS:
        assert run_worker(settings, step, phase.value) == -9, step

    assert run_worker(settings, "none", "none") == 0

    check_whole(settings, extract_id)


def test_scratch_of_the_dead_is_removed_and_that_of_the_living_is_not(tmp_path: Path) -> None:
    """A folder whose holder was killed goes when the next worker starts; one whose holder lives stays."""
    code = (
        "import os, signal, sys; from pathlib import Path; from ingest.worker.scratch import WorkerScratch;"
        "scratch = WorkerScratch.open(Path(sys.argv[1])); (scratch.job('j') / 'plain').write_text('x');"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    with WorkerScratch.open(tmp_path) as living:
        (living.job("mine") / "plain").write_text("x")
        died = subprocess.run([sys.executable, "-c", code, tmp_path], check=False)
        assert died.returncode == -9
        assert len(list(tmp_path.glob("worker-*"))) == 2

        with WorkerScratch.open(tmp_path) as newcomer:
            assert set(tmp_path.iterdir()) == {living.folder, newcomer.folder}
            assert (living.job("mine") / "plain").exists()

        living.empty()
        assert list((living.folder / "jobs").iterdir()) == []
    assert list(tmp_path.iterdir()) == []
