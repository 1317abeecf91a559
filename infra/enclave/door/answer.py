"""An answer of the sandbox's server, judged before any of it passes: its kind, its coding, where it leads, its size.

The head is the researcher's too: what passes of it is written as a pattern says, once, short, and counted as shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from infra.enclave.door.page.guard import SENT_AS, is_page
from infra.enclave.door.paths import Kind
from infra.enclave.door.policy import TYPES, cookie_may_be_set, redirect_may_pass
from infra.enclave.door.request import is_navigation
from infra.enclave.specification import Doors

MIB = 1 << 20
LARGEST = {Kind.CONTENTS: 2 * MIB, Kind.ASSET: 16 * MIB}
"""Bytes of an answer of these kinds; of others, as the specification says of a message."""
NO_CONTENT = (204, 304)
REDIRECTS = range(300, 400)
STATUSES = frozenset(int(one) for one in HTTPStatus if one >= HTTPStatus.OK)
"""Those that pass (RFC 9110, 15). The phrase beside the number is the door's."""
STATUS_LINE = 32
"""Bytes counted for status and length, which the sandbox chooses."""
PASSED: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in {
        "Retry-After": r"\d{1,6}",
        "X-JupyterHub-Version": r"\d[\w.+-]{0,31}",
    }.items()
}
"""Headers that pass, and how they are written; anything else is left out.

None says that a browser may keep an answer: it would be shown from there, and the door not asked (RFC 9111)."""
KEPT = "no-store"
PROGRAM = re.compile(r"(text|application)/(x-)?(java|ecma|j|live)script", re.IGNORECASE)
"""What a browser takes for a program (WHATWG MIME Sniffing, 4.6)."""
LONGEST_LOCATION, LONGEST_COOKIE, MOST_COOKIES = 1024, 1024, 4
PLAIN = re.compile(r"[\x20-\x7e]*")


def largest(kind: Kind, specification: Doors) -> int:
    """Return how many bytes an answer may hold."""
    return LARGEST.get(kind, specification.meter.message_bytes)


def has_content(request: web.Request, answer: aiohttp.ClientResponse) -> bool:
    """Tell whether a body follows."""
    return request.method != "HEAD" and answer.status not in NO_CONTENT


def fault_of(  # noqa: PLR0911, C901 - one line a rule
    request: web.Request, answer: aiohttp.ClientResponse, *, specification: Doors, most: int
) -> str:
    """Return why an answer may not pass, in words for the researcher; nothing where it may."""
    headers = answer.headers
    if answer.status not in STATUSES:
        return "the lab's server gave no answer that a browser knows"
    if "attachment" in headers.get("Content-Disposition", "").lower():
        return "downloads are closed"
    kind = headers.get("Content-Type", "").strip()
    shown = answer.status not in NO_CONTENT and answer.status not in REDIRECTS
    if shown and PROGRAM.match(kind) and not specification.output_programs:
        return "programs of a lab's pages come from JupyterLab as it is installed on the host, and from nowhere else"
    if shown and kind and not TYPES.fullmatch(kind):
        return "this kind of file is not shown"
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        return "the lab's server packed its answer although it was asked not to"
    if shown and is_navigation(request) and not is_page(kind):
        return "a browser's frame shows pages only"
    if answer.status == HTTPStatus.NOT_MODIFIED and is_navigation(request):
        return "a page is sent whole, with the door's guard before it"
    hub = urlsplit(specification.hub_origin).netloc
    leads = headers.getall("Location", [])
    if len(leads) > 1 or any(len(one) > LONGEST_LOCATION or not PLAIN.fullmatch(one) for one in leads):
        return "the lab's server sent the browser to an address that is too long or odd"
    if leads and not redirect_may_pass(leads[0], prefix=specification.prefix, lab=request.host, hub=hub):
        return "the lab's server sent the browser elsewhere"
    if has_content(request, answer) and (answer.content_length or 0) > most:
        return f"an answer may hold {most:,} bytes, and this one is larger"
    return ""


def copy_headers(
    answer: aiohttp.ClientResponse, response: web.StreamResponse, *, prefix: str, own: Mapping[str, str]
) -> int:
    """Give a response what may pass of an answer's headers, and the door's own in the place of all others.

    Returns:
        Bytes that the sandbox has a say in, the status line among them.
    """
    for name, pattern in PASSED.items():
        values = answer.headers.getall(name, [])
        if len(values) == 1 and pattern.fullmatch(values[0]):
            response.headers[name] = values[0]
    if kind := TYPES.fullmatch(answer.headers.get("Content-Type", "").strip()):
        response.headers["Content-Type"] = SENT_AS if is_page(kind[0]) else kind[0].lower()
    if location := answer.headers.get("Location", ""):
        response.headers["Location"] = location  # `fault_of` judged it
    cookies = [one for one in answer.headers.getall("Set-Cookie", []) if _cookie_may_pass(one, prefix)]
    for one in cookies[:MOST_COOKIES]:
        response.headers.add("Set-Cookie", one)
    response.headers["Cache-Control"] = KEPT
    size = STATUS_LINE + sum(len(name) + len(value) + 4 for name, value in response.headers.items())
    response.headers.update(own)
    return size


def _cookie_may_pass(header: str, prefix: str) -> bool:
    return len(header) <= LONGEST_COOKIE and bool(PLAIN.fullmatch(header)) and cookie_may_be_set(header, prefix)
