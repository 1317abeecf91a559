"""Files that researchers bring in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "control_0003"
down_revision = "control_0002"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = "state IN ('received', 'checked', 'held', 'approved', 'placed', 'refused')"
LIVE = sa.text("state <> 'refused'")


def upgrade() -> None:
    """Create the table, and let a project have one live file of a name."""
    op.create_table(
        "upload",
        sa.Column("number", SERIAL, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "project", "name", "author")),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("digest", "state")),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("kind", "scan", "placed_digest", "decided_by", "reason")
        ),
        sa.CheckConstraint(STATES, name=op.f("ck_upload_state")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_upload_size")),
        sa.ForeignKeyConstraint(["author"], ["person.username"], name=op.f("fk_upload_author")),
        sa.ForeignKeyConstraint(["project"], ["project.id"], name=op.f("fk_upload_project")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_upload")),
        sa.UniqueConstraint("id", name=op.f("uq_upload_id")),
    )
    op.create_index(
        "ix_upload_live_name", "upload", ["project", "name"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
