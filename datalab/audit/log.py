"""The audit log: append-only, hash-chained, and checkable by anybody who has a copy.

Entry n carries SHA-256 over entry n-1's hash and its own canonical JSON (RFC 8785 for the values used here: sorted
keys, no spaces, UTF-8). Changing, removing or reordering any entry breaks every hash after it. Cutting off the end
leaves a valid shorter chain: that is found by comparing with a head that somebody outside kept.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from datalab.audit.event import AuditEvent
from datalab.errors import IntegrityError, UserError

GENESIS = "0" * 64
"""The hash before the first entry."""
FORMAT = 1
"""Version of the entry's canonical form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event in its place in the chain."""

    number: int
    """From 1, without gaps."""
    event: AuditEvent
    previous: str
    """Hex SHA-256 of the entry before."""
    digest: str
    """Hex SHA-256 of this entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of a chain: publish it, and nobody can rewrite what came before unnoticed."""

    size: int
    digest: str

    def __str__(self) -> str:
        """Render as `size:digest`, the form in which a head is published and kept."""
        return f"{self.size}:{self.digest}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read a head that was kept as `size:digest`.

        Raises:
            UserError: if the text is none.
        """
        match = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", text)
        if match is None:
            raise UserError(
                "This is not the head of an audit log.",
                why="A head is a number, a colon and 64 hexadecimal digits.",
                remedy="Copy it as `datalab audit verify` printed it.",
            )
        return cls(size=int(match[1]), digest=match[2])


class AuditReader(Protocol):
    """What may be asked of an audit log. Nothing writes to it by itself: storage appends with each change."""

    def entries(self, after: int = 0) -> Iterable[Entry]:
        """Return entries in order, those numbered above `after`."""

    def head(self) -> Head:
        """Return the end of the chain."""


def chain(previous: Head, event: AuditEvent) -> Entry:
    """Return the entry that follows `previous` with this event."""
    number = previous.size + 1
    return Entry(number=number, event=event, previous=previous.digest, digest=_digest(number, event, previous.digest))


def holds(entry: Entry) -> bool:
    """Whether an entry has the hash that its own words and the hash before it give: it was not edited in its place."""
    return entry == chain(Head(size=entry.number - 1, digest=entry.previous), entry.event)


def verify(entries: Iterable[Entry], *, expected: Head | None = None) -> Head:
    """Check a whole chain, and that it still contains a head kept from earlier.

    Raises:
        IntegrityError: at the first entry that does not follow, or if `expected` is not on the chain.
    """
    head = Head(size=0, digest=GENESIS)
    met = expected is None or expected == head
    for entry in entries:
        if entry != chain(head, entry.event):
            raise IntegrityError(
                f"The audit log is broken at entry {head.size + 1}.",
                why="Its hash does not follow from the entry before: an entry was changed, removed or moved.",
                remedy="Stop the lab, keep this database as evidence, and compare it with a backup.",
            )
        head = Head(size=entry.number, digest=entry.digest)
        met = met or head == expected
    if not met:
        raise IntegrityError(
            "The audit log does not contain the head that was kept.",
            why="Entries were cut off or rewritten since that head was published.",
            remedy="Stop the lab, keep this database as evidence, and compare it with a backup.",
        )
    return head


def verify_log(log: AuditReader, *, expected: Head | None = None) -> Head:
    """Check a stored log: its chain, that it ends where the database says, and a head kept from earlier.

    Raises:
        IntegrityError: as `verify`, and if entries at the end are missing.
    """
    end = verify(log.entries(), expected=expected)
    if end != log.head():
        raise IntegrityError(
            "The audit log does not end where its database says.",
            why="Entries at the end were removed, or added by something else than the lab.",
            remedy="Stop the lab, keep this database as evidence, and compare it with a backup.",
        )
    return end


def _digest(number: int, event: AuditEvent, previous: str) -> str:
    document = {
        "format": FORMAT,
        "number": number,
        "previous": previous,
        "action": event.action.value,
        "actor": event.actor,
        "subject": event.subject,
        "at": event.at.isoformat(),
        "details": dict(event.details),
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
