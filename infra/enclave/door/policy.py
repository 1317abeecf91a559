"""What of an answer may pass to the browser, and the policy that it is shown under.

Both are held here and replace whatever the sandbox says. The policy (W3C Content Security Policy 3, HTML's sandbox)
gives a page its own origin and nothing else: no other address, no frame, no download, no new window. Programs run from
the host's installation of JupyterLab alone: none that the sandbox's server writes, and none of a notebook's output,
unless the lab's operator opens that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

NOT_PASSED_IN = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"),
        *(
            "transfer-encoding",
            "upgrade",
            "content-length",
            "host",
            "expect",
            "accept-encoding",
            "authorization",
            "cookie",
        ),
        *("x-http-method-override", "x-original-url", "x-rewrite-url", "forwarded"),
    }
)
"""Headers of a request that do not pass: of one connection (RFC 9110, 7.6.1), or a secret of the browser's."""
TYPES = re.compile(
    r"(text/(html|css|plain|javascript|x-[a-z.+-]{1,32})|application/(json|javascript|x-javascript|wasm|manifest\+json|"
    r"problem\+json|x-ipynb\+json|yaml|x-yaml|x-mathjax-config)|image/(png|gif|jpeg|svg\+xml|webp|x-icon|vnd\.microsoft\.icon)|"
    r"(font|application)/(x-)?(font-)?(woff2?|ttf|otf|sfnt|vnd\.ms-fontobject))(; ?charset=\"?[\w-]{1,16}\"?)?",
    re.IGNORECASE,
)
CONNECTIONS = "(response-origin);webrtc=block;redirects=block"
"""The one origin that a lab's page may connect to (WICG Connection Allowlists; Chromium from version 152).

The content policy alone leaves open the connection that a browser opens ahead, before it refuses to go there, by which
a name or a port tells something, and calls by STUN and TURN: no browser obeys the draft's `webrtc` (tried in Chromium
156 and Firefox 153), so it is not sent. `webrtc=block` closes these servers and nothing else of a call: the other end
that a page names itself, as a candidate, is reached by UDP and TCP. The guard before each page takes calls away.
"""
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253})(?::\d{1,5})?")
"""How a browser writes the name of a lab's host."""
COOKIES = re.compile(r"jupyterhub-user-[^=\s]*|jupyterhub-session-id|_xsrf")
"""Names of the cookies that the lab's own server sets and reads."""
NOWHERE = "'none'"
HUB = ("/hub/api/oauth2/authorize", "/hub/login", "/hub/logout", "/hub/")
"""Where a lab's server sends a browser that is to sign in or out."""
SAID = re.compile(r"(client_id|response_type|state|scope|code_challenge|code_challenge_method)=[\w.~!:/ -]{0,256}")
"""What it then says (RFC 6749, 4.1.1; RFC 7636, 4.3): numbers and names, and not whatever it likes."""
LED_TO = ("redirect_uri", "next")
"""Where the hub sends the browser afterwards: to this lab, and to nowhere else."""


def place_of(host: str, *, prefix: str, hub_origin: str) -> tuple[str, str]:
    """Return where a lab's pages and its channels are, as sources of a content policy.

    Args:
        host: `host:port` as the browser wrote it.
        prefix: the path under which this lab is shown.
        hub_origin: of the hub, which is served by the same scheme.
    """
    if not HOST.fullmatch(host):
        return NOWHERE, ""
    scheme = urlsplit(hub_origin).scheme or "http"
    return f"{scheme}://{host}{prefix}", f"{scheme.replace('http', 'ws')}://{host}{prefix}"


PROGRAMS = ("static/lab/", "lab/extensions/")
"""Where programs of a lab's pages are, below its place: folders that the door answers from the host's files."""


