"""A request of the browser, judged by its head before any of it goes in; and what of that head the sandbox is given."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from infra.enclave.door.paths import Kind, Refused, judge
from infra.enclave.door.policy import NOT_PASSED_IN, cookies_for_sandbox
from infra.enclave.specification import Doors

ONCE = ("Host", "Origin", "Content-Length", "Transfer-Encoding", "Content-Type", "Upgrade")
"""Headers of which two programs could read two; of cookies, HTTP/2 has several lines."""
IF_KEPT = frozenset(("if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range", "range"))
"""Headers by which a browser asks for a part, or whether what it keeps is still good (RFC 9110, 13.1 and 14.2)."""


def is_navigation(request: web.Request) -> bool:
    """Tell whether a browser would show what is answered, or save it, and not hand it to a page's program.

    Chromium from version 80 and Firefox from version 90 say so (W3C, Fetch Metadata Request Headers).
    """
    headers = request.headers
    return headers.get("Sec-Fetch-Mode") == "navigate" or headers.get("Sec-Fetch-Dest") in ("document", "iframe")


def judge_head(request: web.Request, specification: Doors) -> tuple[Kind | None, str]:  # noqa: PLR0911 - one line a rule
    """Return what is asked for, or None and why it may not be, in words for the researcher."""
    verdict = judge(request.method, request.raw_path, specification.prefix)
    if isinstance(verdict, Refused):
        return None, verdict.reason
    headers = request.headers
    if any(len(headers.getall(name, [])) > 1 for name in ONCE):
        return None, "a header was sent twice"
    if "Transfer-Encoding" in headers and "Content-Length" in headers:
        return None, "a body was sent with two lengths"
    upgrade = headers.get("Upgrade", "").lower()
    if (upgrade == "websocket") != (verdict.kind is Kind.CHANNEL) or upgrade not in ("", "websocket"):
        return None, "a live connection may only be made to a kernel"
    origin = headers.get("Origin", "")
    if origin and urlsplit(origin).netloc != request.host:
        return None, "another site may not speak to this lab"
    if headers.get("Service-Worker") or headers.get("Sec-Fetch-Dest", "") in ("serviceworker", "embed", "object"):
        return None, "a program of the page may not stand between the lab and its door"
    if is_navigation(request) and verdict.kind is not Kind.PAGE:
        return None, "this is for the lab's own pages, and no page or file of its own"
    if specification.shell_origin and headers.get("Sec-Fetch-Dest") == "document":
        return None, "open the lab from the portal, which shows it in a frame of its own"
    return verdict.kind, ""


def headers_in(request: web.Request) -> list[tuple[str, str]]:
    """Return the headers that go on to the sandbox's server."""
    dropped = NOT_PASSED_IN | {one.strip().lower() for one in request.headers.get("Connection", "").split(",")}
    if is_navigation(request):
        dropped |= IF_KEPT  # a page is sent whole: one that was kept has the guard and the words of another day
    headers = [
        (name, value)
        for name, value in request.headers.items()
        if name.lower() not in dropped and not name.lower().startswith(("x-datalab", "sec-websocket"))
    ]
    headers += [("Host", request.host), ("Accept-Encoding", "identity")]
    if cookies := cookies_for_sandbox("; ".join(request.headers.getall("Cookie", []))):
        headers.append(("Cookie", cookies))
    return headers
