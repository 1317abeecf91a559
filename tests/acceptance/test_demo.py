"""The demonstration, as `make demo` runs it: it ends with a lab that people can sign in to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browsing import CHROMIUM, chromium, open_lab_frame, sign_in_as
from open_house import PROXY, programs_there
from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.spark,
    pytest.mark.browser,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not (CHROMIUM and programs_there()), reason="needs Chromium, bubblewrap and the proxy"),
]


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """A demonstration that runs."""

    home: Path
    said: str

    @property
    def portal(self) -> str:
        """Where its pages are, as it printed."""
        (host,) = re.findall(r"Open {2}http://(\S+)/ {2}in a browser", self.said)
        return f"http://portal--service.{host}/services/portal/"

    def password(self, username: str) -> str:
        """Return the password that it printed for somebody."""
        (password,) = re.findall(rf"^ {{2}}{username} +(\S+)", self.said, re.MULTILINE)
        return str(password)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Run the demonstration with few people, and end it afterwards."""
    home = tmp_path_factory.mktemp("demo") / "lab"
    done = _datalab("lab", "demo", str(home), "--people", "500", proxy=PROXY)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    try:
        yield Demonstration(home=home, said=done.stdout)
    finally:
        ended = _datalab("down", "--lab", str(home))
    assert ended.returncode == 0, ended.stderr
    assert not (home / "run" / "lab.pid").exists()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser for this module."""
    with chromium() as browser:
        yield browser


def test_the_custodian_delivers_what_waits(demonstration: Demonstration, browser: Browser) -> None:
    """The custodian signs in with what was printed, uploads the extract that waits, and finds it among theirs."""
    page = browser.new_context().new_page()
    sign_in_as(page, demonstration.portal, "col", demonstration.password("col"))
    files = sorted((demonstration.home / "agencies" / "to_deliver").iterdir())
    assert [file.name.split(".", 1)[1] for file in files] == ["age", "manifest.json"]

    page.goto(f"{demonstration.portal}deliver")
    page.set_input_files("[name=sealed]", files[0])
    page.set_input_files("[name=manifest]", files[1])
    page.click("main button[type=submit]")

    page.wait_for_selector(f"text={files[0].name.split('.')[0]}")


def test_the_researcher_sees_answers(demonstration: Demonstration, browser: Browser) -> None:
    """The researcher signs in and reads a released answer with its chart."""
    page = browser.new_context().new_page()
    sign_in_as(page, demonstration.portal, "rowan", demonstration.password("rowan"))

    page.goto(f"{demonstration.portal}projects/early_help")
    page.click("text=Pupils by absence")

    page.wait_for_selector("svg.lab-chart")


def test_the_researcher_opens_the_lab(demonstration: Demonstration, browser: Browser) -> None:
    """The researcher's project, whose id has two words, shows JupyterLab in its frame."""
    page = browser.new_context().new_page()
    sign_in_as(page, demonstration.portal, "rowan", demonstration.password("rowan"))

    frame = open_lab_frame(demonstration, page, "rowan", "early_help")

    assert "/user/rowan/early-help/lab" in frame.url


def test_the_reviewer_decides_what_waits(demonstration: Demonstration, browser: Browser) -> None:
    """The reviewer signs in, finds the question that waits in the queue, and approves it."""
    page = browser.new_context().new_page()
    sign_in_as(page, demonstration.portal, "robin", demonstration.password("robin"))

    page.goto(f"{demonstration.portal}review")
    page.click("text=People by beat")
    page.check("#verdict-approved")
    page.fill("#reason", "Beats that enough people share, at a moderate cost.")
    page.click("text=Record the decision")

    page.wait_for_selector("text=released")


def test_it_says_how_it_ends_and_keeps_what_it_said(demonstration: Demonstration) -> None:
    """What was printed last stands in a file that only the lab's user reads, with the command that ends the lab."""
    kept = demonstration.home / "sign-in.txt"

    assert kept.read_text().strip() in demonstration.said
    assert kept.stat().st_mode & 0o077 == 0
    assert f"datalab down --lab {demonstration.home}" in kept.read_text()
    assert (demonstration.home / "run" / "lab.pid").exists()


def test_it_shows_what_redaction_misses(demonstration: Demonstration) -> None:
    """The custodian's report of one extract tells the share of planted identifiers missed, and that nobody read it."""
    assert re.search(r"identifiers planted in copies of its texts [\d,]+ were missed: [\d.]+% \(", demonstration.said)
    assert "not read by anybody" in demonstration.said


def test_a_lab_that_runs_is_not_started_twice(demonstration: Demonstration) -> None:
    """Neither behind nor in front; it says so, and the one that runs goes on."""
    for words in (("up", "--background"), ("up",)):
        refused = _datalab(*words, "--lab", str(demonstration.home))

        assert refused.returncode != 0
        assert "already" in refused.stderr
    assert (demonstration.home / "run" / "lab.pid").exists()


def _datalab(*words: str, proxy: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {"DATALAB_PROXY": str(proxy)} if proxy else {}
    return subprocess.run(
        [sys.executable, "-m", "datalab.cli.main", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
