"""What a page came to hold, as the page itself says: Firefox makes no call to loopback, so that no listener tells."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from playwright.sync_api import Browser

from escapes.browser.firefox import Firefox, firefox
from escapes.browser.page import PageAttempt

SETTLE = 1.5
"""Seconds that a page has after its click."""
TOGETHER = 8
HELD = "(window.kept ?? []).some(call => call.localDescription && call.signalingState !== 'closed')"
"""Asks whether it holds an open call, whose ports are open then, and whose checks of the other end begin."""


def held_in_firefox(attempts: Sequence[PageAttempt], *roots: str, asked: str = HELD) -> tuple[set[str], ...]:
    """Open each page below each address, and return the slugs of those that say yes to a question, for each address."""

    async def go() -> tuple[set[str], ...]:
        async with firefox() as browser:
            return tuple([await _held(browser, attempts, root, asked) for root in roots])

    return asyncio.run(go())


async def _held(browser: Firefox, attempts: Sequence[PageAttempt], root: str, asked: str) -> set[str]:
    found = set()
    for batch in _batches(attempts):
        tabs = {}
        for one in batch:
            tab = tabs[one.slug] = await browser.open(root + one.slug, wait="complete")
            with contextlib.suppress(RuntimeError):
                await browser.click(tab)
        await asyncio.sleep(SETTLE)
        for slug, tab in tabs.items():
            context = (await browser.call("browsingContext.getTree", root=tab))["contexts"][0]
            if "/shell/" in root:
                context = context["children"][0]
            if await browser.script(context["context"], asked):
                found.add(slug)
            await browser.call("browsingContext.close", context=tab)
    return found


def _batches(attempts: Sequence[PageAttempt]) -> list[Sequence[PageAttempt]]:
    return [attempts[start : start + TOGETHER] for start in range(0, len(attempts), TOGETHER)]


def held_in_chromium(
    browser: Browser, attempts: Sequence[PageAttempt], *roots: str, asked: str = HELD
) -> tuple[set[str], ...]:
    """Do the same in Chromium."""
    found: tuple[set[str], ...] = tuple(set() for _ in roots)
    for root, those in zip(roots, found, strict=True):
        for batch in _batches(attempts):
            pages = {}
            for one in batch:
                page = pages[one.slug] = browser.new_page(viewport={"width": 900, "height": 600})
                page.goto(root + one.slug, wait_until="load")
                page.wait_for_timeout(200)
                page.mouse.click(100, 100)
            page.wait_for_timeout(SETTLE * 1000)
            for slug, page in pages.items():
                if page.frames[1 if "/shell/" in root else 0].evaluate(asked):
                    those.add(slug)
                page.close()
    return found
