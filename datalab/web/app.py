"""The portal as an ASGI application."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from datalab.errors import DatalabError, NotFoundError
from datalab.web.page import Page
from datalab.web.pages import deliver, extracts, files, home, lab, people, projects, requests, review
from datalab.web.policy import Policy
from datalab.web.portal import Portal

STATIC = Path(__file__).parent / "static"

PAGES: tuple[Page, ...] = (
    *home.PAGES,
    *deliver.PAGES,
    *extracts.PAGES,
    *projects.PAGES,
    *files.PAGES,
    *lab.PAGES,
    *requests.PAGES,
    *review.PAGES,
    *people.PAGES,
)
"""Every page, with who may open it; nothing else is served but styles, sign-in and health."""


def application(portal: Portal) -> Starlette:
    """Return the application of a portal."""

    async def signed_in(request: Request) -> Response:
        try:
            return await run_in_threadpool(portal.end_sign_in, request)
        except DatalabError as error:
            return portal.show_error(error, visit=None)

    async def health(_request: Request) -> Response:
        return PlainTextResponse("up")

    async def missing(_request: Request, _error: Exception) -> Response:
        return portal.show_error(
            NotFoundError("There is no such page.", remedy="Go to your start page; it shows what there is."), visit=None
        )

    return Starlette(
        routes=[
            Mount(portal.path("static"), StaticFiles(directory=STATIC)),
            Route(portal.path("oauth_callback"), signed_in),
            Route(portal.path("health"), health),
            *(page.route(portal) for page in PAGES),
        ],
        middleware=[Middleware(Policy)],
        exception_handlers={404: missing, 405: missing, HTTPException: missing},
    )
