"""A custodian reads a sample of texts in a real browser: without scripts, by keyboard, on a narrow screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from browsing import CHROMIUM, PATIENCE
from playwright.sync_api import Browser, Page
from portal_pages import AXE
from review_desk import review_desk

from datalab.contract.odcs.contract_file import parse_contract
from ingest.sealed.agency_key import create_agency_key, read_agency_key
from ingest.sealed.marks_file import verify_marks

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")]
NARROW = {"width": 320, "height": 640}
VISITS = Path(__file__).parents[1] / "integration" / "ingest" / "visits.yaml"
HEADER = "patient,nhs_number,surname,born,ward,minutes,note"


def check_accessible(looking: Page, page: Page) -> None:
    """Look at a page in a window with scripts, which axe is: no violation, and nothing wider than the screen."""
    looking.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    looking.goto(page.url)
    assert looking.locator("main h1").inner_text() == page.locator("main h1").inner_text()
    assert looking.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    if AXE.exists():
        looking.evaluate(AXE.read_text())
        found = looking.evaluate("axe.run()")
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
        assert len(found["passes"]) > 10  # it did look


def test_a_custodian_reads_by_keyboard_without_scripts(browser: Browser, tmp_path: Path) -> None:
    """Names that were left are ticked with the space bar, a wrong mask too; that the rate is too high is told."""
    stated = parse_contract(VISITS.read_text(), "visits")
    columns = tuple(replace(one, max_missed=0.3) if one.name == "note" else one for one in stated.columns)
    key = read_agency_key(create_agency_key(tmp_path / "agency", "north_trust")[0])
    source, out = tmp_path / "visits.csv", tmp_path / "out"
    lines = [f"P{one},,,01/02/1990,east,5,Joan and zarquonette came. Ring zarquonette {one}." for one in range(40)]
    source.write_text("\n".join((HEADER, *lines, "")))
    quiet, other = browser.new_context(viewport=NARROW, java_script_enabled=False), browser.new_context(
        viewport=NARROW, bypass_csp=True
    )  # fmt: skip
    page, looking = quiet.new_page(), other.new_page()
    for window in (page, looking):
        window.set_default_timeout(PATIENCE)
    with review_desk(source, replace(stated, columns=columns), key, out, texts=3, doubtful=1) as desk:
        page.goto(desk.address)
        assert "3 texts leave" in page.locator("main").inner_text()
        check_accessible(looking, page)
        page.click("text=Start reading")
        for number in range(1, 5):
            page.wait_for_selector(f"h1:has-text('Text {number} of 4')")
            for name in page.locator(".rv-word", has_text="zarquonette").all():
                name.locator("input").focus()
                page.keyboard.press("Space")
                assert name.locator("input").is_checked()
            if number == 1:
                page.locator(".rv-mask input").focus()
                page.keyboard.press("Space")
                page.select_option("#kind", "PERSON")
            page.locator("button", has_text="Save and next").focus()
            page.keyboard.press("Enter")
        page.wait_for_selector("text=What you found")
        assert "would be held" in page.locator("main").inner_text()
        check_accessible(looking, page)
        page.click("text=Text 1 >> nth=0")
        assert page.locator("input:checked").count() == 3
        check_accessible(looking, page)
        page.click("text=All texts")
        page.click("text=Sign and finish")
        page.wait_for_selector("text=What happens next")
        assert desk.ended.wait(PATIENCE / 1000)
    for context in (quiet, other):
        context.close()

    (marks_file,) = out.glob("*.marks.json")
    (note,) = verify_marks(marks_file.read_bytes(), key.public_pem).columns
    assert (note.random.missed + note.doubtful.missed, note.random.wrong + note.doubtful.wrong) == (8, 1)
    assert note.kinds == {"NOT SAID": (6, 6), "PERSON": (5, 2)}
