"""Gestures of a person that browsers take for more than a click: a link in a tab of its own, or in a file.

Each page is shown in the portal's frame behind the lab door, and, as its control, in the same frame behind the same
door with the guard taken out of the answer: content policy and frame let each of them through.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from escapes.browser.firefox import firefox
from escapes.browser.page import PageAttempt
from escapes.browser.sinks import Sinks

SETTLE = 2_500
"""Milliseconds that a browser has after a gesture."""
CODES = {"Alt": "\ue00a", "Control": "\ue009", "Shift": "\ue008", "Enter": "\ue007"}
"""Keys as WebDriver writes them (W3C WebDriver, 17.4.2)."""
OVER = "position:fixed;inset:0;z-index:99;background:yellow"
_LINK = f'<a id="link" style="{OVER}" href="@SINK@/link">link</a>'
_DRAWING = (
    f'<svg style="{OVER};width:100%;height:100%"><a href="@SINK@/svg"><rect width="100%" height="100%"/></a></svg>'
)
_OLD_DRAWING = _DRAWING.replace(" href=", " xlink:href=").replace("<svg ", '<svg xmlns:xlink="x" ')
_AREA = (
    '<img usemap="#m" width="400" height="300" style="position:fixed;top:0;left:0;z-index:99" '
    'src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7">'
    '<map name="m"><area shape="rect" coords="0,0,400,300" href="@SINK@/area"></map>'
)
_SHADOW = (
    f'<div id="host" style="{OVER}"></div><script>document.getElementById("host").attachShadow({{mode: "%s"}})'
    f'.innerHTML = \'<a style="{OVER}" href="@SINK@/shadow">x</a>\'</script>'
)
_MATHS = f'<math style="{OVER};font-size:300px" href="@SINK@/maths"><mtext>MMMMMM</mtext></math>'
_DATA = f'<a style="{OVER}" href="data:application/octet-stream,secret">data</a>'
_BLOB = (
    f'<a id="blob" style="{OVER}">blob</a><script>document.getElementById("blob").href = '
    "URL.createObjectURL(new Blob(['secret'], {type: 'text/csv'}))</script>"
)
_FOCUS = (
    f'<a id="link" style="{OVER}" href="@SINK@/focus">x</a><script>addEventListener("keydown", e => {{'
    "if (e.key === 'Alt') document.getElementById('link').focus(); else e.stopImmediatePropagation() }, true)</script>"
)
_LATE = (
    f'<a id="link" style="{OVER}">x</a><script>for (const t of ["mousedown", "pointerdown"]) addEventListener(t, '
    "() => { document.getElementById('link').href = '@SINK@/late' }, true)</script>"
)
_STOPPED = (
    f'{_LINK}<script>for (const t of ["click", "auxclick", "mousedown", "mouseup"]) {{'
    "addEventListener(t, e => e.stopImmediatePropagation(), true); document.addEventListener(t, e => "
    "e.stopImmediatePropagation(), true) } Event.prototype.preventDefault = () => {}; Event.prototype.composedPath = "
    "() => []; for (const n of ['altKey', 'ctrlKey', 'shiftKey', 'button']) "
    "Object.defineProperty(MouseEvent.prototype, n, {get: () => 0})</script>"
)
_REOPENED = (
    "<script>onload = () => { document.open(); document.write(`<!doctype html><a style='" + OVER + "' "
    "href='@SINK@/written'>x</a>`); document.close() }</script>" + _LINK
)
_FRAME = (
    '<script>onload = () => { const f = document.createElement("iframe"); f.style.cssText = "' + OVER + ';width:100%;"'
    ' + "height:100%"; document.body.append(f); const d = f.contentDocument; if (d) d.body.innerHTML = '
    f'`<a style="{OVER}" href="@SINK@/child">x</a>` }}</script>'
)
_HIDDEN_FRAME = _FRAME.replace("document.body.append(f);", "const h = document.createElement('div'); document.body"
    ".append(h); h.attachShadow({mode: 'closed'}).append(f);")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Gesture(PageAttempt):
    """One gesture at one page."""

    held: tuple[str, ...] = ()
    """Keys that are held meanwhile."""
    button: int = 0
    key: str = ""
    """Key that is pressed, in the place of a button."""


def _each(name: str, body: str, *, held: str = "Alt", by_file: bool = False) -> Gesture:
    return Gesture(name=f"{held} and a click on {name}", body=body, held=tuple(held.split("+")), by_file=by_file)


IN_CHROMIUM = (
    _each("a link", _LINK),
    _each("a link in a drawing", _DRAWING),
    _each("a link in an old drawing", _OLD_DRAWING),
    _each("a part of a picture", _AREA),
    _each("a link in an open shadow tree", _SHADOW % "open"),
    _each("a link in a closed shadow tree", _SHADOW % "closed"),
    _each("a link that leads out at the last moment", _LATE),
    _each("a link whose page stops events and changes their words", _STOPPED),
    _each("a link of a page that was written anew", _REOPENED),
    _each("a link in an empty frame", _FRAME),
    _each("a link in an empty frame in a shadow tree", _HIDDEN_FRAME),
    _each("a data address", _DATA, by_file=True),
    _each("a blob", _BLOB, by_file=True),
    Gesture(name="Alt and Enter on a link that takes the focus", body=_FOCUS, held=("Alt",), key="Enter"),
)
"""Those that Chromium takes for a download; the others it refuses by the frame's sandbox."""
IN_FIREFOX = (
    Gesture(name="the middle button on a link", body=_LINK, button=1),
    _each("a link", _LINK, held="Control"),
    _each("a link", _LINK, held="Shift"),
    _each("a link", _LINK, held="Control+Shift"),
    _each("a link in a drawing", _DRAWING, held="Control"),
    _each("a part of a picture", _AREA, held="Control"),
    _each("a link in mathematics", _MATHS, held="Control"),
    Gesture(name="the middle button on a link in mathematics", body=_MATHS, button=1),
    _each("a link in an open shadow tree", _SHADOW % "open", held="Control"),
    _each("a link in a closed shadow tree", _SHADOW % "closed", held="Control"),
    _each("a link whose page stops events and changes their words", _STOPPED, held="Control"),
    _each("a link of a page that was written anew", _REOPENED, held="Control"),
    _each("a link in an empty frame", _FRAME, held="Control"),
    Gesture(
        name="Control and Enter on a link", body=_LINK.replace("<a ", "<a autofocus "), held=("Control",), key="Enter"
    ),
)
"""Those that Firefox takes for a new tab."""


