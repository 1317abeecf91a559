"""The way in, in a real browser: a researcher brings a file, a reviewer decides, and the project has it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browsing import CHROMIUM, sign_in
from open_house import OpenHouse, programs_there
from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM and programs_there()), reason="needs Chromium, bubblewrap and the proxy"),
]
CODE = b"# <script>alert(1)</script>\nANSWER = 42\n"


def _person(house: OpenHouse, browser: Browser, name: str) -> Page:
    page = browser.new_context().new_page()
    sign_in(house, page, name)
    return page


def _choose(page: Page, name: str, content: bytes) -> None:
    page.set_input_files("#file", {"name": name, "mimeType": "application/octet-stream", "buffer": content})
    page.click("text=Bring it in")


def test_a_researcher_brings_a_file_and_reads_what_became_of_it(house: OpenHouse, browser: Browser) -> None:
    """Refused with the reason beside the form; held; approved by a reviewer who read it; placed in the project."""
    ann = _person(house, browser, "ann")
    ann.goto(f"{house.portal}projects/safer")
    ann.click("text=Bring a file to this project")
    assert "files are not scanned" in ann.inner_text("main")
    _choose(ann, "all.zip", b"PK\x03\x04")
    ann.wait_for_selector(".govuk-error-summary >> text=archive")
    _choose(ann, "analysis.csv", b"a,b\n1\n")
    ann.wait_for_selector(".govuk-error-summary >> text=not a table")
    _choose(ann, "analysis.py", CODE)
    ann.wait_for_selector("td >> text=Held")

    rev = _person(house, browser, "rev")
    rev.click("nav >> text=Files")
    rev.click("text=analysis.py")
    assert CODE.decode().strip() in rev.inner_text("main")
    rev.check("#verdict-approve")
    rev.click("text=Record the decision")
    rev.wait_for_selector(".govuk-error-summary >> text=reason")
    rev.check("#verdict-approve")
    rev.fill("#reason", "Plain code, no data.")
    rev.click("text=Record the decision")
    rev.wait_for_url(re.compile(r"/files$"))

    ann.reload()
    row = ann.locator("tr", has_text="analysis.py").inner_text()
    assert "Placed" in row
    assert "Plain code, no data." in row
    assert (house.settings.uploads / "placed" / "safer" / Path("analysis.py")).read_bytes() == CODE


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "page"),
    [("rex", "projects/safer/files"), ("cas", "files"), ("ann", "files"), ("rev", "projects/safer/files")],
)
def test_others_see_none_of_it(house: OpenHouse, browser: Browser, name: str, page: str) -> None:
    """A researcher of another project, a custodian, and each role on the other's page: refused."""
    visitor = _person(house, browser, name)

    answer = visitor.goto(f"{house.portal}{page}")

    assert answer is not None
    assert answer.status == 403
