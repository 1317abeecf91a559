"""Budgets with an approximate part, and the signed acts that fill accounts.

Accounts and charges that there are have no approximate part: their delta is 0. Grants that there are have no act; the
audit log says that they stood before acts were asked for.

SQLite cannot add a CHECK to a table, and refuses to drop one that others refer to. So there each new table is filled
beside the old one, the referring table first let go of it, and both take over their names; a renamed table keeps those
that refer to it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "release_0002"
down_revision = "release_0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ACCOUNT_CHECKS = {
    "ck_account_spent_delta_not_negative": "spent_delta >= 0",
    "ck_account_delta_never_overspent": "spent_delta <= granted_delta",
    "ck_account_granted_delta_fits": "granted_delta <= 1000000000000000000",
}
CHARGE_CHECKS = {"ck_charge_amount_delta_not_negative": "amount_delta >= 0"}


def upgrade() -> None:
    """Add the approximate part to accounts and charges, and the table of acts."""
    if op.get_bind().dialect.name == "sqlite":
        _fill_new_tables()
    else:
        _alter_tables()
    op.create_table(
        "budget_act",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.CheckConstraint("length(serial) = 32 AND length(signature) = 128", name=op.f("ck_budget_act_signed")),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name=op.f("fk_budget_act_account")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_budget_act")),
        sa.UniqueConstraint("serial", name=op.f("uq_budget_act_serial")),
    )


def _alter_tables() -> None:
    for table, column in (("account", "granted_delta"), ("account", "spent_delta"), ("charge", "amount_delta")):
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=False, server_default="0"))
        op.alter_column(table, column, server_default=None)
    for table, checks in (("account", ACCOUNT_CHECKS), ("charge", CHARGE_CHECKS)):
        for name, text in checks.items():
            op.create_check_constraint(op.f(name), table, text)


def _fill_new_tables() -> None:
    op.create_table(
        "account_with_delta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("granted_delta", sa.BigInteger(), nullable=False),
        sa.Column("spent_delta", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("granted <= 1000000000000000000", name=op.f("ck_account_granted_fits")),
        sa.CheckConstraint("spent <= granted", name=op.f("ck_account_never_overspent")),
        sa.CheckConstraint("spent >= 0", name=op.f("ck_account_spent_not_negative")),
        *(sa.CheckConstraint(text, name=op.f(name)) for name, text in ACCOUNT_CHECKS.items()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_account")),
    )
    op.execute("INSERT INTO account_with_delta SELECT name, granted, spent, 0, 0 FROM account")
    op.create_table(
        "charge_with_delta",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("mechanism", sa.Text(), nullable=False),
        sa.Column("software", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("amount_delta", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('reserved', 'committed')", name=op.f("ck_charge_state")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_charge_amount_not_negative")),
        *(sa.CheckConstraint(text, name=op.f(name)) for name, text in CHARGE_CHECKS.items()),
        sa.ForeignKeyConstraint(["account"], ["account_with_delta.name"], name=op.f("fk_charge_account")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_charge")),
        sa.UniqueConstraint("key", "account", name=op.f("uq_charge_key_account")),
    )
    op.execute(
        "INSERT INTO charge_with_delta"
        " SELECT number, key, account, amount, state, mechanism, software, at, 0 FROM charge ORDER BY number"
    )
    op.drop_table("charge")
    op.drop_table("account")
    op.rename_table("account_with_delta", "account")
    op.rename_table("charge_with_delta", "charge")
    op.create_index("ix_charge_account", "charge", ["account"], unique=False)
