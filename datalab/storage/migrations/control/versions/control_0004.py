"""What the log tells of one thing is found without reading the whole log."""

from __future__ import annotations

from alembic import op

revision = "control_0004"
down_revision = "control_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_audit_entry_action_subject", "audit_entry", ["action", "subject"])
