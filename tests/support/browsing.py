"""A real browser for tests: Debian's Chromium, driven by Playwright, and the few steps that many tests take."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from open_house import PASSWORD, OpenHouse
from playwright.sync_api import Browser, Frame, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
"""Nothing of the browser's own goes out."""
PATIENCE = 90_000
"""Milliseconds that a slow machine may take for a step."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser for the length of a block."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


def sign_in(house: OpenHouse, page: Page, username: str) -> None:
    """Sign a person in and stop at the portal's start page."""
    sign_in_as(page, house.portal, username, PASSWORD)


def sign_in_as(page: Page, portal: str, username: str, password: str) -> None:
    """Sign somebody in with a password and stop at the start page of a portal."""
    page.set_default_timeout(PATIENCE)
    page.goto(portal)
    page.fill("#username_input", username)
    page.fill("#password_input", password)
    page.click("#login_submit")
    page.wait_for_url(f"{portal}**")


class Front(Protocol):
    """A lab that runs."""

    @property
    def portal(self) -> str:
        """Where its pages are."""


def open_lab_frame(house: Front, page: Page, username: str, project: str) -> Frame:
    """Start a person's lab from the project's page and return its frame, once JupyterLab stands."""
    page.goto(f"{house.portal}projects/{project}")
    page.click("text=Open the lab")
    page.wait_for_selector("iframe")
    for _ in range(180):
        frame = next((one for one in page.frames if f"/user/{username}/" in one.url), None)
        if frame is not None and frame.query_selector(".jp-LauncherCard, .jp-Notebook"):
            return frame
        page.wait_for_timeout(500)
    raise AssertionError("JupyterLab did not come up in the frame.")
