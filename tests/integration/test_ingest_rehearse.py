"""A rehearsal on the custodian's own machine, and another job for an extract that the lab failed."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from datalab.audit.event import Action, AuditEvent
from datalab.catalogue import Extract, ExtractKind, ExtractState
from datalab.errors import StateError
from datalab.jobs import JobState
from datalab.storage.databases import SqlControlDatabase, create_control, open_control
from ingest.landing.job import ACTOR, JOB_KIND, attempt_number, new_job
from ingest.worker.retry import queue_again

CONTRACT = Path(__file__).parent / "ingest" / "visits.yaml"
NOW = datetime(2024, 2, 1, tzinfo=UTC)


@pytest.mark.spark
def test_a_rehearsal_tells_what_would_happen_and_leaves_nothing(tmp_path: Path) -> None:
    """The report of a file that would be held, as JSON, before anybody read its texts; nothing stays behind."""
    contract = tmp_path / "contract.yaml"
    redact = "{property: datalab.treatment, value: redact}"
    contract.write_text(CONTRACT.read_text().replace(redact, f"{redact}, {{property: datalab.reviewTexts, value: 50}}"))
    temporary, source = tmp_path / "temporary", tmp_path / "visits.csv"
    temporary.mkdir()
    source.write_text("patient,nhs_number,surname,born,ward,minutes,note\nP1,,Ng,01/02/1990,QXWARD,5,\n")
    command = [
        *(sys.executable, "-m", "datalab.cli.main", "extract", "rehearse", source, "--contract", contract),
        *("--from", "2024-01-01", "--to", "2024-01-31", "--json"),
    ]
    environment = {"PATH": "/usr/bin:/bin", "TMPDIR": str(temporary), "DATALAB_SPARK_MASTER": "local[2]"}

    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, env=environment)

    report = json.loads(done.stdout)
    assert report["verdict"] == "quarantined"
    assert "ward is not valid in 1 of 1 rows" in report["reasons"][0]
    assert "QXWARD" not in done.stdout + done.stderr
    assert list(temporary.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["contract.yaml", "temporary", "visits.csv"]


def received(folder: Path) -> SqlControlDatabase:
    """Return a control database with one received extract `x` and its queued job."""
    address = f"sqlite:///{folder / 'control.sqlite'}"
    create_control(address)
    control = open_control(address)
    extract = Extract(
        id="x",
        agency="north_trust",
        dataset="visits",
        contract_version="1.0.0",
        kind=ExtractKind.FULL,
        period_from=date(2024, 1, 1),
        period_to=date(2024, 1, 31),
        rows=1,
        ciphertext_sha256="ab" * 32,
        content_id="cd" * 32,
        state=ExtractState.RECEIVED,
        received_at=NOW,
    )
    with control.begin() as transaction:
        transaction.catalogue.add_extract(extract, event=event(Action.EXTRACT_RECEIVED))
        transaction.jobs.enqueue(new_job("x"), event=event(Action.JOB_QUEUED))
    return control


def event(action: Action) -> AuditEvent:
    """Return an audit event about the extract."""
    return AuditEvent(action=action, actor=ACTOR, subject="x", at=NOW)


def test_only_a_failed_job_is_followed_by_another(tmp_path: Path) -> None:
    """A queued job is no reason for a second one; a failed one is, once, and its attempts count on."""
    control = received(tmp_path)
    with pytest.raises(StateError, match="needs no other job"):
        queue_again(control, "x", now=NOW)
    with control.begin() as transaction:
        job = transaction.jobs.lease(JOB_KIND, worker="w", now=NOW, event=event(Action.JOB_LEASED))
        assert job is not None
        transaction.jobs.settle(job, JobState.FAILED, event=event(Action.JOB_FAILED))

    second = queue_again(control, "x", now=NOW)

    assert second.id != job.id
    assert attempt_number(second) > attempt_number(job)
    with pytest.raises(StateError):
        queue_again(control, "x", now=NOW + timedelta(days=1))
