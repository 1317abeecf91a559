"""Rows of the registers as the audit log tells of them: who changes one on disk is found when it is read.

People with their roles, agencies with their keys, projects with their grants, members and end, dataset versions and
project views decide what may be asked, by whom, of which rows, and whose signature counts. Each of their events holds
the SHA-256 of the row as it was left, and each reading compares the row with its newest event.

Events from before digests were told hold none: such a row needs an event, and is compared from its next change on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import Entry, holds
from datalab.errors import IntegrityError, InternalError
from datalab.storage.audit import SqlAuditLog, entries_of
from datalab.storage.control.tables import CONTROL_AUDIT

T = TypeVar("T")

ROW, VERSION = "row_sha256", "version"
"""What an event tells of a row: its digest; and of which version it is, where one thing has several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(Generic[T]):
    """One kind of row, and the events that tell of it."""

    noun: str
    actions: tuple[Action, ...]
    subject: Callable[[T], str]
    """What the row's events are about."""
    values: Callable[[T], Mapping[str, Any]]
    """Its columns."""
    version: Callable[[T], int] | None = None
    """Which of several rows with one subject it is."""

    def name(self, value: T) -> str:
        """Return what a row is called in an error."""
        version = "" if self.version is None else f", version {self.version(value)}"
        return f"{self.noun} {self.subject(value)}{version}"


class ToldRows:
    """Writes what events tell of rows, and compares rows with it, inside one transaction."""

    def __init__(self, connection: Connection, audit: SqlAuditLog) -> None:
        self._connection = connection
        self._audit = audit

    def append(self, register: Register[T], value: T, event: AuditEvent) -> None:
        """Append the event of a row that was written, with the row's digest.

        Raises:
            InternalError: if the event is about something else: nobody would find it with the row.
        """
        if event.action not in register.actions or event.subject != register.subject(value):
            raise InternalError(f"An event that is not about the {register.name(value)} was given for it.")
        told: dict[str, str | int] = {ROW: digest_of(register.values(value))}
        if register.version is not None:
            told[VERSION] = register.version(value)
        self._audit.append(replace(event, details={**event.details, **told}))

    def check(self, register: Register[T], value: T, *, newest: bool = False) -> T:
        """Return a row's value if it is what the log tells.

        Args:
            register: of which kind it is.
            value: as it is stored.
            newest: whether the log may tell of no higher version.

        Raises:
            IntegrityError: if it is not.
        """
        entries = tuple(entries_of(self._connection, CONTROL_AUDIT, register.actions, register.subject(value)))
        if not _is_told(register, value, entries, newest=newest):
            raise IntegrityError(
                f"The {register.name(value)} is not what the audit log tells.",
                why="Its row in the control database does not fit what was told when it was last changed: something "
                "else than the lab changed or added it.",
                remedy="Nothing was done, and nothing is lost. Stop the lab, keep this database as evidence, and "
                "compare it with a backup. `datalab audit verify` lists all that differs.",
            )
        return value

    def differing(self, register: Register[T], values: Iterable[T]) -> Iterator[str]:
        """Yield the names of rows that are not what the log tells, and of those that it tells of and are gone."""
        told = self._told(register)
        for value in values:
            entries = told.pop(_key(register, value), ())
            if not _is_told(register, value, entries, newest=False):
                yield register.name(value)
        for subject, version in told:
            yield f"{register.noun} {subject}{'' if version is None else f', version {version}'} (gone)"

    def undigested(self, register: Register[T]) -> int:
        """Return how many rows' newest events are from before digests were told."""
        return sum(ROW not in entries[-1].event.details for entries in self._told(register).values())

    def _told(self, register: Register[T]) -> dict[tuple[str, int | str | None], tuple[Entry, ...]]:
        told: dict[tuple[str, int | str | None], tuple[Entry, ...]] = {}
        for entry in entries_of(self._connection, CONTROL_AUDIT, register.actions):
            version = None if register.version is None else entry.event.details.get(VERSION)
            key = (entry.event.subject, version)
            told[key] = (*told.get(key, ()), entry)
        return told


def digest_of(values: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a row's columns, in hexadecimal."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_moment)
    return hashlib.sha256(text.encode()).hexdigest()


def _is_told(register: Register[T], value: T, entries: tuple[Entry, ...], *, newest: bool) -> bool:
    """Whether the newest event of this row has its own hash and the row's digest."""
    if register.version is not None:
        number = register.version(value)
        later = (entry.event.details.get(VERSION) for entry in entries)
        if newest and any(isinstance(one, int) and one > number for one in later):
            return False
        entries = tuple(entry for entry in entries if entry.event.details.get(VERSION) == number)
    if not entries:
        return False
    digest = digest_of(register.values(value))
    return holds(entries[-1]) and entries[-1].event.details.get(ROW, digest) == digest


def _key(register: Register[T], value: T) -> tuple[str, int | str | None]:
    return register.subject(value), None if register.version is None else register.version(value)


def _moment(value: object) -> str:
    if isinstance(value, datetime):  # a datetime is a date, too
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    message = f"A row holds no {type(value).__name__}."
    raise TypeError(message)
