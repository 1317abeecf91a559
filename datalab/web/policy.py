"""Headers of every answer: what a browser may do with the portal's pages: little (OWASP ASVS 5.0, chapter 3)."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FIXED: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), usb=()",
}
"""Headers that are the same on every answer."""


def content_policy(*, frame: str = "", hub: str = "") -> str:
    """Return a page's content policy.

    Args:
        frame: origins that the page may show in a frame: the lab's, and the hub's, where the lab signs in.
        hub: origin that a form may lead to, where signing out does.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "script-src 'self'",
            "img-src 'self'",
            "frame-src " + (frame or "'none'"),
            f"form-action 'self' {hub}".rstrip(),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


class Policy:
    """Middleware that puts the headers on every answer, also on errors."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and put the headers on what comes back."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in FIXED.items():
                    headers[name] = value
                headers.setdefault("Content-Security-Policy", content_policy())
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)
