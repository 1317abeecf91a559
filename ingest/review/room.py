"""Who may open the pages: the one browser that was given the address, on this machine.

Other people's programs may run on the machine, and pages of other sites in the browser. So the server listens on
127.0.0.1 alone and answers to no other name (a name of another site that is made to lead here, DNS rebinding, is not
it); the address that the terminal shows opens the pages once, in one browser, which gets a cookie; a form counts only
with the token of this run and from its own pages (OWASP ASVS 5.0, 3.5).
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from datalab.errors import DatalabError, PermissionDeniedError
from datalab.web.portal import page_templates, status_of
from ingest.review.reading import Reading

COOKIE: Final = "datalab-review"
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No script at all: none is needed, and a text could hold one."""
TEMPLATES = Path(__file__).parent / "templates"
_OWN: Final = frozenset({"same-origin", "none", ""})
"""Values of Sec-Fetch-Site of a form that our own page sent; a browser that does not say sends none."""


def _secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass(slots=True, kw_only=True)
class Room:
    """The pages of one run."""

    reading: Reading
    port: int
    name: str = field(default_factory=_secret, repr=False)
    """Part of every address, and in no answer to who does not know it: a cookie is not bound to a port, so that it is
    bound to this path. Another's server on another port could ask the browser for it under the same path."""
    csrf: str = field(default_factory=_secret, repr=False)
    templates: jinja2.Environment = field(default_factory=lambda: page_templates(TEMPLATES), repr=False)
    _ticket: str = field(default_factory=_secret, repr=False)
    _spent: bool = False
    _session: str = field(default_factory=_secret, repr=False)
    _shown: dict[int, float] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def host(self) -> str:
        """The only name that the server answers to."""
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """What the custodian opens, once."""
        return f"http://{self.host}{self.path('open')}/{self._ticket}"

    def path(self, page: str) -> str:
        """Return a page's path in addresses."""
        return f"/{self.name}/{page.lstrip('/')}"

    def is_inside(self, path: str) -> bool:
        """Say whether who asks for a path knows the name that every address of this run begins with."""
        return hmac.compare_digest(path[: len(self.path(""))].encode(), self.path("").encode())

    def check_host(self, request: Request) -> None:
        """Refuse a request for another name; raises PermissionDeniedError."""
        if request.headers.getlist("host") != [self.host]:
            raise PermissionDeniedError("This server answers to its own address only.", remedy="Use what was printed.")

    def check_session(self, request: Request) -> None:
        """Refuse a browser that was not let in; raises PermissionDeniedError."""
        if not hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), self._session.encode()):
            raise PermissionDeniedError(
                "This browser was not let in.",
                why="The address that the command printed opens the pages once, in one browser that keeps cookies.",
                remedy="End the command with Ctrl-C and start it again: what was marked is kept.",
            )

    def check_form(self, request: Request, token: object) -> None:
        """Refuse a form that this run's pages did not send; raises PermissionDeniedError."""
        site, origin = request.headers.get("sec-fetch-site", ""), request.headers.get("origin", self._origin)
        own = site in _OWN and origin == self._origin
        if not own or not isinstance(token, str) or not hmac.compare_digest(token.encode(), self.csrf.encode()):
            raise PermissionDeniedError(
                "That form is not one of this run.",
                why="It was opened before the command was started again, or another page sent it.",
                remedy="Go to the list of texts, and mark the text again.",
            )

    def let_in(self, request: Request, ticket: str) -> Response:
        """Let the first browser in that knows the ticket; raises PermissionDeniedError for every other."""
        response = RedirectResponse(self.path(""), status_code=303)
        with self._lock:
            if self._spent or not hmac.compare_digest(ticket.encode(), self._ticket.encode()):
                self.check_session(request)
                return response
            self._spent = True
        response.set_cookie(COOKIE, self._session, path=f"/{self.name}/", httponly=True, samesite="lax")
        return response

    def note_shown(self, number: int) -> None:
        """Note when a text was shown."""
        self._shown[number] = time.monotonic()

    def seconds_shown(self, number: int) -> int:
        """Return how long ago a text was shown, and forget it."""
        began = self._shown.pop(number, None)
        return 0 if began is None else round(time.monotonic() - began)

    def show(self, template: str, *, status: int = 200, **values: object) -> Response:
        """Render a page."""
        text = self.templates.get_template(template).render(
            path=self.path, csrf=self.csrf, visit=None, reading=self.reading, **values
        )
        return HTMLResponse(text, status_code=status, headers={"Content-Security-Policy": POLICY})

    def show_error(self, error: DatalabError | None) -> Response:
        """Render an error as a page."""
        return self.show("review_error.html", status=status_of(error), error=error)

    @property
    def _origin(self) -> str:
        return f"http://{self.host}"
