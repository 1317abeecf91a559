"""A lab behind a front that ends TLS: names and flags of every cookie, and a sign-in in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import CHROMIUM, open_lab_frame, sign_in
from open_house import OpenHouse, free_port, open_house, programs_there
from playwright.sync_api import Browser, Page
from tls_front import tls_front

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and programs_there()), reason="needs Chromium, bubblewrap and the proxy"),
]
PORTAL = "__Host-datalab-portal"


@pytest.fixture(scope="module")
def secure_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHouse]:
    """Run a lab whose address is https, with a front before it."""
    port = free_port()
    folder = tmp_path_factory.mktemp("https")
    with (
        open_house(folder / "lab", address=f"https://lab.localhost:{port}") as house,
        tls_front(folder, port=port, behind=house.settings.port),
    ):
        yield house


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page that takes the front's own certificate."""
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1300, "height": 900})
    yield context.new_page()
    context.close()


def _of_the_portal(page: Page) -> dict[str, str]:
    """Return the cookies that are bound to the portal's host."""
    cookies = page.context.cookies()
    return {one["name"]: one["value"] for one in cookies if one["domain"] == "portal--service.lab.localhost"}


def test_every_cookie_behind_https_is_bound_to_https_and_the_portals_to_its_host(
    secure_house: OpenHouse, page: Page, tmp_path: Path
) -> None:
    """Sign-in works; each cookie goes over https alone; the portal's session has the prefix, and no script reads it."""
    sign_in(secure_house, page, "ann")
    cookies = {one["name"]: one for one in page.context.cookies()}

    assert cookies[PORTAL]["domain"] == "portal--service.lab.localhost"
    assert cookies[PORTAL]["path"] == "/"
    assert cookies[PORTAL]["sameSite"] == "Lax"
    assert {name for name, one in cookies.items() if not one["secure"]} == set()
    assert {name for name, one in cookies.items() if not one["httpOnly"]} <= {"_xsrf"}
    assert [name for name in cookies if name.startswith("__Host-") and name != PORTAL], "the hub's, of a known browser"
    assert PORTAL not in page.evaluate("document.cookie")


def test_a_cookie_that_another_host_plants_changes_no_session(secure_house: OpenHouse, page: Page) -> None:
    """A host beneath the same name can plant the plain name and not the bound one, which alone the portal looks at."""
    sign_in(secure_house, page, "ann")
    own = _of_the_portal(page)
    for name in ("datalab-portal", PORTAL):
        page.evaluate(f"document.cookie = '{name}=planted; Domain=lab.localhost; Path=/; Secure'")
    planted = {one["name"] for one in page.context.cookies() if one["value"] == "planted"}

    assert planted == {"datalab-portal"}, "the browser would have taken any other name"
    page.goto(secure_house.portal)
    assert "Sign out" in page.inner_text("body")
    assert _of_the_portal(page) == own, "the session went on: nobody had to begin another"


def test_the_lab_opens_in_its_frame_behind_https(secure_house: OpenHouse, page: Page) -> None:
    """JupyterLab stands in the portal's frame, its channel over TLS too."""
    sign_in(secure_house, page, "ann")
    frame = open_lab_frame(secure_house, page, "ann", "safer")

    assert frame.url.startswith("https://ann.lab.localhost")
    frame.click(".jp-LauncherCard[data-category='Notebook']")
    frame.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']")
