"""An answer of the sandbox's server, judged before any of it passes: its kind, its coding, where it leads, its size."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from infra.enclave.door.paths import Kind
from infra.enclave.door.policy import PASSED, TYPES, cookie_may_be_set, redirect_may_pass
from infra.enclave.specification import Doors

MIB = 1 << 20
LARGEST = {Kind.CONTENTS: 2 * MIB, Kind.ASSET: 16 * MIB}
"""Bytes of an answer of these kinds; of others, as the specification says of a message."""
NO_CONTENT = (204, 304)
REDIRECTS = range(300, 400)


def largest(kind: Kind, specification: Doors) -> int:
    """Return how many bytes an answer may hold."""
    return LARGEST.get(kind, specification.meter.message_bytes)


def has_content(request: web.Request, answer: aiohttp.ClientResponse) -> bool:
    """Tell whether a body follows."""
    return request.method != "HEAD" and answer.status not in NO_CONTENT


def fault_of(request: web.Request, answer: aiohttp.ClientResponse, *, specification: Doors, most: int) -> str:
    """Return why an answer may not pass, in words for the researcher; nothing where it may."""
    headers = answer.headers
    if "attachment" in headers.get("Content-Disposition", "").lower():
        return "downloads are closed"
    kind = headers.get("Content-Type", "").strip()
    shown = answer.status not in NO_CONTENT and answer.status not in REDIRECTS
    if shown and kind and not TYPES.fullmatch(kind):
        return "this kind of file is not shown"
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        return "the lab's server packed its answer although it was asked not to"
    hosts = (request.host, urlsplit(specification.hub_origin).netloc)
    own = [one for one in hosts if one]
    if "Location" in headers and not redirect_may_pass(headers["Location"], prefix=specification.prefix, own_hosts=own):
        return "the lab's server sent the browser elsewhere"
    if has_content(request, answer) and (answer.content_length or 0) > most:
        return f"an answer may hold {most:,} bytes, and this one is larger"
    return ""


def copy_headers(
    answer: aiohttp.ClientResponse, response: web.StreamResponse, *, prefix: str, own: Mapping[str, str]
) -> None:
    """Give a response those headers of an answer that may pass, and the door's own in the place of all others."""
    for name, value in answer.headers.items():
        passes = name.lower() in PASSED or name.lower() == "location"
        if name.lower() == "set-cookie":
            passes = cookie_may_be_set(value, prefix)
        if passes:
            response.headers.add(name, value)
    response.headers.update(own)