def content_policy(shell_origin: str, *, place: str, channels: str = "", programs: str = NOWHERE) -> str:
    """Return the content security policy of everything that a lab shows.

    Args:
        shell_origin: of the portal, whose frame shows it.
        place: of the lab's pages: its own path, and no other of its host, whatever else answers there.
        channels: the same, of websockets, which CSP 3 takes for `http` by the word 'self' alone.
        programs: what programs run from, as `programs_of` says; from nothing in what is neither page nor the host's.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {programs}",
            f"style-src {place} 'unsafe-inline'",
            f"img-src {place} data: blob:",
            f"font-src {place} data:",
            f"connect-src {place} {channels}".rstrip(),
            f"worker-src {place} blob:",
            f"manifest-src {place}",
            "media-src data: blob:",
            "frame-src 'none'",
            "object-src 'none'",
            f"base-uri {place}",
            f"form-action {place}",
            f"frame-ancestors {shell_origin or chr(39) + 'none' + chr(39)}",
            "sandbox allow-same-origin allow-scripts allow-forms",
        )
    )


def programs_of(place: str, *, guard: str = "") -> str:
    """Return what programs of a page, or of a file of the host's, run from.

    JupyterLab compiles the schemas of its settings, and for that needs `unsafe-eval`; the guard lets it compile those
    alone. The guard's element is told by its text (CSP 3, 6.7.3.3) and not by a word, which a program could read and
    which would bring others from any address.

    Args:
        place: of the lab's pages.
        guard: SHA-256 of the guard's text in base64, for a page.
    """
    if place == NOWHERE:
        return NOWHERE
    said = [f"'sha256-{guard}'"] if guard else []
    return " ".join((*(place + folder for folder in PROGRAMS), *said, "'unsafe-eval'"))


def open_programs(place: str) -> str:
    """Return what programs run from where a lab's operator lets those of outputs run: from anywhere in its pages."""
    return f"{place} 'unsafe-inline' 'unsafe-eval'"


NONCE = "datalab"
"""What each script element says where programs of outputs are open; `page.scripts` tells why that is no secret."""
CLOSED = (
    "camera",
    "microphone",
    "geolocation",
    "display-capture",
    "usb",
    "serial",
    "hid",
    "midi",
    "payment",
    "bluetooth",
)
"""What the device of a person who looks at a lab does not give."""


def elements_policy(place: str) -> str:
    """Return the second policy: programs run from elements, and from no address `javascript:`.

    Such an address writes a page with a new window, which the guard does not stand before. A word beside the places
    lets an element run that says it (CSP 3, 6.7.3.3), and no address can (4.2.4). A browser obeys both policies (8.1),
    so this one opens nothing: where a program may come from and what it may do, `content_policy` says.
    """
    return f"script-src-elem {place} 'nonce-{NONCE}'; script-src-attr 'unsafe-inline'"


def own_headers(shell_origin: str, *, place: str, channels: str = "", programs: str = NOWHERE) -> Mapping[str, str]:
    """Return the headers that the door sets on every answer; `content_policy` tells of the arguments."""
    policy = content_policy(shell_origin, place=place, channels=channels, programs=programs)
    if programs == open_programs(place):
        policy = f"{policy}, {elements_policy(place)}"
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{name}=()" for name in CLOSED),
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-DNS-Prefetch-Control": "off",
        "Connection-Allowlist": CONNECTIONS,
    }


def cookies_for_sandbox(header: str) -> str:
    """Return the cookies that the lab's own server needs, of those that the browser sent."""
    return "; ".join(
        one.strip() for one in header.split(";") if COOKIES.fullmatch(one.partition("=")[0].strip()) and "=" in one
    )


def cookie_may_be_set(header: str, prefix: str) -> bool:
    """Tell whether a `Set-Cookie` is of the lab's own server, for its own path, and for no host but its own."""
    name, *attributes = (part.strip() for part in header.split(";"))
    values = {key.strip().lower(): value.strip() for key, _, value in (one.partition("=") for one in attributes)}
    inside = values.get("path", "/").startswith(prefix.rstrip("/"))
    return bool(COOKIES.fullmatch(name.partition("=")[0].strip())) and "domain" not in values and inside


def redirect_may_pass(location: str, *, prefix: str, lab: str, hub: str = "") -> bool:
    """Tell whether a redirect stays in this lab or leads to the hub's sign-in.

    Args:
        location: what the answer says.
        prefix: the path under which this lab is shown.
        lab: `host:port` of this lab, as the browser sees it.
        hub: the same of the hub; empty where both have one.
    """
    if re.search(r"[\x00-\x20\\]", location) or location.startswith("//"):
        return False
    parts = urlsplit(location)
    if parts.scheme not in ("", "http", "https") or (parts.scheme and not parts.netloc):
        return False
    host = parts.netloc or lab
    if host not in (lab, hub):
        return False
    if ".." in unquote(parts.path).split("/"):
        return False
    inside = parts.path.startswith(prefix) or parts.path + "/" == prefix or not parts.path.startswith("/")
    if inside and host == lab:
        return True
    return host == (hub or lab) and parts.path in HUB and _comes_back(parts, prefix, lab, hub)


def _comes_back(parts: SplitResult, prefix: str, lab: str, hub: str) -> bool:
    """Tell whether the hub is told nothing but what a sign-in needs, and leads back to this lab."""
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name in LED_TO:
            back = urlsplit(value)
            if not back.path.startswith(prefix) or not redirect_may_pass(value, prefix=prefix, lab=lab, hub=hub):
                return False
        elif not SAID.fullmatch(f"{name}={value}"):
            return False
    return True
