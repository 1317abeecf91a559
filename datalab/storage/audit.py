"""The audit log in SQL. Entries are only ever inserted, each in the transaction of the change it tells of."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import FORMAT, Entry, Head, chain
from datalab.errors import IntegrityError, InternalError
from datalab.storage.audit_tables import AuditTables

BATCH = 1000
"""Entries read at a time: a log is checked in constant memory."""


class SqlAuditLog:
    """One database's audit log, inside one transaction."""

    def __init__(self, connection: Connection, tables: AuditTables) -> None:
        self._connection = connection
        self._tables = tables

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Return entries in order, those numbered above `after`.

        Raises:
            IntegrityError: at an entry that nothing in the lab can have written.
        """
        while batch := self._batch(after):
            for row in batch:
                yield _entry(row)
            after = batch[-1].number

    def head(self) -> Head:
        """Return the end of the chain."""
        table = self._tables.head
        row = self._connection.execute(select(table)).one()
        return Head(size=row.size, digest=row.digest)

    def hold(self) -> None:
        """Wait until no other transaction writes, and keep it so until this one ends.

        SQLite has done so with `BEGIN IMMEDIATE`; it reads the clause away.
        """
        self._connection.execute(select(self._tables.head).with_for_update()).one()

    def append(self, event: AuditEvent) -> Entry:
        """Add an event at the end of the chain."""
        before = self.head()
        entry = chain(before, replace(event, at=event.at.astimezone(UTC)))
        head = self._tables.head
        moved = self._connection.execute(
            update(head)
            .where(head.c.size == before.size, head.c.digest == before.digest)
            .values(size=entry.number, digest=entry.digest)
        )
        if moved.rowcount != 1:
            raise InternalError("Two transactions wrote to the audit log at once.", why="The head was not held.")
        self._connection.execute(
            insert(self._tables.entry).values(
                number=entry.number,
                format=FORMAT,
                action=entry.event.action.value,
                actor=entry.event.actor,
                subject=entry.event.subject,
                at=entry.event.at,
                details=json.dumps(
                    dict(entry.event.details),
                    sort_keys=True,
                    separators=(",", ":"),
                    ensure_ascii=False,
                    allow_nan=False,
                ),
                previous=entry.previous,
                digest=entry.digest,
            )
        )
        return entry

    def _batch(self, after: int) -> Sequence[Row[Any]]:
        table = self._tables.entry
        query = select(table).where(table.c.number > after).order_by(table.c.number).limit(BATCH)
        return self._connection.execute(query).all()


def entries_of(
    connection: Connection, tables: AuditTables, actions: Collection[Action], subject: str | None = None
) -> Iterator[Entry]:
    """Return the entries of some kinds of event on one thing or any, in order; raises IntegrityError as `entries`."""
    table = tables.entry
    query = select(table).where(table.c.action.in_([action.value for action in actions])).order_by(table.c.number)
    if subject is not None:
        query = query.where(table.c.subject == subject)
    for row in connection.execute(query).all():
        yield _entry(row)


def _entry(row: Row[Any]) -> Entry:
    try:
        event = AuditEvent(
            action=Action(row.action), actor=row.actor, subject=row.subject, at=row.at, details=_details(row.details)
        )
    except ValueError:
        raise _unreadable(row.number) from None
    if row.format != FORMAT:
        raise _unreadable(row.number)
    return Entry(number=row.number, event=event, previous=row.previous, digest=row.digest)


def _details(text: str) -> dict[str, str | int]:
    document = json.loads(text)
    if not isinstance(document, dict):
        message = "Details are an object."
        raise ValueError(message)  # noqa: TRY004 - the caller treats every unreadable entry alike
    return document


def _unreadable(number: int) -> IntegrityError:
    return IntegrityError(
        f"The audit log is broken at entry {number}.",
        why="The entry is not in a form that this lab writes.",
        remedy="Stop the lab, keep this database as evidence, and compare it with a backup.",
    )
