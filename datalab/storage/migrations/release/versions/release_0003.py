"""The salt under which the audit log attests of a request. Requests that there are get one when they move next."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "release_0003"
down_revision = "release_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("release_request", sa.Column("salt", sa.Text(), nullable=True))
