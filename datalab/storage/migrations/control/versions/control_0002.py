"""People can be suspended; nobody is who was there before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "control_0002"
down_revision = "control_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; its default is only for the rows that there are (SQLite makes the table anew without it)."""
    op.add_column("person", sa.Column("suspended", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("person") as person:
        person.alter_column("suspended", server_default=None)
