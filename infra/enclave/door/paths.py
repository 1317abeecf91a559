"""Which paths of a lab may be asked for, by which methods: whatever is not listed is refused.

The sandbox's own server is the researcher's process and could answer anything, so the list is held here, on the host.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, unquote_to_bytes

LONGEST_TARGET = 4096
TEXT = (
    ".ipynb",
    ".py",
    ".r",
    ".rmd",
    ".md",
    ".txt",
    ".sql",
    ".json",
    ".yml",
    ".yaml",
    ".toml",
    ".scala",
    ".sh",
    ".cfg",
    ".ini",
)
"""Endings of files that the editor opens and saves. A courtesy: a file can be given another name."""
BY_THE_PORTAL = "bring files in by the project's Files page in the portal, which checks them"
ODD = re.compile(r"[\x00-\x20\x7f\\;#]|//|%(?![0-9A-Fa-f]{2})")
HIDDEN = re.compile(r"[\x00-\x1f\x7f/\\%;]")
"""What must not appear once an escape is undone: then two programs could read two paths in one text."""


class Kind(StrEnum):
    """What stands behind a path."""

    PAGE = "page"
    ASSET = "asset"
    """Code and looks of JupyterLab."""
    INTERFACE = "interface"
    CONTENTS = "contents"
    """Files of the workspace, as text."""
    CHANNEL = "channel"
    """A websocket."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """A request that may go in."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that may not, and why, in words for the researcher."""

    reason: str


_READ = frozenset({"GET", "HEAD"})
_GET = frozenset({"GET"})
_CHANGE = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_ID = r"[0-9A-Za-z-]{1,64}"

RULES: tuple[tuple[Kind, frozenset[str], re.Pattern[str]], ...] = tuple(
    (kind, methods, re.compile(pattern))
    for kind, methods, pattern in (
        (Kind.PAGE, _GET, r"|lab|lab/(tree|doc|workspaces)(/.*)?|oauth_callback|logout"),
        (
            Kind.ASSET,
            _READ,
            r"(static|lab/static|lab/extensions|lab/api/themes)/.+|favicon\.ico|custom/custom\.(css|js)",
        ),
        (Kind.ASSET, _READ, r"kernelspecs/[^/]+/[^/]+"),
        (Kind.CHANNEL, _GET, rf"api/kernels/{_ID}/channels|api/events/subscribe"),
        (
            Kind.INTERFACE,
            _READ,
            r"api/?|api/(me|status|spec\.yaml|kernelspecs)(/[^/]*)?|lab/api/(schemas|translations|extensions|licenses|plugins)(/.*)?",
        ),
        (Kind.INTERFACE, _CHANGE, rf"api/(kernels|sessions)(/{_ID})?"),
        (
            Kind.INTERFACE,
            frozenset({"POST"}),
            rf"api/kernels/{_ID}/(interrupt|restart)|api/events|api/security/csp-report",
        ),
        (Kind.INTERFACE, _CHANGE, r"lab/api/(settings|workspaces|listings)(/.*)?|api/config(/[^/]+)?"),
        (Kind.CONTENTS, _CHANGE, r"api/contents(/.*)?"),
    )
)


def judge(method: str, target: str, prefix: str) -> Allowed | Refused:
    """Return what stands behind a request, or why it is refused.

    Args:
        method: the request's, in capitals.
        target: path and query as they came, undecoded.
        prefix: the path under which this lab is shown.
    """
    if not target.startswith("/") or len(target) > LONGEST_TARGET:
        return Refused("the address is not one of this lab")
    path, _, query = target.partition("?")
    decoded = _decode(path)
    if decoded is None or not decoded.startswith(prefix):
        return Refused("the address is written in an odd way, or is not one of this lab")
    relative = decoded[len(prefix) :]
    for kind, methods, pattern in RULES:
        if pattern.fullmatch(relative):
            if method not in methods:
                return Refused(f"{method} is not allowed there")
            reason = _reason_in_query(kind, method, relative, query)
            return Refused(reason) if reason else Allowed(kind)
    return Refused("this part of JupyterLab is closed in the lab")


def _decode(path: str) -> str | None:
    """Undo the escapes of a path once; None where another reader could see another path in it."""
    if ODD.search(path):
        return None
    segments = []
    for segment in path.split("/"):
        try:
            plain = unquote_to_bytes(segment).decode("utf-8")
        except UnicodeDecodeError:
            return None
        if plain in (".", "..") or HIDDEN.search(plain):
            return None
        segments.append(plain)
    return "/".join(segments)


CHECKPOINTS = re.compile(r"(.+)/checkpoints(?:/[\w-]+)?")
"""A file's checkpoints, as Jupyter's server reads an address; anything else below a folder of that name is a file."""
MOMENT = re.compile(r"(^|&)[0-9]{10,16}$")
"""What JupyterLab's client puts at the end of an address so that no answer is kept: the time, without a name."""


def _reason_in_query(  # noqa: PLR0911 - one line a rule
    kind: Kind, method: str, relative: str, query: str
) -> str:
    query = MOMENT.sub("", query)
    try:
        values = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=32)
    except ValueError:
        return "the question in the address is written in an odd way"
    names = {name.lower() for name, _ in values}
    if len(names) != len(values):
        return "the address asks for one thing twice, and two programs could read two answers in it"
    if "download" in names:
        return "downloads are closed"
    if "token" in names:
        return "tokens do not belong in an address"
    if kind is Kind.CONTENTS:
        formats = {value.lower() for name, value in values if name.lower() == "format"}
        if formats - {"", "text", "json"}:
            return "only text can be opened"
        inside = relative.removeprefix("api/contents").strip("/")
        kept = CHECKPOINTS.fullmatch(inside)
        named = (kept[1] if kept else inside).rpartition("/")[2].lower()
        without_content = ("content", "0") in values or method == "DELETE"
        if "." in named.lstrip(".") and not named.endswith(TEXT) and not without_content:
            if method == "PUT":
                return f"only notebooks and text files can be saved here; {BY_THE_PORTAL}"
            return f"only text files can be opened ({', '.join(TEXT[:6])}, ...)"
    return ""
