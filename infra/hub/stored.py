"""What the hub keeps of a request to start a sandbox: which one, and not a word more.

JupyterHub stores a request's body as the server's options, under any keys and at any length, and a name to show beside
it; both are read again by whoever sees the account. Here a sandbox has no options, so that neither is a place to leave
something. It is refused where the database's rows are written and where a spawner takes them, whichever page or call
they came by.
"""

from __future__ import annotations

from typing import Any

from jupyterhub import orm
from jupyterhub.slugs import is_valid_safe_slug
from sqlalchemy import event
from tornado import web


def keep_nothing_of_requests() -> None:
    """Have rows of servers refuse options, and names that no project has."""
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


def _refuse_options(_row: object, value: object, *_: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
    refuse_options(value)


def _refuse_name(_row: object, value: object, *_: Any) -> None:  # noqa: ANN401 - as above
    if value and not (isinstance(value, str) and is_valid_safe_slug(value)):
        raise web.HTTPError(400, "A sandbox has the name of its project, and no other.")
