"""The steps that a person takes in Firefox: sign in, open the lab in its frame, type a cell, read what it says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from browsing import PATIENCE
from escapes.browser.firefox import Firefox
from open_house import PASSWORD, OpenHouse

SHIFT, ENTER = "\ue008", "\ue007"
"""Keys as WebDriver writes them (W3C WebDriver, 17.4.2)."""
SECONDS = 2 * PATIENCE / 1000
"""That a slow machine may take for a step."""


async def until(looked: Callable[[], Awaitable[Any]], what: str) -> Any:
    """Look until something is there, and return it."""
    for _ in range(int(SECONDS / 0.5)):
        try:
            if found := await looked():
                return found
        except RuntimeError:  # the page is on its way to another
            pass
        await asyncio.sleep(0.5)
    raise AssertionError(f"Firefox did not show {what}.")


async def press(browser: Firefox, page: str, keys: str) -> None:
    """Press and let go of keys one after the other."""
    actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
    await _keys(browser, page, actions)


async def shift_enter(browser: Firefox, page: str) -> None:
    """Run a cell as a person does."""
    steps = (("keyDown", SHIFT), ("keyDown", ENTER), ("keyUp", ENTER), ("keyUp", SHIFT))
    await _keys(browser, page, [{"type": kind, "value": key} for kind, key in steps])


async def _keys(browser: Firefox, page: str, actions: list[dict[str, str]]) -> None:
    source = {"type": "key", "id": "keyboard", "actions": actions}
    await browser.call("input.performActions", context=page, actions=[source])


async def press_button(browser: Firefox, page: str, expression: str) -> None:
    """Press the left button in the middle of the element that an expression finds."""
    found = await browser.call(
        "script.evaluate", expression=expression, target={"context": page}, awaitPromise=False, resultOwnership="root"
    )
    assert found.get("result", {}).get("sharedId"), f"Nothing is at {expression}."
    element = {"type": "element", "element": {"sharedId": found["result"]["sharedId"]}}
    steps = [
        {"type": "pointerMove", "x": 0, "y": 0, "origin": element},
        {"type": "pointerDown", "button": 0},
        {"type": "pointerUp", "button": 0},
    ]
    source = {"type": "pointer", "id": "mouse", "actions": steps}
    await browser.call("input.performActions", context=page, actions=[source])


async def sign_in(browser: Firefox, house: OpenHouse, username: str) -> str:
    """Sign a person in, and return the tab that shows the portal."""
    tab = await browser.open(house.portal, wait="complete")
    await until(lambda: browser.script(tab, "!!document.querySelector('#login_submit')"), "the sign-in")
    for field, text in (("#username_input", username), ("#password_input", PASSWORD)):
        await press_button(browser, tab, f"document.querySelector({field!r})")
        await press(browser, tab, text)
    await press_button(browser, tab, "document.querySelector('#login_submit')")
    await until(lambda: browser.script(tab, f"location.href.startsWith({house.portal!r})"), "the portal")
    return tab


async def open_lab(browser: Firefox, house: OpenHouse, tab: str, username: str) -> str:
    """Start a lab from its project's page, and return its frame once JupyterLab stands."""
    await browser.call("browsingContext.navigate", context=tab, url=f"{house.portal}projects/safer", wait="complete")
    button = "[...document.querySelectorAll('a, button')].find(one => one.innerText.includes('Open the lab'))"
    await press_button(browser, tab, button)

    async def frame() -> str:
        tree = await browser.call("browsingContext.getTree", root=tab)
        for one in tree["contexts"][0]["children"] or []:
            if f"/user/{username}/" in one["url"] and await browser.script(
                one["context"], "!!document.querySelector('.jp-LauncherCard')"
            ):
                return str(one["context"])
        return ""

    return str(await until(frame, "JupyterLab in the portal's frame"))


async def open_notebook(browser: Firefox, frame: str) -> None:
    """Open a notebook from the launcher, and wait until its kernel is ready."""
    await press_button(browser, frame, "document.querySelector('.jp-LauncherCard[data-category=Notebook]')")
    idle = "!!document.querySelector('.jp-Notebook-ExecutionIndicator[data-status=idle]')"
    await until(lambda: browser.script(frame, f"!!document.querySelector('.jp-Notebook .cm-content') && {idle}"), "it")


async def run(browser: Firefox, frame: str, line: str, wanted: str) -> str:
    """Type one line in the notebook's last cell, run it, and return what all cells say once a text is among it."""
    last = "[...document.querySelectorAll('.jp-Notebook .jp-Cell .cm-content')].at(-1)"
    await press_button(browser, frame, last)
    await press(browser, frame, line)
    written = await browser.script(frame, f"{last}.innerText")
    assert written == line, written
    await shift_enter(browser, frame)
    said = "[...document.querySelectorAll('.jp-OutputArea-output')].map(one => one.innerText).join('\\n')"
    await until(lambda: browser.script(frame, f"({said}).includes({json.dumps(wanted)})"), f"{wanted!r} in the lab")
    return str(await browser.script(frame, said))
