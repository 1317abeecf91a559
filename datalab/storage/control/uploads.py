"""Files that researchers bring in, in SQL."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Row, select, update

from datalab.audit.event import AuditEvent
from datalab.errors import NotFoundError, StateError
from datalab.storage.audit import SqlAuditLog
from datalab.storage.control.tables import UPLOAD
from datalab.storage.insertion import insert_row
from datalab.uploads import Upload, UploadState, check_move


class SqlUploads:
    """Uploads, inside one transaction."""

    def __init__(self, connection: Connection, audit: SqlAuditLog) -> None:
        self._connection = connection
        self._audit = audit

    def upload(self, upload_id: str) -> Upload:
        """Return one; raises NotFoundError."""
        row = self._connection.execute(select(UPLOAD).where(UPLOAD.c.id == upload_id)).one_or_none()
        if row is None:
            raise NotFoundError(
                f"There is no upload {upload_id}.", remedy="`datalab upload list` shows those that there are."
            )
        return _upload(row)

    def uploads(self, project: str | None = None) -> tuple[Upload, ...]:
        """Return them, oldest first."""
        query = select(UPLOAD).order_by(UPLOAD.c.number)
        if project is not None:
            query = query.where(UPLOAD.c.project == project)
        return tuple(map(_upload, self._connection.execute(query)))

    def add_upload(self, upload: Upload, *, event: AuditEvent) -> None:
        """Record a file that was received; raises StateError if the project has a live one of that name."""
        if upload.state is not UploadState.RECEIVED:
            raise StateError(f"The file {upload.id} cannot arrive as {upload.state.value}.")
        refusal = StateError(
            f"The project {upload.project} has a file called {upload.name} already.",
            why="What was brought in never changes under those who use it.",
            remedy="Bring it under another name.",
        )
        insert_row(self._connection, UPLOAD, _values(upload), refusal=refusal)
        self._audit.append(event)

    def move_upload(self, upload: Upload, state: UploadState, *, event: AuditEvent) -> Upload:
        """Move a file on, with what the given value says of it; raises StateError if it moved meanwhile, or may not."""
        check_move(upload, state)
        moved = replace(upload, state=state)
        changed = self._connection.execute(
            update(UPLOAD)
            .where(UPLOAD.c.id == upload.id, UPLOAD.c.state == upload.state.value)
            .values(**_values(moved))
        )
        if changed.rowcount != 1:
            raise StateError(
                f"The file {upload.id} cannot become {state.value}.",
                why=f"It is {self.upload(upload.id).state.value} now.",
                remedy="Look at it again: somebody decided on it in the meantime.",
            )
        self._audit.append(event)
        return moved


def _values(upload: Upload) -> dict[str, Any]:
    return asdict(upload) | {"state": upload.state.value}


def _upload(row: Row[Any]) -> Upload:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's own way to a mapping
    del values["number"]
    return Upload(**values | {"state": UploadState(values["state"])})
