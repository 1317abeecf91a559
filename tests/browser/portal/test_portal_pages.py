"""How pages are, for everybody: accessible, by keyboard, on a narrow screen, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import CHROMIUM, PATIENCE
from open_house import programs_there
from playwright.sync_api import Browser, Page
from portal_house import PortalHouse
from portal_pages import AXE, FORMS, PAGES, address, signed_in, submit_form

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")]
NARROW = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def narrow(portal: PortalHouse, browser: Browser) -> Iterator[dict[str, Page]]:
    """Open one narrow window for each person; axe is put into the page past the content policy."""
    pages = {}
    for username in {who for who, *_ in (*PAGES.values(), *FORMS.values())}:
        pages[username] = signed_in(portal, browser, username, viewport=NARROW, bypass_csp=True).new_page()
        pages[username].set_default_timeout(PATIENCE)
    yield pages
    for page in pages.values():
        page.context.close()


def _check(page: Page) -> None:
    page.wait_for_selector("main h1")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert page.evaluate("window.spoilt") is None
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({iframes: false})")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    assert len(found["passes"]) > 10  # it did look


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: `make test` fetches it")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits_a_narrow_screen(portal: PortalHouse, narrow: dict[str, Page], name: str) -> None:
    """No violation that axe knows, and nothing wider than 320 pixels but tables, which scroll within themselves."""
    username, path = PAGES[name]
    narrow[username].goto(address(portal, path))
    _check(narrow[username])


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: `make test` fetches it")
@pytest.mark.parametrize("name", FORMS)
def test_the_answer_to_a_form_is_accessible_too(portal: PortalHouse, narrow: dict[str, Page], name: str) -> None:
    """Pages with faults and with something done; each link of an error summary leads to what it names."""
    username, path, fields = FORMS[name]
    page = narrow[username]
    submit_form(portal, page, path, fields)
    _check(page)
    for link in page.query_selector_all(".govuk-error-summary a"):
        assert page.query_selector(link.get_attribute("href") or "none") is not None
    if page.query_selector(".govuk-error-summary"):
        assert page.title().startswith("Error: ")


@pytest.mark.skipif(not (AXE.exists() and programs_there()), reason="needs axe-core, bubblewrap and the proxy")
def test_the_lab_is_accessible_while_it_starts_and_in_its_frame(portal: PortalHouse, narrow: dict[str, Page]) -> None:
    """The page that waits, and the page around JupyterLab: JupyterLab itself is another project's."""
    starting, page = narrow["ann"].context.new_page(), narrow["ann"]
    page.route("**/again.js", lambda route: route.abort())  # it would leave the page while axe looks
    starting.set_default_timeout(PATIENCE)
    starting.goto(address(portal, "projects/safer/lab"))
    starting.evaluate("document.querySelector('main form').requestSubmit()")  # answered once the lab is nearly there
    headings: list[str] = []
    while not headings or headings[-1] != "Lab of safer":
        page.goto(address(portal, "projects/safer/lab"))
        headings.append(page.locator("main h1").inner_text())
        if headings[-1] in {"The lab is starting", "Lab of safer"} and headings.count(headings[-1]) == 1:
            _check(page)
        page.wait_for_timeout(100)
    assert "The lab is starting" in headings
    starting.close()
    assert page.locator("iframe.lab-frame").get_attribute("title") == "JupyterLab of safer"
    page.goto(address(portal, ""))
    client = portal.people["ann"]
    assert client.post("projects/safer/lab/stop", {"csrf": client.token()}).status == 303


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: `make test` fetches it")
def test_axe_finds_what_is_wrong_with_a_page(portal: PortalHouse, narrow: dict[str, Page]) -> None:
    """The control: a picture without words, and a field without a name, are found by the same look."""
    page = narrow["rex"]
    page.goto(address(portal, ""))
    page.evaluate("document.querySelector('main').innerHTML = '<h1>x</h1><img src=\"x\"><input>'")
    page.evaluate(AXE.read_text())
    assert {"image-alt", "label"} <= {one["id"] for one in page.evaluate("axe.run()")["violations"]}


def test_every_page_works_without_javascript(portal: PortalHouse, browser: Browser) -> None:
    """Each page has its heading and a way on; nothing of it waits for a script."""
    windows: dict[str, Page] = {}
    for username, path in PAGES.values():
        if username not in windows:
            windows[username] = signed_in(portal, browser, username, java_script_enabled=False).new_page()
            windows[username].set_default_timeout(PATIENCE)
        page = windows[username]
        page.goto(address(portal, path))
        assert page.locator("main h1").inner_text()
        assert page.locator("[hidden]").count() == 0
        assert page.locator("a:has-text('Start')").count()
    for page in windows.values():
        page.context.close()


@pytest.mark.parametrize("name", ["deliver", "project", "request to decide on", "people"])
def test_a_page_can_be_used_by_keyboard_alone(portal: PortalHouse, browser: Browser, name: str) -> None:
    """The skip link is first; every link, button and field is reached in the order of the page, with focus to see."""
    username, path = PAGES[name]
    context = signed_in(portal, browser, username)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address(portal, path))
    wanted = page.evaluate(
        "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea,"
        ' [tabindex="0"]\')]'
        ".filter((one, place, all) => one.type !== 'radio' || one.id === 'verdict-approved').length"
    )
    reached: list[str] = []
    for _ in range(wanted + 1):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(() => { const one = document.activeElement, style = getComputedStyle(one);"
                " if (one === document.body) return ''; one.dataset.seen = 'yes';"
                " const box = one.getBoundingClientRect();"
                " const ring = style.outlineStyle !== 'none' || style.boxShadow !== 'none'"
                "   || getComputedStyle(one.labels?.[0] || one, '::before').boxShadow !== 'none';"
                " if (!ring || box.width < 1) throw new Error('no focus to see: ' + one.outerHTML);"
                " return one.className + one.id; })()"
            )
        )
    assert "govuk-skip-link" in reached[0]
    assert page.locator("[data-seen]").count() == wanted
    page.goto(address(portal, path))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"
    context.close()
