"""How the portal's words and the hub's sign-in page look to a person."""

from __future__ import annotations

import re

import pytest
from browsing import CHROMIUM, PATIENCE
from playwright.sync_api import Browser
from portal_house import PortalHouse

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")]


@pytest.mark.parametrize("width", [1280, 320])
def test_the_sign_in_page_looks_like_the_portal_and_has_room(portal: PortalHouse, browser: Browser, width: int) -> None:
    """The header is of one colour on both, the heading stands clear of it, and the button below the code's field."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.set_default_timeout(PATIENCE)
    page.goto(portal.house.portal)
    colour = "getComputedStyle(document.querySelector('header, .govuk-generic-header')).backgroundColor"
    header, heading, field, button = (
        page.locator(one).bounding_box() for one in ("header", "h1", "#otp_input", "#login_submit")
    )
    assert header
    assert heading
    assert field
    assert button
    assert heading["y"] >= header["y"] + header["height"] + 16
    assert button["y"] >= field["y"] + field["height"]
    assert page.evaluate(colour) == "rgb(11, 12, 12)"
    page.goto(f"{portal.house.portal}static/govuk-frontend-6.3.0.css")
    assert ".govuk-generic-header{" in page.content()
    assert "background:#0b0c0c" in page.content().split(".govuk-generic-header{")[1].split("}")[0]
    page.close()


def test_sentences_of_the_files_page_are_apart(portal: PortalHouse) -> None:
    """What is said of decisions and what is said of the scanner are two sentences."""
    said = portal.people["ann"].get("projects/safer/files").text
    assert ". No malware scanner" in said or ". Every file is scanned" in said


def test_a_name_breaks_after_a_slash(portal: PortalHouse) -> None:
    """An account's name may break where its words end, and nowhere else."""
    pages = ("projects/safer", f"requests/{portal.waiting}")
    assert all("project/<wbr>safer/<wbr>incidents" in portal.people["ann"].get(page).text for page in pages)


def test_a_project_without_a_view_says_how_one_is_made(portal: PortalHouse) -> None:
    """The next delivery makes it, or a command, named with the project."""
    said = portal.people["rex"].get("projects/elsewhere").text
    assert "next delivery" in said
    assert "datalab ingest build-views elsewhere" in said


def test_a_number_of_people_is_said_of_people(portal: PortalHouse) -> None:
    """How exact a count of persons is, in the table and among the checks: 6 people, not 6 person."""
    said = portal.people["ann"].get(f"requests/{portal.waiting}").text
    assert re.search(r"± [\d,.]+ people", said)
    assert re.search(r"within ±[\d,.]+ people\.", said)
