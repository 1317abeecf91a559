"""Pages: who may open which, and what happens around each: sign-in, roles, the token of forms, errors as pages.

Every route names the roles that may open it, and none is open without: the default is no (OWASP ASVS 5.0, 8.2).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from datalab.broker.client import ReleaseClient
from datalab.errors import DatalabError, PermissionDeniedError, UserError
from datalab.governance.people import LabRole, Person
from datalab.web.hub import Visitor
from datalab.web.portal import Portal
from datalab.web.session import Session

EVERYBODY = frozenset(LabRole)
MAX_FIELDS, MAX_FIELD = 20, 64 * 1024
"""Of a form: fields, and bytes of one."""
MAX_FORM = 256 * 1024
"""Bytes of a form without files."""
OTHERS = frozenset({"cross-site", "same-site"})
"""Values of Sec-Fetch-Site of a form that another page sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One person opening one page."""

    portal: Portal
    session: Session = field(repr=False)
    visitor: Visitor
    person: Person
    path: Mapping[str, str]
    """What stands in the address."""
    form: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What a form sent: texts and files; empty where the page is only read."""

    @property
    def release(self) -> ReleaseClient:
        """The release service, for this person."""
        return self.portal.release(self.person.username)

    def text(self, name: str) -> str:
        """Return a text that a form sent, without blank ends; empty where it did not."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def show(self, template: str, *, frame: str = "", status: int = 200, **values: object) -> Response:
        """Render a page."""
        return self.portal.show(template, visit=self, frame=frame, status=status, **values)

    def go(self, path: str) -> Response:
        """Lead on to another page of the portal, after something was done."""
        return RedirectResponse(self.portal.path(path), status_code=303)


Step = Callable[[Visit], Response]
"""What a page does; runs in a thread, for the core waits for databases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One route of the portal."""

    path: str
    method: str
    roles: frozenset[LabRole]
    step: Step
    files: int = 0
    """Files that its form may bring."""
    max_form: int = MAX_FORM
    """Bytes of its form, with its files."""

    def route(self, portal: Portal) -> Route:
        """Return it as a route."""

        async def endpoint(request: Request) -> Response:
            return await open_page(portal, self, request)

        return Route(portal.path(self.path), endpoint, methods=[self.method])


async def open_page(portal: Portal, page: Page, request: Request) -> Response:
    """Answer one request for a page: sign-in, role, form token, then the page itself; whatever fails is a page too."""
    session = portal.session_of(request)
    if session is None or not session.token:
        return portal.begin_sign_in(request)
    visit = None
    try:
        visitor = await run_in_threadpool(portal.hub.visitor, session.token)
        if visitor is None:
            portal.sessions.end(session)
            return portal.begin_sign_in(request)
        person = await run_in_threadpool(portal.person, visitor.username)
        visit = Visit(portal=portal, session=session, visitor=visitor, person=person, path=dict(request.path_params))
        _check_role(page, visit)
        if request.method == "POST":
            form = await _form(request, page)
            _check_own_form(portal, request, session, form)
            visit = Visit(
                portal=portal,
                session=session,
                visitor=visitor,
                person=person,
                path=dict(request.path_params),
                form=form,
            )
        return await run_in_threadpool(page.step, visit)
    except DatalabError as error:
        return portal.show_error(error, visit=visit)
    except Exception as error:  # noqa: BLE001 - the last door: the text of a foreign error could hold a value
        sys.stderr.write(f"The portal failed at {page.path} ({type(error).__name__}).\n")
        return portal.show_error(None, visit=visit)


def _check_role(page: Page, visit: Visit) -> None:
    held = {role.value for role in visit.person.roles} & visit.visitor.groups
    if not held & {role.value for role in page.roles}:
        raise PermissionDeniedError(
            "This page is not for you.",
            why=f"It is for: {', '.join(sorted(role.value for role in page.roles))}.",
            remedy="Go to your start page; it shows what you can do.",
        )


async def _form(request: Request, page: Page) -> dict[str, Any]:
    """Read a form that is no larger than the page takes; nothing of a larger one is kept (OWASP ASVS 5.0, 5.2)."""
    stated = request.headers.get("content-length", "")
    if not (stated.isascii() and stated.isdigit()) or int(stated) > page.max_form:
        raise UserError(
            "That form is too large.",
            why=f"This page takes {page.max_form:,} bytes at most, and has to be told how many are coming.",
            remedy="Go back, and send less.",
        )
    try:
        form: FormData = await request.form(max_fields=MAX_FIELDS, max_files=page.files, max_part_size=MAX_FIELD)
    except HTTPException:
        raise UserError(
            "That form cannot be read.",
            why=f"A form has at most {MAX_FIELDS} fields, of {MAX_FIELD:,} bytes each, and files only where asked.",
            remedy="Go back, reload the page, and send it again.",
        ) from None
    return dict(form.multi_items())


def _check_own_form(portal: Portal, request: Request, session: Session, form: Mapping[str, Any]) -> None:
    """Refuse a form that this session did not get from the portal (OWASP ASVS 5.0, 3.5)."""
    token = form.get("csrf", "")
    foreign = (
        request.headers.get("sec-fetch-site", "") in OTHERS
        or request.headers.get("origin", portal.origin) != portal.origin
    )
    if foreign or not isinstance(token, str) or not session.carries(token):
        raise PermissionDeniedError(
            "That form is not one of this session.",
            why="It was opened before you signed in again, or another page sent it.",
            remedy="Go back, reload the page, and send it again.",
        )
