"""Open the pages of a hostile workspace in Chromium, run the cells that a person would, and see what was reached."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from browsing import PATIENCE
from playwright.sync_api import Browser, Error, Frame, Page

from escapes.browser.sinks import Sinks
from escapes.notebook.attempt import RUN, TRUSTED, NotebookAttempt
from escapes.notebook.labs import Lab
from escapes.notebook.programs import SECRET

SETTLE, CONTROL = 4_000, 45_000
"""Milliseconds after everything was shown, and that a control is waited for."""
STANDS = ".jp-Notebook, .jp-Launcher, .jp-Help, .jp-LauncherCard"


def try_in_lab(browser: Browser, attempts: Sequence[NotebookAttempt], lab: Lab, listeners: Sinks) -> set[str]:
    """Open every page that an attempt needs, and return the slugs of those attempts that got through."""
    context = browser.new_context(viewport={"width": 1300, "height": 2500})
    context.add_cookies(lab.cookies)
    pages = sorted({one.opens for one in attempts if one.opens})
    opened: list[Page] = []
    for path in pages:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(lab.address(path), wait_until="commit")
        opened.append(page)
        frame = lab_frame(page)
        if path.endswith(RUN):
            _run(frame)
        if path.endswith((RUN, TRUSTED)):
            frame.wait_for_selector(".jp-OutputArea-output :text('shown')")
    slugs = {one.slug for one in attempts if not one.asked}
    through: set[str] = set()
    for waited in range(0, CONTROL, 500):
        through = {slug for slug in slugs if listeners.heard[slug]}
        if slugs <= through or (lab.framed and waited >= SETTLE):
            break
        if opened:
            opened[-1].wait_for_timeout(500)
    context.close()
    return through | {slug for slug, text in lab.answers.items() if SECRET in text}


def lab_frame(page: Page) -> Frame:
    """Return the frame in which JupyterLab stands, once it does: one that did not come up would refuse everything."""
    for _ in range(PATIENCE // 500):
        for frame in page.frames:
            with contextlib.suppress(Error):
                if frame.query_selector(STANDS):
                    return frame
        page.wait_for_timeout(500)
    raise AssertionError("JupyterLab did not come up: " + page.frames[-1].content()[:500])


def _run(frame: Frame) -> None:
    """Run the one cell, as a person does; once more where the page was not ready to take it."""
    frame.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']")
    for _ in range(20):
        frame.locator(".jp-Notebook .jp-Cell .cm-content").first.click()
        frame.page.keyboard.press("Control+Enter")
        for _ in range(10):
            if any(letter in "*123456789" for letter in frame.locator(".jp-InputPrompt").first.inner_text()):
                return
            frame.page.wait_for_timeout(300)
    raise AssertionError("The notebook did not take the cell.")
