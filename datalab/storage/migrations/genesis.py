"""The start of an audit log, the same for every database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def start_audit_log() -> None:
    """Write the head of an empty chain."""
    head = sa.table("audit_head", sa.column("id"), sa.column("size"), sa.column("digest"))
    op.execute(sa.insert(head).values(id=1, size=0, digest="0" * 64))
