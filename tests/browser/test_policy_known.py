"""The headers of a lab's pages, as a browser reads them."""

from __future__ import annotations

import pytest
from browsing import CHROMIUM, PATIENCE
from playwright.sync_api import Browser

from infra.enclave.door.policy import own_headers

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")]
LAB, SHELL = "http://lab.example/", "http://portal.example"


@pytest.mark.parametrize(("more", "complaints"), [("", 0), ("; webrtc 'block'", 1)])
def test_a_browser_knows_every_word_of_the_content_policy(browser: Browser, more: str, complaints: int) -> None:
    """Nothing is sent that a browser does not obey; the control is a draft's directive, which it complains of."""
    headers = dict(own_headers(SHELL, place=LAB, channels="ws://lab.example/"))
    headers["Content-Security-Policy"] += more
    said: list[str] = []
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("console", lambda message: said.append(message.text))
    page.route("**/*", lambda route: route.fulfill(body="<h1>Lab</h1>", content_type="text/html", headers=headers))
    page.goto(LAB)
    page.wait_for_selector("h1")
    page.wait_for_timeout(500)
    page.close()
    assert len([one for one in said if "Content-Security-Policy directive" in one]) == complaints, said
