"""The policies for browsers that an agency manages, in a real Chromium whose /etc is exchanged in a mount namespace."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from pathlib import Path

import pytest
from browsing import CHROMIUM, QUIET
from escapes.browser.house import serving_pages
from playwright.sync_api import Error, sync_playwright

pytestmark = pytest.mark.browser
SHIPPED = Path(__file__).parents[2] / "infra" / "enclave" / "managed_browsers"


@pytest.mark.skipif(
    not (CHROMIUM and shutil.which("bwrap") and Path("/etc/chromium").is_dir()), reason="needs Chromium and bubblewrap"
)
@pytest.mark.parametrize("managed", [True, False])
def test_a_managed_chromium_opens_the_lab_and_nothing_else(managed: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """With the shipped policy the lab's own host is shown and another is not; the control, without it, shows both."""
    folder = tmp_path / "etc" / "policies" / "managed"
    folder.mkdir(parents=True)
    if managed:
        told = json.loads((SHIPPED / "chromium.json").read_text().replace("lab.example", "lab.localhost"))
        del told["DeveloperToolsAvailability"]  # the test drives the browser by what this closes
        (folder / "datalab.json").write_text(json.dumps(told))
    program = tmp_path / "chromium"
    exchanged = ["bwrap", "--dev-bind", "/", "/", "--bind", str(tmp_path / "etc"), "/etc/chromium", CHROMIUM]
    program.write_text(f'#!/bin/sh\nexec {shlex.join(exchanged)} "$@"\n')
    program.chmod(0o755)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    shown = {}
    with serving_pages({"page": "<h1>shown</h1>"}, {}) as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(program), args=[*QUIET, *sandbox])
        page = browser.new_page()
        for host in ("lab.localhost", "ann.lab.localhost", "elsewhere.localhost"):
            try:
                page.goto(f"http://{host}:{port}/page")
                shown[host] = page.inner_text("body") == "shown"
            except Error:
                shown[host] = False
        browser.close()

    assert shown == {"lab.localhost": True, "ann.lab.localhost": True, "elsewhere.localhost": not managed}


def test_the_policies_close_saving_and_printing() -> None:
    """Both shipped files are JSON, close printing and other addresses, and Chromium's closes downloads."""
    chromium = json.loads((SHIPPED / "chromium.json").read_text())
    firefox = json.loads((SHIPPED / "firefox.json").read_text())["policies"]

    assert (chromium["DownloadRestrictions"], chromium["PrintingEnabled"], chromium["URLBlocklist"]) == (
        3,
        False,
        ["*"],
    )
    assert (firefox["PrintingEnabled"], firefox["WebsiteFilter"]["Block"]) == (False, ["<all_urls>"])
