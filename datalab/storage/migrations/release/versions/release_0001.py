"""The release database: privacy ledger, release requests, audit log.

A migration is history: it states its types itself and is never edited once a lab was created with it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from datalab.storage.migrations.genesis import start_audit_log

revision = "release_0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table."""
    _account()
    _audit_entry()
    _audit_head()
    _release_request()
    _charge()
    start_audit_log()


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("granted <= 1000000000000000000", name=op.f("ck_account_granted_fits")),
        sa.CheckConstraint("spent <= granted", name=op.f("ck_account_never_overspent")),
        sa.CheckConstraint("spent >= 0", name=op.f("ck_account_spent_not_negative")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_account")),
    )


def _audit_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.CheckConstraint("length(previous) = 64 AND length(digest) = 64", name=op.f("ck_audit_entry_sha256")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_audit_entry_from_one")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("digest", name=op.f("uq_audit_entry_digest")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_entry_previous")),
    )


def _audit_head() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_audit_head_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )


def _release_request() -> None:
    op.create_table(
        "release_request",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("reviewer", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("bundle", sa.Text(), nullable=True),
        sa.Column("reused_from", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'released') = (bundle IS NOT NULL)", name=op.f("ck_release_request_released_with_bundle")
        ),
        sa.CheckConstraint(
            "CASE"
            " WHEN state IN ('approved', 'returned', 'rejected') THEN decision IS NOT NULL AND decision = state"
            " WHEN state = 'released' THEN decision IS NOT NULL AND decision = 'approved'"
            " ELSE decision IS NULL END",
            name=op.f("ck_release_request_decided_as_it_stands"),
        ),
        sa.CheckConstraint(
            "CASE"
            " WHEN state IN ('submitted', 'failed') THEN answer IS NULL"
            " WHEN state = 'withdrawn' THEN 1 = 1"
            " ELSE answer IS NOT NULL END",
            name=op.f("ck_release_request_answered_as_it_stands"),
        ),
        sa.CheckConstraint(
            "decision IN ('approved', 'returned', 'rejected')", name=op.f("ck_release_request_decision")
        ),
        sa.CheckConstraint(
            "state IN ('submitted', 'answered', 'failed', 'approved', 'returned', 'rejected', 'withdrawn', 'released')",
            name=op.f("ck_release_request_state"),
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (reviewer IS NULL)"
            " AND (decision IS NULL) = (reason IS NULL)"
            " AND (decision IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_release_request_decision_whole"),
        ),
        sa.CheckConstraint("reviewer <> author", name=op.f("ck_release_request_four_eyes")),
        sa.ForeignKeyConstraint(["reused_from"], ["release_request.id"], name=op.f("fk_release_request_reused_from")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_release_request")),
        sa.UniqueConstraint("bundle", name=op.f("uq_release_request_bundle")),
        sa.UniqueConstraint("id", name=op.f("uq_release_request_id")),
    )
    op.create_index("ix_release_request_fingerprint", "release_request", ["fingerprint"], unique=False)
    op.create_index(
        "uq_release_request_open_fingerprint",
        "release_request",
        ["fingerprint"],
        unique=True,
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )


def _charge() -> None:
    op.create_table(
        "charge",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("mechanism", sa.Text(), nullable=False),
        sa.Column("software", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('reserved', 'committed')", name=op.f("ck_charge_state")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_charge_amount_not_negative")),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name=op.f("fk_charge_account")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_charge")),
        sa.UniqueConstraint("key", "account", name=op.f("uq_charge_key_account")),
    )
    op.create_index("ix_charge_account", "charge", ["account"], unique=False)