def gesture_in_chromium(browser: Browser, gestures: tuple[Gesture, ...], root: str, listeners: Sinks) -> set[str]:
    """Open each page below an address, do the gesture, and return the slugs of those that got through."""
    through: set[str] = set()
    for one in gestures:
        context = browser.new_context(accept_downloads=True, viewport={"width": 900, "height": 600})
        page = context.new_page()
        page.on("download", lambda _, slug=one.slug: through.add(slug))
        context.on("page", lambda other, slug=one.slug: other.on("download", lambda _: through.add(slug)))
        page.goto(root + one.slug, wait_until="load")
        page.wait_for_timeout(700)
        _do(page, one)
        for _ in range(0, SETTLE, 250):
            page.wait_for_timeout(250)
            if one.slug in through or listeners.heard[one.slug]:
                break
        if listeners.heard[one.slug]:
            through.add(one.slug)
        context.close()
    return through


def _do(page: Page, one: Gesture) -> None:
    if one.key:
        frame = page.frames[-1]
        frame.evaluate("document.getElementById('link').focus()")
        frame.evaluate("window.focus()")
    for key in one.held:
        page.keyboard.down(key)
    if one.key:
        page.keyboard.press(one.key)
    else:
        page.mouse.click(100, 100, button=("left", "middle")[one.button])  # type: ignore[arg-type]
    for key in one.held:
        page.keyboard.up(key)


def gesture_in_firefox(
    gestures: tuple[Gesture, ...], guarded: str, open_: str, whole: Sinks, broken: Sinks
) -> tuple[set[str], set[str]]:
    """Do each gesture behind the guard and without it, and return the slugs of those that got through."""

    async def through(root: str, listeners: Sinks) -> set[str]:
        found = set()
        async with firefox() as browser:
            for one in gestures:
                tab = await browser.open(root + one.slug, wait="complete")
                await asyncio.sleep(0.7)
                keys = [{"type": "keyDown", "value": CODES[key]} for key in one.held]
                up = [{"type": "keyUp", "value": CODES[key]} for key in one.held]
                move = {"type": "pointerMove", "x": 100, "y": 100}
                press = [{"type": kind, "button": one.button} for kind in ("pointerDown", "pointerUp")]
                tree = await browser.call("browsingContext.getTree", root=tab)
                child = next((kid["context"] for kid in tree["contexts"][0]["children"] or []), tab)
                if one.key:
                    await browser.script(child, "document.getElementById('link').focus()")
                    enter = [{"type": kind, "value": CODES[one.key]} for kind in ("keyDown", "keyUp")]
                    sources = [{"type": "key", "id": "k", "actions": [*keys, *enter, *up]}]
                    await browser.call("input.performActions", context=child, actions=sources)
                else:
                    for kind, actions in (("key", keys), ("pointer", [move, *press]), ("key", up)):
                        source = {"type": kind, "id": kind, "actions": actions}
                        with contextlib.suppress(RuntimeError):  # the page went away
                            await browser.call("input.performActions", context=tab, actions=[source])
                for _ in range(0, SETTLE, 250):
                    await asyncio.sleep(0.25)
                    if listeners.heard[one.slug]:
                        break
                if listeners.heard[one.slug]:
                    found.add(one.slug)
                for other in (await browser.call("browsingContext.getTree"))["contexts"][1:]:
                    with contextlib.suppress(RuntimeError):
                        await browser.call("browsingContext.close", context=other["context"])
            assert not list(browser.downloads.iterdir())
        return found

    async def both() -> tuple[set[str], set[str]]:
        return await through(guarded, whole), await through(open_, broken)

    return asyncio.run(both())
