"""How far the step of a job is that is under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "control_0005"
down_revision = "control_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("job", sa.Column("progress", sa.Text(), nullable=True))
