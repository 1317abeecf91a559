"""Files that researchers bring in: what is remembered of each, its states, and the port behind them.

    received -> checked -> held -> approved -> placed
        |                   |          |
        +-> refused         +-> refused+  the last only where its bytes are no longer those that were checked

Each step is committed with its audit event. The bytes are whole on disk before a row says that they were received, and
lie in the project's folder before a row says that they were placed: a process killed in between is caught up with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from datalab.audit.event import AuditEvent
from datalab.errors import StateError


class UploadState(StrEnum):
    """Where a file stands on its way in."""

    RECEIVED = "received"
    CHECKED = "checked"
    HELD = "held"
    """It passed the checks and waits for a person's decision."""
    APPROVED = "approved"
    PLACED = "placed"
    """It lies, read-only, where the project's sandboxes show it."""
    REFUSED = "refused"


NEXT = {
    UploadState.RECEIVED: frozenset({UploadState.CHECKED, UploadState.REFUSED}),
    UploadState.CHECKED: frozenset({UploadState.HELD, UploadState.APPROVED}),
    UploadState.HELD: frozenset({UploadState.APPROVED, UploadState.REFUSED}),
    UploadState.APPROVED: frozenset({UploadState.PLACED, UploadState.REFUSED}),
    UploadState.PLACED: frozenset[UploadState](),
    UploadState.REFUSED: frozenset[UploadState](),
}
"""What each state may become; what is not here may not be."""
UNFINISHED = frozenset({UploadState.RECEIVED, UploadState.CHECKED, UploadState.APPROVED})
"""States that the lab itself moves on from, without a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file on its way in."""

    id: str
    project: str
    name: str
    """As the project's members will see it."""
    author: str
    """User name of who brought it."""
    size: int
    """Bytes as they were received."""
    digest: str
    """Hex SHA-256 of the bytes as they were received."""
    state: UploadState
    received_at: datetime
    kind: str = ""
    """What its content turned out to be; empty before the checks."""
    scan: str = ""
    """What the malware scanner said: `clean`, `absent`, or the name of what it found."""
    placed_digest: str = ""
    """Hex SHA-256 of what is placed; another than `digest` where outputs were taken out of a notebook."""
    decided_by: str = ""
    """User name of who approved or refused, or the lab's own service."""
    reason: str = ""
    """Why it was refused, or the words of who approved it."""


def check_move(upload: Upload, state: UploadState) -> None:
    """Check that a file may go to a state; raises StateError."""
    if state not in NEXT[upload.state]:
        raise StateError(
            f"The file {upload.id} cannot become {state.value}.",
            why=f"It is {upload.state.value}.",
            remedy="Look at it again: somebody may have decided on it in the meantime.",
        )


class UploadReader(Protocol):
    """What may be asked about files on their way in."""

    def upload(self, upload_id: str) -> Upload:
        """Return one; raises NotFoundError."""

    def uploads(self, project: str | None = None) -> tuple[Upload, ...]:
        """Return them, oldest first."""


class UploadWriter(UploadReader, Protocol):
    """What may be changed, each change with its audit event in the same transaction."""

    def add_upload(self, upload: Upload, *, event: AuditEvent) -> None:
        """Record a file that was received; raises StateError if the project has a live one of that name."""

    def move_upload(self, upload: Upload, state: UploadState, *, event: AuditEvent) -> Upload:
        """Move a file on, with what the given value says of it; raises StateError if it moved meanwhile, or may not."""
