"""The journey of issue and answer, in two real browsers: lab, Spark, question, review, answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browsing import CHROMIUM, PATIENCE, open_lab_frame, sign_in
from open_house import OpenHouse, programs_there
from playwright.sync_api import Browser, Frame

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM and programs_there()), reason="needs Chromium, bubblewrap and the proxy"),
]

CELL = """
from notebooks.enclave import open_lab
from notebooks.lab import ask
lab = open_lab()
print("rows", lab.table("incidents").count())
question = ask("incidents").titled("Incidents by area").group_by("area").count_units().spend(
    rho="1/2", rows_per_unit=1, rows_per_cell=1)
print("costs", lab.preview(question).cost)
sent = lab.submit(question)
print("state", sent.state, sent.id)
"""


def _started(frame: Frame) -> int:
    """Return how many cells have run or are running."""
    return sum(bool(re.search(r"[*\d]", prompt)) for prompt in frame.locator(".jp-InputPrompt").all_inner_texts())


def _start(frame: Frame, code: str) -> None:
    """Type code into the notebook's last cell and start it; once more where the page was not ready to take it."""
    before, keyboard = _started(frame), frame.page.keyboard
    for _ in range(20):
        frame.locator(".jp-Notebook .jp-Cell .cm-content").last.click()
        keyboard.press("Control+A")
        keyboard.insert_text(code)
        keyboard.press("Shift+Enter")
        for _ in range(10):
            if _started(frame) > before:
                return
            frame.page.wait_for_timeout(500)
    raise AssertionError("The notebook did not take the cell.")


def _run(frame: Frame, code: str, wanted: str) -> str:
    """Run code in the notebook's last cell, and return what is printed once it holds a text."""
    _start(frame, code)
    outputs = frame.locator(".jp-OutputArea-output")
    for _ in range(6 * PATIENCE // 500):
        said = "\n".join(outputs.all_inner_texts())
        if wanted in said or "Error" in said:
            break
        frame.page.wait_for_timeout(500)
    assert wanted in said, said
    return said


def test_a_researcher_asks_from_the_lab_and_reads_the_reviewed_answer(
    house: OpenHouse, browser: Browser, tmp_path: Path
) -> None:
    """Sign in, notebook, Spark, a question through the door, approval elsewhere, answer in lab and portal."""
    researcher = browser.new_context(viewport={"width": 1300, "height": 900}).new_page()
    sign_in(house, researcher, "ann")
    frame = open_lab_frame(house, researcher, "ann", "safer")
    frame.click(".jp-LauncherCard[data-category='Notebook']")
    frame.wait_for_selector(".jp-Notebook .cm-content")
    frame.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']")
    said = _run(frame, CELL, "state answered")
    assert "rows 400" in said
    request = said.split("state answered ")[1].split()[0]

    reviewer = browser.new_context().new_page()
    sign_in(house, reviewer, "rev")
    reviewer.goto(f"{house.portal}review")
    reviewer.click("text=Incidents by area")
    reviewer.wait_for_selector("svg.lab-chart")
    reviewer.check("#verdict-approved")
    reviewer.fill("#reason", "Counts of people by area, at a moderate cost.")
    reviewer.click("text=Record the decision")
    reviewer.wait_for_selector("text=released")

    assert "north" in _run(frame, f"print(lab.request({request!r}))", "released")
    researcher.screenshot(path=tmp_path / "lab.png")
    researcher.goto(f"{house.portal}requests/{request}")
    researcher.wait_for_selector("svg.lab-chart")
    assert "Counts of people by area" in researcher.inner_text("main")
