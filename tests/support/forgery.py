"""Somebody who can write the release database and holds no key: changes rows and events, and links the log anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from desk_lab import NOW, DeskLab, build
from sqlalchemy import Connection, delete, insert, select, text, update

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import FORMAT, GENESIS, Entry, Head, chain
from datalab.storage.audit import SqlAuditLog
from datalab.storage.audit_tables import AuditTables
from datalab.storage.databases import open_release
from datalab.storage.engine import open_engine, write_transaction
from datalab.storage.release.tables import RELEASE_AUDIT

Rewriting = Callable[[list[AuditEvent]], list[AuditEvent]]
"""What becomes of a log's events."""


def build_on(folder: Path, release_url: str) -> DeskLab:
    """Build a desk's lab whose release database stands at an address, with a budget of rho 1."""
    lab = build(folder, grant=None)
    release = open_release(release_url)
    lab = replace(lab, release=release, desk=replace(lab.desk, release=release))
    for project in (None, "safer"):
        lab.give("incidents", Fraction(1), project=project)
    return lab


def forge(address: str, statement: str, **values: object) -> None:
    """Run one statement behind the lab's back."""
    with write_transaction(open_engine(address)) as connection:
        assert connection.execute(text(statement), values).rowcount > 0


def stored(address: str, request_id: str, column: str) -> Any:
    """Return what stands in a column of a request, as the database keeps it."""
    with write_transaction(open_engine(address)) as connection:
        return connection.execute(
            text(f"SELECT {column} FROM release_request WHERE id = :id"),  # noqa: S608 - a test's own word
            {"id": request_id},
        ).scalar_one()


def rewrite(address: str, rewriting: Rewriting, tables: AuditTables = RELEASE_AUDIT) -> None:
    """Replace the whole log by a rewritten one whose chain holds."""
    with write_transaction(open_engine(address)) as connection:
        events = [entry.event for entry in SqlAuditLog(connection, tables).entries()]
        connection.execute(delete(tables.entry))
        head = Head(size=0, digest=GENESIS)
        for event in rewriting(events):
            entry = chain(head, event)
            _insert(connection, entry, tables)
            head = Head(size=entry.number, digest=entry.digest)
        connection.execute(update(tables.head).values(size=head.size, digest=head.digest))


def edit_event(address: str, request_id: str, action: Action, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the details of one event where it stands, and nothing else."""
    table = RELEASE_AUDIT.entry
    where = (table.c.subject == request_id, table.c.action == action.value)
    with write_transaction(open_engine(address)) as connection:
        details = json.loads(connection.execute(select(table.c.details).where(*where)).scalar_one())
        change(details)
        connection.execute(update(table).where(*where).values(details=_json(details)))


def without_seal(event: AuditEvent) -> AuditEvent:
    """Return an event as it was written before requests were attested."""
    if not event.action.value.startswith("request."):
        return event
    kept = {name: value for name, value in event.details.items() if name in {"project", "reused_from"}}
    return replace(event, details=kept)


def upgrade() -> AuditEvent:
    """Return the event of a lab that is brought up to date."""
    return AuditEvent(action=Action.LAB_UPGRADED, actor="service:release", subject="lab", at=NOW)


def age(address: str) -> None:
    """Make a lab's requests what an earlier version would have left, and bring the lab up to date."""
    rewrite(address, lambda events: [*map(without_seal, events), upgrade()])
    forge(address, "UPDATE release_request SET salt = NULL")


def _insert(connection: Connection, entry: Entry, tables: AuditTables) -> None:
    event = entry.event
    connection.execute(
        insert(tables.entry).values(
            number=entry.number,
            format=FORMAT,
            action=event.action.value,
            actor=event.actor,
            subject=event.subject,
            at=event.at,
            details=_json(dict(event.details)),
            previous=entry.previous,
            digest=entry.digest,
        )
    )


def _json(details: dict[str, Any]) -> str:
    return json.dumps(details, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
