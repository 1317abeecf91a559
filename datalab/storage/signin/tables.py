"""Tables of the sign-in database, and its audit log."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, MetaData, Table, Text

from datalab.storage.audit_tables import audit_tables
from datalab.storage.column_types import NAMING, UtcDateTime

SIGN_IN = MetaData(naming_convention=NAMING)
SIGN_IN_AUDIT = audit_tables(SIGN_IN)

ACCOUNT = Table(
    "account",
    SIGN_IN,
    Column("username", Text, primary_key=True),
    Column("password", Text, nullable=False),
    Column("secret", Text),
    Column("last_step", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    CheckConstraint("password LIKE '$argon2id$%'", name="hashed"),
)
INVITATION = Table(
    "invitation",
    SIGN_IN,
    Column("username", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("secret", Text, nullable=False),
    CheckConstraint("length(digest) = 64", name="sha256"),
)
BROWSER = Table(
    "browser",
    SIGN_IN,
    Column("digest", Text, primary_key=True),
    Column("username", Text, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("failures", Integer, nullable=False),
    CheckConstraint("length(digest) = 64", name="sha256"),
)
