"""Browsers in which somebody signed in before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "signin_0002"
down_revision = "signin_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "browser",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_browser_sha256")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_browser")),
    )
