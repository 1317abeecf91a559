"""A custodian reads texts of an extract in a browser on their machine, and finds the figure in the lab's report."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browsing import CHROMIUM, PATIENCE
from playwright.sync_api import Browser

from datalab.contract.model import Contract
from datalab.contract.odcs.contract_file import read_contract
from datalab.contract.odcs.writing import write_contract
from datalab.sample.county import make_county
from datalab.settings import Settings
from ingest.custodian.rehearse import create_throw_away_lab
from ingest.sealed.agency_key import create_agency_key
from ingest.sealed.landing_key import public_key_file

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")]
LEFT = "zarquonette"
"""A name that no list holds, in small letters, beside a thing: nothing tells it from a word."""


@dataclass(frozen=True, kw_only=True)
class Custody:
    """What a custodian has on their machine, and a lab that takes their extract."""

    settings: Settings
    source: Path
    contract: Path
    signing_key: Path
    folder: Path

    def run(self, *arguments: str | Path) -> str:
        """Run a command and return what it prints."""
        command = [sys.executable, "-m", "datalab.cli.main", *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=_environment(self.settings.home), timeout=550
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def deliver(self, marks: Path) -> str:
        """Seal the extract with the marks, send it, have the lab work, and return the extract's identifier."""
        sealed = self.folder / "sealed"
        period = ("--from", "2023-01-01", "--to", "2023-12-31")
        keys = ("--signing-key", self.signing_key, "--lab-key", public_key_file(self.settings))
        options = ("--contract", self.contract, *keys, *period, "--review", marks, "--out", sealed)
        self.run("extract", "seal", self.source, *options)
        (manifest,) = sealed.glob("*.manifest.json")
        self.run("extract", "send", manifest)
        self.run("ingest", "work", "--until-empty")
        return manifest.name.removesuffix(".manifest.json")


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "DATALAB_HOME": str(home), "DATALAB_SPARK_MASTER": "local[2]", "COLUMNS": "200"}


def custody(folder: Path) -> Custody:
    """Make a lab and the police's extract, whose contract asks for eight texts to be read."""
    county = make_county(folder / "county", people=200, seed=7)
    source = next(one.path for one in county.extracts if one.path.name.startswith("police_incidents-2023"))
    leave_a_name(source)
    stated = read_contract(county.contracts / "police_incidents.yaml")
    columns = [replace(column, review_texts=8) if column.name == "narrative" else column for column in stated.columns]
    contract: Contract = replace(stated, columns=tuple(columns))
    written = folder / "police_incidents.yaml"
    written.write_text(write_contract(contract))
    private, public = create_agency_key(folder / "agency", contract.agency)
    settings = Settings(home=folder / "lab")
    create_throw_away_lab(
        settings, written.read_text(), contract.agency, public.read_text(), clock=lambda: datetime.now(UTC)
    )
    return Custody(settings=settings, source=source, contract=written, signing_key=private, folder=folder)


def leave_a_name(source: Path) -> None:
    """Write the name that nothing finds at the end of each narrative."""
    with source.open(newline="") as file:
        rows = list(csv.DictReader(file))
    with source.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "narrative": f"{row['narrative']} It was the {LEFT} door."} for row in rows)


@contextmanager
def reviewing(place: Custody, out: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command until the block ends, and yield it with the address that it prints."""
    options = ("--contract", place.contract, "--signing-key", place.signing_key, "--out", out, "--doubtful", "2")
    command = [sys.executable, "-m", "datalab.cli.main", *map(str, ("extract", "review", place.source, *options))]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=_environment(place.settings.home)
    ) as process:
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            address = next((line.strip() for line in lines if line.startswith("http://127.0.0.1:")), "")
            assert address, "the command ended before it printed an address"
            yield process, address
        finally:
            if process.poll() is None:
                process.terminate()


@pytest.mark.slow
def test_a_custodian_reads_marks_delivers_and_finds_the_figure_in_the_report(browser: Browser, tmp_path: Path) -> None:
    """By the commands alone: what was ticked in a browser without scripts stands in the report, beside the canaries."""
    place, out = custody(tmp_path), tmp_path / "marks"
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    missed = 0
    with reviewing(place, out) as (process, address):
        page.goto(address)
        page.click("text=Start reading")
        texts = int(page.locator("h1").inner_text().split()[3].rstrip(":"))
        for number in range(1, texts + 1):
            page.wait_for_selector(f"h1:has-text('Text {number} of {texts}')")
            for name in page.locator(".rv-word", has_text=LEFT).all():
                name.click()
                missed += 1
            page.click("text=Save and next")
        page.click("text=Sign and finish")
        page.wait_for_selector("text=What happens next")
        assert process.wait(PATIENCE / 1000) == 0
    context.close()
    assert missed, "the name that is left stands in no text: the journey says nothing"

    (marks,) = out.glob("*.marks.json")
    extract = place.deliver(marks)
    report = json.loads(place.run("extract", "report", extract, "--json"))
    told = place.run("extract", "report", extract)

    (found,) = report["review"]["columns"]
    assert (report["verdict"], report["reasons"]) == ("good", [])
    assert found["missed"] + found["doubtful"]["missed"] == missed
    assert (found["texts"], found["high"] > found["share"] > 0) == (8, True)
    assert f"found by your own reading: 8 texts drawn from {found['of']}" in told
    assert "identifiers planted in copies of its texts" in told
    assert LEFT not in json.dumps(report) + told + marks.read_text()
