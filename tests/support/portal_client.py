"""A person's browser without a screen: follows the sign-in by plain HTTP, keeps cookies a host, sends forms as told.

It says nothing that a test did not tell it to say: no Origin, no Sec-Fetch-Site, no token of a form.
"""

from __future__ import annotations

import http.client
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from open_house import PASSWORD, OpenHouse

COOKIE = "datalab-portal"
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """Its body as text."""
        return self.body.decode(errors="replace")

    @property
    def location(self) -> str:
        """Where it leads."""
        return self.headers.get("Location", "")


@dataclass(kw_only=True)
class PortalClient:
    """One browser."""

    house: OpenHouse
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    """Values by host and name."""

    @property
    def host(self) -> str:
        """The portal's own."""
        return urlsplit(self.house.portal).netloc

    def send(
        self, method: str, address: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request and follow nothing.

        Args:
            method: of HTTP.
            address: absolute, or a path below the portal's start page.
            body: of the request.
            headers: besides host and cookies.
        """
        parts = urlsplit(address if "://" in address else self.house.portal + address)
        kept = self.cookies.setdefault(parts.netloc, {})
        sent = {"Host": parts.netloc, "Cookie": "; ".join(f"{name}={value}" for name, value in kept.items())}
        connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=120)
        try:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body, {**sent, **(headers or {})})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                kept[name] = morsel.value
        return Answer(status=answer.status, headers=answer.headers, body=content)

    def get(self, address: str) -> Answer:
        """Open a page."""
        return self.send("GET", address)

    def follow(self, address: str) -> tuple[str, Answer]:
        """Open a page and go where it leads; returns where that was, and what is there."""
        for _ in range(12):
            answer = self.get(address)
            if answer.status not in {301, 302, 303}:
                return address, answer
            address = urljoin(address, answer.location)
        raise AssertionError(f"It leads round in a circle: {address}")

    def sign_in(self, username: str) -> PortalClient:
        """Sign in, up to the start page."""
        address, page = self.follow(self.house.portal)
        found = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
        form = {"username": username, "password": PASSWORD, "_xsrf": found.group(1) if found else ""}
        action = re.search(r'<form action="([^"]+)"', page.text)
        assert action is not None, page.text
        answer = self.post(urljoin(address, action.group(1).replace("&amp;", "&")), form)
        assert answer.status == 302, answer.text
        _, start = self.follow(urljoin(address, answer.location))
        assert "Sign out" in start.text, start.text
        return self

    def post(self, address: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a form of texts, without a token of its own accord."""
        typed = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self.send("POST", address, body=urlencode(form).encode(), headers=typed)

    def token(self) -> str:
        """Return the token of this session's forms, as the start page carries it."""
        found = TOKEN.search(self.get("").text)
        assert found is not None
        return found.group(1)

    def upload(self, address: str, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]) -> Answer:
        """Send a form with files, each as (name, content)."""
        border = secrets.token_hex(16)
        parts = [
            f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        parts += [
            f'--{border}\r\nContent-Disposition: form-data; name="{name}"; filename="{title}"\r\n\r\n'.encode()
            + content
            + b"\r\n"
            for name, (title, content) in files.items()
        ]
        typed = {"Content-Type": f"multipart/form-data; boundary={border}"}
        return self.send("POST", address, body=b"".join((*parts, f"--{border}--\r\n".encode())), headers=typed)
