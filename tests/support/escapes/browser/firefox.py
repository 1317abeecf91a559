"""Debian's Firefox, driven by WebDriver BiDi (W3C) over its own websocket: no other program is needed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from escapes.browser.page import PageAttempt
from escapes.browser.sinks import Sinks

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox") or ""
START = 90.0
"""Seconds that a loaded machine may take to start it."""
SETTLE, CONTROL = 2.5, 15.0
"""Seconds that a page has after its click, and that a control is waited for."""
TOGETHER = 8
PREFERENCES = """
user_pref("browser.download.folderList", 2);
user_pref("browser.download.dir", "{downloads}");
user_pref("browser.download.alwaysOpenPanel", false);
user_pref("app.update.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("browser.startup.homepage", "about:blank");
user_pref("browser.newtabpage.enabled", false);
user_pref("dom.disable_open_during_load", false);
"""
"""Nothing of the browser's own goes out."""


class Firefox:
    """A browser that runs, and its channel."""

    def __init__(self, channel: aiohttp.ClientWebSocketResponse, downloads: Path) -> None:
        self._channel = channel
        self._count = 0
        self.downloads = downloads

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask, and return the result; raises RuntimeError with what the browser said."""
        self._count += 1
        await self._channel.send_json({"id": self._count, "method": method, "params": parameters})
        while True:
            heard = await self._channel.receive_json(timeout=START)
            if heard.get("id") == self._count:
                if heard["type"] == "error":
                    raise RuntimeError(f"{method}: {heard['message']}")
                return dict(heard["result"])

    async def open(self, address: str, *, wait: str = "none") -> str:
        """Open a tab at an address and return its number."""
        tab = str((await self.call("browsingContext.create", type="tab"))["context"])
        await self.call("browsingContext.navigate", context=tab, url=address, wait=wait)
        return tab

    async def click(self, tab: str) -> None:
        """Press the left button at a point of the page, as a person does."""
        steps: Sequence[dict[str, Any]] = (
            {"type": "pointerMove", "x": 100, "y": 100},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        )
        source = {"type": "pointer", "id": "mouse", "actions": list(steps)}
        await self.call("input.performActions", context=tab, actions=[source])

    async def script(self, tab: str, expression: str) -> Any:
        """Run an expression in a page and return its plain value."""
        answer = await self.call("script.evaluate", expression=expression, target={"context": tab}, awaitPromise=True)
        return answer.get("result", {}).get("value")


@contextlib.asynccontextmanager
async def firefox() -> AsyncIterator[Firefox]:
    """Start a browser with a profile of its own for the length of a block."""
    with tempfile.TemporaryDirectory(prefix="ff-", ignore_cleanup_errors=True) as folder:
        downloads = Path(folder, "saved")
        downloads.mkdir()  # noqa: ASYNC240 - nobody else waits
        Path(folder, "user.js").write_text(PREFERENCES.replace("{downloads}", str(downloads)))  # noqa: ASYNC240
        command = [FIREFOX, "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", folder]
        environment = {**os.environ, "HOME": folder, "MOZ_CRASHREPORTER_DISABLE": "1"}
        process = await asyncio.create_subprocess_exec(
            *command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, start_new_session=True
        )
        assert process.stderr is not None
        try:
            async with asyncio.timeout(START):
                found = None
                while not found:
                    line = (await process.stderr.readline()).decode()
                    assert line, "Firefox ended before it listened."
                    found = re.search(r"BiDi listening on (ws://\S+)", line)
            draining = asyncio.create_task(process.stderr.read())
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(f"{found[1]}/session", max_msg_size=0) as one,
            ):
                browser = Firefox(one, downloads)
                await browser.call("session.new", capabilities={})
                yield browser
            draining.cancel()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _try(browser: Firefox, attempts: Sequence[PageAttempt], root: str, listeners: Sinks) -> set[str]:
    through: set[str] = set()
    for start in range(0, len(attempts), TOGETHER):
        batch = attempts[start : start + TOGETHER]
        tabs = []
        for one in batch:
            tab = await browser.open(root + one.slug)
            tabs.append(tab)
            for _ in range(100):
                await asyncio.sleep(0.1)
                tree = await browser.call("browsingContext.getTree", root=tab, maxDepth=1)
                state = await browser.script(tab, "document.readyState") if tree["contexts"] else ""
                if state == "complete":
                    break
            with contextlib.suppress(RuntimeError):
                await browser.click(tab)
        waited = 0.0
        slugs = {one.slug for one in batch}
        while waited < CONTROL and not (waited >= SETTLE and slugs <= through):
            await asyncio.sleep(0.5)
            waited += 0.5
            through |= {slug for slug in slugs if listeners.heard[slug]}
            if "/shell/" in root and waited >= SETTLE:
                break
            through |= {
                slug for slug in slugs if any(file.name.startswith(slug) for file in browser.downloads.iterdir())
            }
        through |= {slug for slug in slugs if any(file.name.startswith(slug) for file in browser.downloads.iterdir())}
        for tab in (await browser.call("browsingContext.getTree"))["contexts"][1:]:
            with contextlib.suppress(RuntimeError):
                await browser.call("browsingContext.close", context=tab["context"])
    return through


def try_in_firefox(
    attempts: Sequence[PageAttempt], framed: str, bare: str, whole: Sinks, broken: Sinks
) -> tuple[set[str], set[str]]:
    """Open each page in the portal's frame, and bare, and return the slugs of those that got through."""

    async def go() -> tuple[set[str], set[str]]:
        async with firefox() as browser:
            return await _try(browser, attempts, framed, whole), await _try(browser, attempts, bare, broken)

    return asyncio.run(go())
