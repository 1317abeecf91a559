"""A worker killed in the middle of redaction: the next one goes on, and the extract is what one run makes of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from received_lab import received_lab

from anonymise.spark.parts import FEWEST
from datalab.catalogue import DatasetVersion, ExtractState
from datalab.jobs import JobState
from datalab.runner import Phase
from datalab.settings import Settings
from datalab.storage.databases import open_control
from ingest.landing.raw_extract import RawExtracts

PLACE = Path(__file__).parent / "ingest"
WORKER = PLACE / "killed_worker.py"
ROWS = 1_200
PEOPLE = 300
MARK = "Qxbrandthwaite"
STILL = 4.0
"""Seconds without a new part after which nobody who survived the driver is at work any more."""

pytestmark = [pytest.mark.spark, pytest.mark.timeout(1800)]


def rows() -> str:
    """Return an extract whose notes take some seconds to read, no two alike."""
    lines = [
        f"P{n % PEOPLE:03d},,{MARK},01/02/19{50 + n % 10},east,5,"
        f'"Visit {n}. Mrs {MARK} of {n} Mill Lane was seen with her son on the {1 + n % 28}th. Rang 07700 9{n:05d}."'
        for n in range(ROWS)
    ]
    return "\n".join(["patient,nhs_number,surname,born,ward,minutes,note", *lines, ""])


def files(settings: Settings) -> dict[str, bytes]:
    """Every treated part that is kept, by name; sealed twice, the same part is not the same bytes."""
    found = {}
    for path in (settings.landing / "treated").rglob("[0-9]*.part"):
        found[path.name] = path.read_bytes()
    return found


def command(settings: Settings, step: str, phase: str) -> list[str]:
    """A worker that kills itself at a step and phase; with `none`, one that works to the end."""
    return [sys.executable, str(WORKER), str(settings.home), step, phase]


def killed_in_the_middle(settings: Settings) -> None:
    """Start a worker, and end it by SIGKILL from outside as soon as a first part is kept."""
    with subprocess.Popen(
        command(settings, "none", "none"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as worker:
        try:
            while not files(settings):
                assert worker.poll() is None, "The worker ended before it kept a part."
                time.sleep(0.01)
        finally:
            os.kill(worker.pid, signal.SIGKILL)
    assert worker.returncode == -signal.SIGKILL


def when_still(settings: Settings) -> dict[str, bytes]:
    """Return the kept parts once Java and its Python workers have followed the driver."""
    seen, since = files(settings), time.monotonic()
    while time.monotonic() - since < STILL:
        time.sleep(0.1)
        if (now := files(settings)).keys() != seen.keys():
            seen, since = now, time.monotonic()
    return files(settings)


def published(settings: Settings, extract_id: str) -> tuple[DatasetVersion, list[str]]:
    """Return the one version, and its rows in an order of their own."""
    with open_control(settings.control_database).read() as transaction:
        assert transaction.catalogue.extract(extract_id).state is ExtractState.PUBLISHED
        (job,) = transaction.jobs.jobs()
        (version,) = transaction.catalogue.versions("visits")
    assert job.state is JobState.DONE
    assert job.progress is None
    tables = [pq.read_table(file) for file in (settings.research / version.path).glob("*.parquet")]
    return version, sorted(str(one) for table in tables for one in table.to_pylist())


def test_redaction_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    """Parts that were done stay as they are, the rest is added, and rows and counts are those of one run."""
    settings, extract_id = received_lab(tmp_path, (PLACE / "visits.yaml").read_text(), rows())
    untroubled = replace(settings, home=tmp_path / "untroubled")
    shutil.copytree(settings.home, untroubled.home)  # the same keys

    killed_in_the_middle(settings)
    done = when_still(settings)
    assert 0 < len(done) < FEWEST
    lying = [path for path in settings.landing.rglob("*") if path.is_file()]
    assert not [path for path in lying if MARK.encode() in path.read_bytes() or MARK in str(path)]

    again = subprocess.run(command(settings, "de-identify", Phase.WORKED.value), check=False, capture_output=True)
    assert again.returncode == -signal.SIGKILL
    whole = files(settings)
    assert len(whole) == FEWEST
    assert {name for name in done if done[name] != whole[name]} == set()

    for lab in (settings, untroubled):
        assert subprocess.run(command(lab, "none", "none"), check=False, capture_output=True).returncode == 0
        assert files(lab) == {}
        assert RawExtracts.of(lab).is_destroyed(extract_id)
        assert list(lab.scratch.iterdir()) == []
    (version, made), (expected_version, expected) = published(settings, extract_id), published(untroubled, extract_id)
    assert len(made) == version.rows == ROWS
    assert made == expected
    assert report_of(version) == report_of(expected_version)


def report_of(version: DatasetVersion) -> Any:
    """What the report says of de-identification: how often what was done, and how many canaries were missed."""
    return version.report["de_identification"]
