"""What the hub keeps of a request to start a sandbox: which one, and not a word more.

JupyterHub stores a request's body as the server's options, under any keys and at any length, and a name to show beside
it; both are read again by whoever sees the account. Here a sandbox has no options, so that neither is a place to leave
something. It is refused where a request is read and a start begins, before anything is made of it; and again where the
database's rows are written and where a spawner takes them, whichever page or call they came by.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from jupyterhub import orm
from jupyterhub.apihandlers.users import UserServerAPIHandler
from jupyterhub.slugs import is_valid_safe_slug
from jupyterhub.user import User
from sqlalchemy import event
from tornado import web


def keep_nothing_of_requests() -> None:
    """Have requests and rows of servers refuse options, and names that no project has."""
    if not hasattr(User.spawn, "__wrapped__"):
        for name in ("get_server_json_body", "get_json_body"):  # the second by PATCH, which writes it into the log
            setattr(UserServerAPIHandler, name, _refusing_body(getattr(UserServerAPIHandler, name)))
        User.spawn = _refusing_start(User.spawn)
    for column, refuse in (
        (orm.Spawner.user_options, _refuse_options),
        (orm.Spawner.display_name, _refuse_name),
        (orm.Spawner.name, _refuse_name),
    ):
        if not event.contains(column, "set", refuse):
            event.listen(column, "set", refuse)


def refuse_options(value: object) -> None:
    """Raise web.HTTPError 400 where a request has options."""
    if value:
        raise web.HTTPError(400, "A sandbox has no options. Start it from the project's page in the portal.")


def _refusing_body(read: Any) -> Any:  # noqa: ANN401 - JupyterHub has no types
    @wraps(read)
    def read_and_refuse(handler: Any) -> Any:  # noqa: ANN401 - as above
        body = read(handler)
        if isinstance(body, dict):
            refuse_options(body.get("user_options"))
            _refuse_name(None, body.get("display_name"))
        return body

    return read_and_refuse


def _refusing_start(spawn: Any) -> Any:  # noqa: ANN401 - as above
    """Refuse before a start makes a token and a row of the server, which JupyterHub leaves when it fails then."""

    @wraps(spawn)
    async def refuse_and_spawn(
        user: Any,  # noqa: ANN401 - as above
        server_name: str = "",
        display_name: str = "",
        options: object = None,
        handler: object = None,
    ) -> Any:  # noqa: ANN401 - as above
        refuse_options(options)
        return await spawn(user, server_name, display_name, options, handler)

    return refuse_and_spawn


def _refuse_options(_row: object, value: object, *_: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
    refuse_options(value)


def _refuse_name(_row: object, value: object, *_: Any) -> None:  # noqa: ANN401 - as above
    if value and not (isinstance(value, str) and is_valid_safe_slug(value)):
        raise web.HTTPError(400, "A sandbox has the name of its project, and no other.")
