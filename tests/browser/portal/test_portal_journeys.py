"""What custodian, researcher, reviewer and operator do at the portal, each in a browser of their own, no script on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from browsing import CHROMIUM, PATIENCE, open_lab_frame, sign_in, sign_in_as
from open_house import PASSWORD, programs_there
from playwright.sync_api import Browser, Page
from portal_client import PortalClient
from portal_house import PortalHouse, question
from portal_pages import signed_in

from datalab.web.pages.deliver import seal_command

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")]
SEALED = b"age-encryption.org/v1\n-> X25519 journey\nciphertext\n"


def _window(portal: PortalHouse, browser: Browser, username: str) -> Page:
    page = signed_in(portal, browser, username, java_script_enabled=False).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(portal.house.portal)
    return page


def test_a_custodian_signs_in_delivers_and_reads_what_was_found(
    portal: PortalHouse, browser: Browser, tmp_path: Path
) -> None:
    """The command to copy, a refused upload that says why, an upload that is taken, its way, and the reports."""
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(portal.house, page, "cas")
    page.click("text=Deliver an extract")
    assert seal_command("incidents") in page.inner_text("main")
    assert "landing.pub" in page.inner_text("main")
    claim = {"agency": "police", "ciphertext_sha256": hashlib.sha256(SEALED).hexdigest()}
    manifest, sealed = tmp_path / "mine.manifest.json", tmp_path / "mine.age"
    manifest.write_text(json.dumps({"manifest": claim, "signature": "none"}))
    for content, said in ((SEALED[:-4], "not the one that its manifest describes"), (SEALED, "")):
        sealed.write_bytes(content)
        page.set_input_files("#sealed", sealed)
        page.set_input_files("#manifest", manifest)
        page.click("button:has-text('Upload')")
        if said:
            page.wait_for_selector(".govuk-error-summary")
            assert said in page.inner_text(".govuk-error-summary")
    page.wait_for_selector(".govuk-panel--confirmation")
    page.click("text=Follow it among your extracts")
    page.click("text=incidents-2")
    page.click("text=Look again now")
    assert "Received" in page.inner_text(".lab-steps")
    assert "In work: 30,000 of 60,000 texts, 300 a second, 2 minutes left" in page.inner_text(".lab-steps")
    page.click("text=Back to extracts")
    page.click("text=incidents-3")
    assert "112 of 400 values of minutes are outside 0 to 600." in page.inner_text("main")
    assert "pseudonym" in page.inner_text("main")
    assert "4 of 100 were missed, 4.0% (95% interval 1.6% to 9.8%)" in page.inner_text("main")
    assert "how redaction does on what is planted" in page.inner_text("main")
    read = "50 texts of 397, 150 identifiers, 3 missed: 2.0% (95% interval 0.7% to 6.9%)"
    assert f"notes, found by your own reading: {read}" in page.inner_text("main")
    page.context.close()


def test_a_question_is_asked_decided_on_and_read_without_javascript(portal: PortalHouse, browser: Browser) -> None:
    """Budget, cost before paying, submission; queue, decision with a reason; the answer with chart and interval."""
    researcher = _window(portal, browser, "ann")
    researcher.click("text=Project safer")
    assert "Left, as an epsilon" in researcher.inner_text("main")
    researcher.click("text=Ask a question that you have as JSON")
    researcher.fill("#question", question("Journey", "1/32"))
    researcher.click("text=See what it would cost")
    researcher.wait_for_selector("text=Cost and exactness")
    assert "Journey" in researcher.input_value("#question")
    researcher.click("button:has-text('Submit and pay')")
    researcher.wait_for_url("**/requests/*")
    assert "once a reviewer approved it" in researcher.inner_text("main")

    reviewer = _window(portal, browser, "rev")
    reviewer.click("text=for a decision")
    reviewer.click("text=Journey")
    assert "What is asked" in reviewer.inner_text("main")
    assert reviewer.locator("svg.lab-chart").count() == 1
    reviewer.fill("#reason", "A moderate cost.")
    reviewer.click("text=Record the decision")
    reviewer.wait_for_selector(".govuk-error-summary")
    assert reviewer.input_value("#reason") == "A moderate cost."
    reviewer.check("#verdict-approved")
    reviewer.click("text=Record the decision")
    reviewer.wait_for_url("**/requests/*")

    researcher.reload()
    assert "A moderate cost." in researcher.inner_text(".govuk-inset-text")
    low, high = researcher.locator("tbody .lab-figure").first.inner_text().split(" to ")
    assert f"({low} to {high})" in researcher.inner_html("svg.lab-chart")
    researcher.context.close()
    reviewer.context.close()


def test_an_operator_invites_suspends_and_reinstates(portal: PortalHouse, browser: Browser) -> None:
    """An invitation is a link; who is suspended can do nothing until reinstated; the last operator stays."""
    page = _window(portal, browser, "olga")
    page.click("text=People and projects")
    page.click("button:has-text('Invite bob')")
    assert "/hub/enrol?token=" in page.inner_text(".lab-code")
    page.click("text=Back to people")
    bob = PortalClient(house=portal.house).sign_in("bob")
    page.click("button:has-text('Suspend bob')")
    assert "bob is suspended." in page.inner_text(".govuk-notification-banner")
    refused = bob.get("projects")
    assert refused.status == 403 or "/oauth2/authorize" in refused.location
    page.click("button:has-text('Reinstate bob')")
    assert "bob may work again." in page.inner_text(".govuk-notification-banner")
    PortalClient(house=portal.house).sign_in("bob")
    page.click("button:has-text('Suspend olga')")
    assert "last operator" in page.inner_text(".govuk-error-summary")
    page.context.close()


def test_an_operator_adds_somebody_who_then_signs_in(portal: PortalHouse, browser: Browser) -> None:
    """What is wrong is said, with what was typed kept; a custodian needs an agency; who was added can be invited."""
    page = _window(portal, browser, "olga")
    page.click("text=People and projects")
    page.fill("#username", "cleo")
    page.fill("#full_name", "Cleo Marsh")
    page.check("#role_custodian")
    page.click("main button:text-is('Add')")
    assert "do not fit" in page.inner_text(".govuk-error-summary")
    assert page.input_value("#full_name") == "Cleo Marsh"
    assert page.is_checked("#role_custodian")
    page.select_option("#agency", "trust")
    page.click("main button:text-is('Add')")
    assert "cleo is in the lab." in page.inner_text(".govuk-notification-banner")
    page.click("button:has-text('Invite cleo')")
    assert "/hub/enrol?token=" in page.inner_text(".lab-code")
    page.goto(f"{portal.house.portal}people")
    page.fill("#username", "cleo")
    page.fill("#full_name", "Another")
    page.check("#role_reviewer")
    page.click("main button:text-is('Add')")
    assert "taken" in page.inner_text(".govuk-error-summary") or "already" in page.inner_text(".govuk-error-summary")
    page.context.close()


@pytest.mark.skipif(not programs_there(), reason="needs bubblewrap and the proxy")
def test_a_lab_opens_whatever_its_names_are(portal: PortalHouse, browser: Browser) -> None:
    """A dot of a user name and an underscore of a project are no part of a host or server; the frame finds both."""
    page = browser.new_context().new_page()
    sign_in_as(page, portal.house.portal, "jo.smith", PASSWORD)

    frame = open_lab_frame(portal.house, page, "jo.smith", "safe_and_sound")

    assert "//jo.smith." not in frame.url
    page.context.close()
