"""The portal as one object: what its pages reach, and nothing else."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from datalab.broker.caller import CALLER, PERSON, SECRET, Kind, read_secret
from datalab.broker.client import ReleaseClient
from datalab.control import ControlDatabase
from datalab.errors import DatalabError, NotFoundError, PermissionDeniedError, UserError
from datalab.governance.office import acting_person
from datalab.governance.people import Person
from datalab.privacy.digits import significant
from datalab.settings import Settings
from datalab.signin.reception import Reception
from datalab.web.hub import Hub, new_challenge
from datalab.web.policy import content_policy
from datalab.web.session import Session, Sessions

COOKIE = "datalab-portal"
"""The name of the session's cookie; behind https it has the prefix that binds it to this host alone."""
HOST_ONLY = "__Host-"
"""A browser takes such a cookie only from the host itself, over https, for every path: no other host beneath the same
name, such as a person's lab, can plant one (RFC 6265bis, section 4.1.3.2; OWASP ASVS 5.0, 3.3)."""
TEMPLATES = Path(__file__).parent / "templates"


class Shown(Protocol):
    """What a template is told of the person who sees it."""

    @property
    def session(self) -> Session:
        """The person's session, whose form token stands in every form."""

    @property
    def person(self) -> Person:
        """Who it is."""


def page_templates(*before: Path) -> jinja2.Environment:
    """Return the templates of pages.

    Args:
        before: folders of templates that are looked in before the portal's own, of pages that are not the portal's.
    """
    templates = jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [
                jinja2.FileSystemLoader([*before, TEMPLATES]),
                jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")}),
            ]
        ),
        autoescape=True,
        extensions=["jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["significant"] = significant
    return templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """Everything that pages need."""

    settings: Settings
    control: ControlDatabase = field(repr=False)
    hub: Hub
    origin: str
    """Of the portal's own pages, as browsers see it: where its forms come from."""
    prefix: str
    """Path before every page, with a slash at both ends."""
    reception: Reception | None = field(default=None, repr=False)
    """Where operators invite; None where an identity provider knows who signs in."""
    sessions: Sessions = field(default_factory=Sessions, repr=False)
    templates: jinja2.Environment = field(default_factory=page_templates, repr=False)

    @property
    def _secure(self) -> bool:
        return urlsplit(self.settings.address).scheme == "https"

    @property
    def _cookie(self) -> str:
        return HOST_ONLY + COOKIE if self._secure else COOKIE

    @property
    def _cookie_path(self) -> str:
        return "/" if self._secure else self.prefix

    def path(self, page: str) -> str:
        """Return a page's path in addresses."""
        return self.prefix + page.lstrip("/")

    def person(self, username: str) -> Person:
        """Return who signed in, as governance knows them; raises PermissionDeniedError."""
        with self.control.read() as tx:
            return acting_person(tx.governance, username)

    def release(self, username: str) -> ReleaseClient:
        """Return the release service for a person."""
        secret = read_secret(self.settings.run, Kind.PORTAL).decode()
        headers = {CALLER: Kind.PORTAL.value, SECRET: secret, PERSON: username}
        return ReleaseClient(path=self.settings.release_socket, headers=headers)

    def session_of(self, request: Request) -> Session | None:
        """Return a request's session, or None."""
        return self.sessions.find(request.cookies.get(self._cookie, ""))

    def begin_sign_in(self, request: Request) -> Response:
        """Send a browser to the hub; afterwards it comes back to the page it wanted, if it only wanted to read."""
        session = self.session_of(request) or self.sessions.begin()
        fresh = self.sessions.begin()
        self.sessions.end(session)
        fresh.verifier, challenge = new_challenge()
        fresh.state = fresh.csrf  # both are secrets of this session alone, and the form token changes at sign-in
        fresh.next = request.url.path if request.method == "GET" else self.prefix
        address = self.hub.sign_in_address(state=fresh.state, challenge=challenge)
        return self._with_cookie(RedirectResponse(address, status_code=303), fresh)

    def end_sign_in(self, request: Request) -> Response:
        """Take the hub's answer and lead on; raises PermissionDeniedError where this browser did not ask for it."""
        session = self.session_of(request)
        state, code = request.query_params.get("state", ""), request.query_params.get("code", "")
        if session is None or not session.state or not hmac.compare_digest(session.state.encode(), state.encode()):
            raise PermissionDeniedError(
                "This sign-in did not begin here.",
                why="The browser keeps no cookies, or it began too long ago.",
                remedy="Go to the start page of the lab and sign in again.",
            )
        token = self.hub.token_for(code, verifier=session.verifier)
        fresh = self.sessions.begin(token=token)
        self.sessions.end(session)
        wanted = session.next if session.next.startswith(self.prefix) else self.prefix
        return self._with_cookie(RedirectResponse(wanted, status_code=303), fresh)

    def end(self, session: Session) -> Response:
        """Sign a person out, here and at the hub."""
        self.sessions.end(session)
        response = RedirectResponse(f"{self.hub.origin}/hub/logout", status_code=303)
        response.delete_cookie(self._cookie, path=self._cookie_path, secure=self._secure, httponly=True, samesite="lax")
        return response

    def show(
        self, template: str, *, visit: Shown | None, frame: str = "", status: int = 200, **values: object
    ) -> Response:
        """Render a page with its content policy."""
        text = self.templates.get_template(template).render(
            visit=visit, portal=self, path=self.path, csrf=visit.session.csrf if visit else "", **values
        )
        policy = content_policy(frame=frame, hub=self.hub.origin)
        return HTMLResponse(text, status_code=status, headers={"Content-Security-Policy": policy})

    def show_error(self, error: DatalabError | None, *, visit: Shown | None) -> Response:
        """Render an error as a page: what happened, why, and what to do next."""
        return self.show("error.html", visit=visit, status=status_of(error), error=error)

    def _with_cookie(self, response: Response, session: Session) -> Response:
        response.set_cookie(
            self._cookie,
            session.id,
            path=self._cookie_path,
            httponly=True,
            secure=self._secure,
            samesite="lax",  # the way back from the hub is another site's redirect, and must find its session
        )
        return response


def status_of(error: DatalabError | None) -> int:
    """Return the HTTP status of an error; None is a fault of the lab's own."""
    match error:
        case PermissionDeniedError():
            return 403
        case NotFoundError():
            return 404
        case UserError():
            return 400
        case _:
            return 500
