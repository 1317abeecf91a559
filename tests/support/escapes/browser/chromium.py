"""Hostile pages in Chromium, several at once."""

from __future__ import annotations

from playwright.sync_api import Browser, Error, Page

from escapes.browser.page import PageAttempt
from escapes.browser.sinks import Sinks

TOGETHER = 8
SETTLE = 2_500
"""Milliseconds that a page has after its click, by which the slowest control has arrived many times over."""
CONTROL = 15_000
"""Milliseconds that a control is waited for."""


def try_in_chromium(browser: Browser, attempts: tuple[PageAttempt, ...], root: str, listeners: Sinks) -> set[str]:
    """Open each page below an address, click on it, and return the slugs of those that got through."""
    framed = "/shell/" in root
    through: set[str] = set()
    many = [one for one in attempts if not one.alone]
    batches = [tuple(many[start : start + TOGETHER]) for start in range(0, len(many), TOGETHER)]
    for batch in (*batches, *((one,) for one in attempts if one.alone)):
        through |= _try_together(browser, batch, root, listeners, framed=framed)
    return through


def _try_together(
    browser: Browser, batch: tuple[PageAttempt, ...], root: str, listeners: Sinks, *, framed: bool
) -> set[str]:
    """Open some pages in tabs of one window, and return the slugs of those that got through."""
    through: set[str] = set()
    context = browser.new_context(accept_downloads=True, viewport={"width": 900, "height": 600})
    pages = []
    for one in batch:
        page = context.new_page()
        _note_files(page, one.slug, through)
        page.goto(root + one.slug, wait_until="commit")
        pages.append(page)
    for page in pages:
        _click(page)
    slugs = {one.slug for one in batch}
    for waited in range(500, CONTROL + 1, 500):
        pages[-1].wait_for_timeout(500)
        through |= {slug for slug in slugs if listeners.heard[slug]}
        if waited >= SETTLE and (framed or slugs <= through):
            break
    context.close()
    return through


def _note_files(page: Page, slug: str, through: set[str]) -> None:
    def saved(*_: object) -> None:
        through.add(slug)

    page.on("download", saved)
    page.on("popup", lambda popup: popup.on("download", saved))


def _click(page: Page) -> None:
    try:
        page.wait_for_load_state("load", timeout=20_000)
        page.mouse.click(100, 100)
    except Error:  # it went elsewhere by itself
        pass
