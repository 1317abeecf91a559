"""When the hub calls a sandbox ready."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from jupyterhub import orm

from infra.hub.spawner import SandboxSpawner


@pytest.mark.parametrize("started", [None, datetime(2026, 3, 1, tzinfo=UTC)])
def test_a_sandbox_is_ready_only_once_it_was_started(started: datetime | None) -> None:
    """A row of a server that a failed start left behind is no sandbox that runs."""
    server = orm.Server(proto="http", cookie_name="", ip="127.0.0.1", port=1, base_url="/")
    row = SimpleNamespace(
        server=server,
        started=started,
        state=None,
        name="early-help",
        user_options={},
    )
    spawner = SandboxSpawner(orm_spawner=row, db=SimpleNamespace())

    assert spawner.server is not None
    assert spawner.ready is (started is not None)
    assert spawner.active is (started is not None)
