"""Calls that a page in Firefox holds: it makes none to loopback, so the page is asked whether it has one open."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from escapes.browser.firefox import Firefox, firefox
from escapes.browser.page import PageAttempt

SETTLE = 1.5
"""Seconds that a page has after its click."""
HELD = "(window.kept ?? []).some(call => call.localDescription && call.signalingState !== 'closed')"
"""Its ports are open then, and its checks of the other end begin."""


def calls_held(attempts: Sequence[PageAttempt], framed: str, bare: str) -> tuple[set[str], set[str]]:
    """Open each page in the portal's frame, and bare, and return the slugs of those that hold an open call."""

    async def go() -> tuple[set[str], set[str]]:
        async with firefox() as browser:
            return await _held(browser, attempts, framed), await _held(browser, attempts, bare)

    return asyncio.run(go())


async def _held(browser: Firefox, attempts: Sequence[PageAttempt], root: str) -> set[str]:
    found = set()
    for one in attempts:
        tab = await browser.open(root + one.slug, wait="complete")
        with contextlib.suppress(RuntimeError):
            await browser.click(tab)
        await asyncio.sleep(SETTLE)
        context = (await browser.call("browsingContext.getTree", root=tab))["contexts"][0]
        if "/shell/" in root:
            context = context["children"][0]
        if await browser.script(context["context"], HELD):
            found.add(one.slug)
        await browser.call("browsingContext.close", context=tab)
    return found
