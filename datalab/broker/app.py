"""The release service as an ASGI application: each route reads its input, calls one method of the core, answers JSON.

| route | what it does |
|---|---|
| GET /health | says that the service is up; the only route without a caller |
| GET /projects/{project}/budget | what the project's accounts have left |
| POST /projects/{project}/preview | what a question would cost and how exact it would be |
| POST /projects/{project}/price | what a question would cost so that a figure is as exact as wished |
| POST /projects/{project}/finding | whether a difference of a stated size would be seen through the noise |
| POST /projects/{project}/requests | submits a question |
| GET /requests | requests that this person may see; `project` and `state` narrow it |
| GET /requests/{id} | one request with question, cost, remarks; its answer where this person may see it |
| GET /requests/{id}/bundle | the signed bundle of a released request |
| POST /requests/{id}/withdrawal | withdraws one's own request |
| POST /requests/{id}/decision | decides on a request, and publishes what is approved |
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from datalab.broker.asked import MAX_ASKED_BYTES, read_finding, read_price
from datalab.broker.caller import Caller, Gatekeeper
from datalab.broker.documents import (
    budget_documents,
    finding_document,
    price_document,
    request_document,
    sheet_document,
)
from datalab.errors import (
    DatalabError,
    GovernanceError,
    NotFoundError,
    PermissionDeniedError,
    QueryError,
    StateError,
    UserError,
)
from datalab.query.reader import question_from_json
from datalab.release.desk import Desk
from datalab.release.permission import check_may_see_answer
from datalab.release.request import RequestState
from datalab.release.sheet import (
    sheet_of_price,
    sheet_of_question,
    sheet_of_request,
    visible_accounts,
    visible_finding,
    visible_requests,
)

PREFIX = "/release"
"""Before every route: a sandbox's door passes on what begins so, and tells the release service from the hub by it."""
MAX_BODY = MAX_ASKED_BYTES
"""Bytes of the largest body that is read: the limit of a question with what is asked beside it is the largest."""
STATUS: Mapping[type[UserError], int] = {PermissionDeniedError: 403, NotFoundError: 404, StateError: 409}
"""HTTP status of an error; other errors of the caller's are 422."""

Step = Callable[[Desk, Caller, Request, bytes], Any]
"""What a route does: desk, caller, request and body; returns JSON values or a response. Runs in a thread."""


def broker(desk: Desk, gatekeeper: Gatekeeper) -> Starlette:
    """Return the application of a release service."""

    def route(path: str, method: str, step: Step) -> Route:
        async def endpoint(request: Request) -> Response:
            return await _answer(request, desk, gatekeeper, step)

        return Route(PREFIX + path, endpoint, methods=[method])

    return Starlette(
        routes=[
            Route(f"{PREFIX}/health", _health, methods=["GET"]),
            route("/projects/{project}/budget", "GET", _budget),
            route("/projects/{project}/preview", "POST", _preview),
            route("/projects/{project}/price", "POST", _price),
            route("/projects/{project}/finding", "POST", _finding),
            route("/projects/{project}/requests", "POST", _submit),
            route("/requests", "GET", _requests),
            route("/requests/{id}", "GET", _request),
            route("/requests/{id}/bundle", "GET", _bundle),
            route("/requests/{id}/withdrawal", "POST", _withdraw),
            route("/requests/{id}/decision", "POST", _decide),
        ]
    )


async def _health(_request: Request) -> Response:
    return JSONResponse({"up": True})


async def _answer(request: Request, desk: Desk, gatekeeper: Gatekeeper, step: Step) -> Response:
    try:
        caller = gatekeeper.caller(request.headers)
        body = await _body(request)
        found = await run_in_threadpool(step, desk, caller, request, body)
    except UserError as error:
        return JSONResponse(error_document(error), status_code=_status(error))
    except Exception as error:  # noqa: BLE001 - the last door: the text of a foreign error could hold a value
        sys.stderr.write(f"The release service failed ({type(error).__name__}).\n")
        return JSONResponse({"what": "The release service failed.", "why": "", "remedy": "Tell an operator."}, 500)
    return found if isinstance(found, Response) else JSONResponse(found)


def error_document(error: DatalabError) -> dict[str, str]:
    """Return an error as JSON values: its class, what happened, why, what to do next."""
    return {"kind": type(error).__name__, "what": error.what, "why": error.why, "remedy": error.remedy}


