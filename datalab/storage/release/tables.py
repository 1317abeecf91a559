"""Tables of the release database: the privacy ledger, the release requests, and their audit log."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from datalab.privacy.ledger import ChargeState
from datalab.release.request import RequestState
from datalab.storage.audit_tables import audit_tables
from datalab.storage.column_types import NAMING, Json, SerialNumber, UtcDateTime, one_of

RELEASE = MetaData(naming_convention=NAMING)
RELEASE_AUDIT = audit_tables(RELEASE)

MAX_NANO_RHO = 10**18
"""Most that one account holds, in nano-rho (a billion rho): sums of two such amounts fit 64 bits, so no database
turns one into a float (SQLite does that on overflow)."""
MAX_ATTO_DELTA = 10**18
"""Most that one account holds of the approximate part, in units of 1e-18: a delta of one, which promises nothing."""

ACCOUNT = Table(
    "account",
    RELEASE,
    Column("name", Text, primary_key=True),
    Column("granted", BigInteger, nullable=False),
    Column("spent", BigInteger, nullable=False),
    Column("granted_delta", BigInteger, nullable=False),
    Column("spent_delta", BigInteger, nullable=False),
    CheckConstraint("spent >= 0", name="spent_not_negative"),
    CheckConstraint("spent <= granted", name="never_overspent"),
    CheckConstraint(f"granted <= {MAX_NANO_RHO}", name="granted_fits"),
    CheckConstraint("spent_delta >= 0", name="spent_delta_not_negative"),
    CheckConstraint("spent_delta <= granted_delta", name="delta_never_overspent"),
    CheckConstraint(f"granted_delta <= {MAX_ATTO_DELTA}", name="granted_delta_fits"),
)
BUDGET_ACT = Table(
    "budget_act",
    RELEASE,
    Column("number", SerialNumber, primary_key=True),
    Column("serial", Text, nullable=False, unique=True),
    Column("account", Text, ForeignKey("account.name"), nullable=False),
    Column("document", Text, nullable=False),
    Column("signature", Text, nullable=False),
    CheckConstraint("length(serial) = 32 AND length(signature) = 128", name="signed"),
)
CHARGE = Table(
    "charge",
    RELEASE,
    Column("number", SerialNumber, primary_key=True),
    Column("key", Text, nullable=False),
    Column("account", Text, ForeignKey("account.name"), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("mechanism", Text, nullable=False),
    Column("software", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("amount_delta", BigInteger, nullable=False),
    UniqueConstraint("key", "account"),
    CheckConstraint("amount >= 0", name="amount_not_negative"),
    CheckConstraint("amount_delta >= 0", name="amount_delta_not_negative"),
    CheckConstraint(one_of("state", ChargeState), name="state"),
)
Index("ix_charge_account", CHARGE.c.account)
REQUEST = Table(
    "release_request",
    RELEASE,
    Column("number", SerialNumber, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("project", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("versions", Json, nullable=False),
    Column("state", Text, nullable=False),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("answer", Json),
    Column("decision", Text),
    Column("reviewer", Text),
    Column("reason", Text),
    Column("decided_at", UtcDateTime),
    Column("bundle", Text, unique=True),
    Column("reused_from", Text, ForeignKey("release_request.id")),
    Column("salt", Text),
    CheckConstraint(one_of("state", RequestState), name="state"),
    CheckConstraint("reviewer <> author", name="four_eyes"),
    CheckConstraint("decision IN ('approved', 'returned', 'rejected')", name="decision"),
    CheckConstraint(
        "(decision IS NULL) = (reviewer IS NULL) AND (decision IS NULL) = (reason IS NULL)"
        " AND (decision IS NULL) = (decided_at IS NULL)",
        name="decision_whole",
    ),
    CheckConstraint(
        "CASE WHEN state IN ('approved', 'returned', 'rejected') THEN decision IS NOT NULL AND decision = state"
        " WHEN state = 'released' THEN decision IS NOT NULL AND decision = 'approved'"
        " ELSE decision IS NULL END",
        name="decided_as_it_stands",
    ),
    CheckConstraint(
        "CASE WHEN state IN ('submitted', 'failed') THEN answer IS NULL"
        " WHEN state = 'withdrawn' THEN 1 = 1 ELSE answer IS NOT NULL END",
        name="answered_as_it_stands",
    ),
    CheckConstraint("(state = 'released') = (bundle IS NOT NULL)", name="released_with_bundle"),
)
Index("ix_release_request_fingerprint", REQUEST.c.fingerprint)
Index(
    "uq_release_request_open_fingerprint",
    REQUEST.c.fingerprint,
    unique=True,
    sqlite_where=text("state = 'submitted'"),
    postgresql_where=text("state = 'submitted'"),
)
