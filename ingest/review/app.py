"""The pages as an ASGI application: every one behind the same checks, and no error with a word of a text."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from anonymise.review.passages import LONGEST_PASSAGE
from datalab.errors import DatalabError, NotFoundError, UserError
from datalab.web.policy import Policy
from datalab.web.portal import TEMPLATES as PORTAL_TEMPLATES
from ingest.review.pages import Asked, Step, finish, listing, save, text
from ingest.review.room import Room

STATIC: Final = Path(__file__).parent / "static"
PORTAL_STATIC: Final = PORTAL_TEMPLATES.with_name("static")
"""Styles of the portal: the pages look like it."""
MAX_FIELDS: Final = 18 * LONGEST_PASSAGE
"""Boxes of a form: one character in compatibility form can be eighteen, each a word."""
MAX_FORM: Final = 1 << 20
"""Bytes of a form."""
LINGER: Final = 3.0
"""Seconds after the last page, for the browser to fetch its styles."""


class OwnAddress:
    """Middleware that answers to the one name and below the one path only: elsewhere a page would tell the path."""

    def __init__(self, app: ASGIApp, room: Room) -> None:
        self._app, self._room = app, room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http":
            try:
                self._room.check_host(Request(scope))
            except DatalabError:
                await Response(status_code=403)(scope, receive, send)
                return
            if not self._room.is_inside(scope["path"]):
                await Response(status_code=404)(scope, receive, send)
                return
        await self._app(scope, receive, send)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doors:
    """What happens around each page: session, form, errors as pages."""

    room: Room
    done: Callable[[], None]

    async def missing(self, _request: Request, _error: Exception) -> Response:
        return self.room.show_error(NotFoundError("There is no such page.", remedy="Go to the list of texts."))

    async def enter(self, request: Request) -> Response:
        return await self._open(request, lambda asked: self.room.let_in(request, asked.path["ticket"]))

    async def end(self, request: Request) -> Response:
        response = await self._known(request, finish)
        if self.room.reading.written is not None:
            response.background = BackgroundTask(self._finish)
        return response

    async def _finish(self) -> None:
        await asyncio.sleep(LINGER)
        self.done()

    def page(self, place: str, step: Step, method: str = "GET") -> Route:
        async def endpoint(request: Request) -> Response:
            return await self._known(request, step)

        return Route(self.room.path(place), endpoint, methods=[method])

    async def _known(self, request: Request, step: Step) -> Response:
        try:
            self.room.check_session(request)
        except DatalabError as error:
            return self.room.show_error(error)
        return await self._open(request, step)

    async def _open(self, request: Request, step: Step) -> Response:
        try:
            form = FormData()
            if request.method == "POST":
                form = await _form(request)
                self.room.check_form(request, form.get("csrf"))
            asked = Asked(room=self.room, path=dict(request.path_params), form=form)
            return await run_in_threadpool(step, asked)
        except DatalabError as error:
            return self.room.show_error(error)
        except Exception as error:  # noqa: BLE001 - the last door: the text of a foreign error could hold a value
            sys.stderr.write(f"A page of the review failed ({type(error).__name__}).\n")
            return self.room.show_error(None)


def application(room: Room, *, done: Callable[[], None]) -> Starlette:
    """Return the application of one run.

    Args:
        room: its pages.
        done: called once the marks are signed and shown with all that the page needs.
    """
    doors = _Doors(room=room, done=done)
    return Starlette(
        routes=[
            Mount(room.path("static/review"), StaticFiles(directory=STATIC)),
            Mount(room.path("static"), StaticFiles(directory=PORTAL_STATIC)),
            Route(room.path("open/{ticket}"), doors.enter),
            doors.page("", listing),
            doors.page("texts/{number}", text),
            doors.page("texts/{number}", save, "POST"),
            Route(room.path("finish"), doors.end, methods=["POST"]),
        ],
        middleware=[Middleware(Policy), Middleware(OwnAddress, room=room)],
        exception_handlers={404: doors.missing, 405: doors.missing, HTTPException: doors.missing},
    )


async def _form(request: Request) -> FormData:
    stated = request.headers.get("content-length", "")
    if not (stated.isascii() and stated.isdigit()) or int(stated) > MAX_FORM:
        raise UserError("That form is too large.", remedy="Go back, and send it again.")
    try:
        return await request.form(max_fields=MAX_FIELDS, max_files=0)
    except HTTPException:
        raise UserError("That form cannot be read.", remedy="Go back, reload the page, and send it again.") from None