async def _body(request: Request) -> bytes:
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > MAX_BODY:
            raise QueryError(
                "That is longer than a question can be.",
                remedy=f"The most is {MAX_BODY:,} bytes; ask for less at once.",
            )
    return bytes(found)


def _status(error: UserError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 422)


def _budget(desk: Desk, caller: Caller, request: Request, _body: bytes) -> Any:  # noqa: ANN401 - JSON values
    project = caller.within(request.path_params["project"])
    return budget_documents(visible_accounts(desk, project=project, person=caller.person), desk.policy)


def _preview(desk: Desk, caller: Caller, request: Request, body: bytes) -> Any:  # noqa: ANN401 - as above
    project = caller.within(request.path_params["project"])
    return sheet_document(sheet_of_question(desk, question_from_json(body), project=project, person=caller.person))


def _price(desk: Desk, caller: Caller, request: Request, body: bytes) -> Any:  # noqa: ANN401 - as above
    project = caller.within(request.path_params["project"])
    question, wish = read_price(body)
    return price_document(sheet_of_price(desk, question, wish, project=project, person=caller.person))


def _finding(desk: Desk, caller: Caller, request: Request, body: bytes) -> Any:  # noqa: ANN401 - as above
    project = caller.within(request.path_params["project"])
    question, asked = read_finding(body)
    seen = visible_finding(
        desk,
        question,
        measure=asked.measure,
        difference=asked.difference,
        count=asked.group_size,
        by=asked.by,
        project=project,
        person=caller.person,
    )
    return finding_document(asked.difference, seen)


def _submit(desk: Desk, caller: Caller, request: Request, body: bytes) -> Any:  # noqa: ANN401 - as above
    project = caller.within(request.path_params["project"])
    submitted = desk.submit(question_from_json(body), project=project, author=caller.person)
    return request_document(submitted)


def _requests(desk: Desk, caller: Caller, request: Request, _body: bytes) -> Any:  # noqa: ANN401 - as above
    asked = request.query_params.get("project") or caller.project
    project = caller.within(asked) if asked else None
    state = request.query_params.get("state")
    if state is not None and state not in set(RequestState):
        raise QueryError("There is no such state of a request.", remedy=f"Choose: {', '.join(RequestState)}.")
    chosen = None if state is None else RequestState(state)
    found = visible_requests(desk, person=caller.person, project=project, state=chosen)
    return [request_document(one) for one in found]


def _request(desk: Desk, caller: Caller, request: Request, _body: bytes) -> Any:  # noqa: ANN401 - as above
    return sheet_document(sheet_of_request(desk, _own(desk, caller, request), person=caller.person))


def _bundle(desk: Desk, caller: Caller, request: Request, _body: bytes) -> Any:  # noqa: ANN401 - as above
    found = desk.request(_own(desk, caller, request))
    person, project = desk.seated(caller.person, found.project)
    check_may_see_answer(person, project=project, request=found)
    if found.bundle is None:
        raise StateError(
            "This request has no bundle.", why=f"It is {found.state.value}.", remedy="Wait for the review."
        )
    return Response(
        desk.outbox.path(found.bundle).read_bytes(),
        media_type="application/zip",
        headers={"X-Datalab-Bundle": found.bundle},
    )


def _withdraw(desk: Desk, caller: Caller, request: Request, _body: bytes) -> Any:  # noqa: ANN401 - as above
    return request_document(desk.withdraw(_own(desk, caller, request), author=caller.person))


def _decide(desk: Desk, caller: Caller, request: Request, body: bytes) -> Any:  # noqa: ANN401 - as above
    verdict, reason = _decision(body)
    decided = desk.decide(_own(desk, caller, request), reviewer=caller.person, verdict=verdict, reason=reason)
    return request_document(desk.publish(decided.id) if decided.state is RequestState.APPROVED else decided)


def _decision(body: bytes) -> tuple[RequestState, str]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    match document:
        case {"verdict": str(verdict), "reason": str(reason)} if verdict in set(RequestState):
            return RequestState(verdict), reason
        case _:
            raise GovernanceError(
                "That is no decision.",
                remedy='Send {"verdict": "approved", "reason": "..."}; or returned, or rejected.',
            )


def _own(desk: Desk, caller: Caller, request: Request) -> str:
    """Return a request's id, if the caller may speak in its project."""
    request_id: str = request.path_params["id"]
    if caller.project is not None and desk.request(request_id).project != caller.project:
        raise NotFoundError(f"There is no request {request_id} of this project.")
    return request_id
