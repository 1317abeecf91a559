"""The hub service that ends sandboxes that may no longer run.

Every 20 seconds it compares running servers with the lab's registers: a sandbox whose person is suspended, unknown, or
no longer a researcher of its project, or whose project has expired, is stopped; so is one that nobody used for the time
of the setting `idle_minutes`.
It holds a token that can list and stop servers, and nothing else.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.error import URLError
from urllib.parse import quote

from datalab.control import ControlDatabase
from datalab.errors import IntegrityError
from datalab.governance.server import project_of, server_name
from datalab.settings import read_settings
from datalab.wiring import clock, open_lab
from infra.hub.groups import PROJECT, groups_of

EVERY = 20
"""Seconds between two looks: with the time that a stop takes, a sandbox ends well within a minute."""
PATIENCE = 15
"""Seconds that one call of the hub may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One server that runs."""

    username: str
    project: str
    last_activity: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HubApi:
    """The few calls of the hub's interface that this service makes."""

    address: str
    token: str
    page: int = 200
    """Users told at once; the hub gives no more than 200."""

    def running(self) -> Iterator[Running]:
        """Yield every server that runs."""
        for user in self._users():
            for server in user["servers"].values():
                moment = server.get("last_activity") or server.get("started")
                yield Running(
                    username=user["name"],
                    project=project_of(server["name"]),
                    last_activity=datetime.fromisoformat(moment).astimezone(UTC) if moment else datetime.now(UTC),
                )

    def stop(self, server: Running) -> None:
        """Stop a server."""
        self._call("DELETE", f"/users/{quote(server.username)}/servers/{quote(server_name(server.project))}")

    def _users(self) -> Iterator[Any]:
        offset = 0
        while users := self._call("GET", f"/users?state=active&limit={self.page}&offset={offset}"):
            offset += len(users)
            yield from users

    def _call(self, method: str, path: str) -> Any:  # noqa: ANN401 - whatever JSON the hub sends
        request = urllib.request.Request(  # noqa: S310 - the hub's own address, from the hub
            self.address + path, method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - as above
            body = answer.read()
        return json.loads(body) if body else None


def ended(servers: Iterator[Running], control: ControlDatabase, *, now: datetime, idle: timedelta) -> list[Running]:
    """Return the servers that may no longer run."""
    return [
        server
        for server in servers
        if now - server.last_activity > idle or not _may_run(server, control, today=now.date())
    ]


def _may_run(server: Running, control: ControlDatabase, *, today: date) -> bool:
    """Say whether the person may work in the project; nobody may by registers that were changed on disk."""
    try:
        return PROJECT + server.project in (groups_of(control, server.username, today=today) or ())
    except IntegrityError:
        return False


def main() -> None:
    """Look, stop, sleep; a hub that does not answer is asked again."""
    settings = read_settings(os.environ)
    control = open_lab(settings).control
    hub = HubApi(address=os.environ["JUPYTERHUB_API_URL"], token=os.environ["JUPYTERHUB_API_TOKEN"])
    idle = timedelta(minutes=settings.idle_minutes)
    while True:
        with _asked_again():
            for server in ended(hub.running(), control, now=clock(), idle=idle):
                with _asked_again():  # one that will not stop keeps no other running
                    hub.stop(server)
        time.sleep(EVERY)


@contextmanager
def _asked_again() -> Iterator[None]:
    try:
        yield
    except (URLError, OSError, ValueError) as error:
        sys.stderr.write(f"The hub did not answer as expected ({type(error).__name__}); trying again.\n")


if __name__ == "__main__":
    main()
