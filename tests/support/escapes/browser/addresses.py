"""Calls from a page that an address `javascript:` writes: its window is new, and no guard stood before it."""

from __future__ import annotations

from escapes.browser.calls import call
from escapes.browser.page import PageAttempt as Page

_ADDRESS = (
    "const page = '<script>window.kept=[];const UDP=' + JSON.stringify(UDP) + ';(' + reach + ')(RTCPeerConnection,UDP)"
    "<' + '/script>'; const address = 'javascript:' + encodeURIComponent(JSON.stringify(page)); "
)
_SVG = "http://www.w3.org/2000/svg"
_PUT = "document.body.append(a); "


def _made(kind: str, more: str = "") -> str:
    return f"const a = document.createElement('{kind}'); a.href = address; {more}"


def _when(name: str, click: str) -> Page:
    return call(f"by a script's address when {name}", _ADDRESS + click)


BY_LOCATION = (
    _when("location is set", "location = address"),
    _when("its href is set", "location.href = address"),
    _when("it is assigned", "location.assign(address)"),
    _when("it is replaced", "location.replace(address)"),
    _when("the document's location is set", "document.location = address"),
    _when("it is set later", "setTimeout(() => { location = address })"),
    _when("it is set by another name", "self.frames.location = address"),
)
"""Nothing but the second policy stands in the way of these."""
BY_ELEMENTS = (
    _when("a link is clicked", _made("a", f"{_PUT} a.click()")),
    _when("a link that is nowhere is clicked", _made("a", "a.click()")),
    _when("a link with a place is clicked", _made("a", f"a.target = '_self'; {_PUT} a.click()")),
    _when(
        "an area is clicked",
        _made("area", "const m = document.createElement('map'); m.append(a); document.body.append(m); a.click()"),
    ),
    _when(
        "a drawing's link is clicked",
        f"const s = document.createElementNS('{_SVG}', 'svg'), a = document.createElementNS('{_SVG}', 'a'); "
        f"a.setAttribute('href', address); s.append(a); document.body.append(s); "
        "a.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))",
    ),
    _when("a form is sent", f"const a = document.createElement('form'); a.action = address; {_PUT} a.submit()"),
    _when(
        "a button sends a form",
        "const a = document.createElement('form'), b = document.createElement('button'); b.formAction = address; "
        f"a.append(b); {_PUT} b.click()",
    ),
    _when("a window is opened", "open(address, '_self')"),
)
"""The guard, or the first policy, closes these as well."""
ADDRESSES = (*BY_LOCATION, *BY_ELEMENTS)
