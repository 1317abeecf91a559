"""Tables of an audit log; each database has a log of its own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, MetaData, Table, Text

from datalab.storage.column_types import UtcDateTime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTables:
    """The chain and its end."""

    entry: Table
    head: Table
    """One row: size and digest. Whoever appends holds it, so two writers cannot both follow the same entry."""


def audit_tables(metadata: MetaData) -> AuditTables:
    """Define the tables of an audit log in one database's metadata."""
    entry = Table(
        "audit_entry",
        metadata,
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        Column("format", Integer, nullable=False),
        Column("action", Text, nullable=False),
        Column("actor", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("at", UtcDateTime, nullable=False),
        Column("details", Text, nullable=False),
        Column("previous", Text, nullable=False, unique=True),
        Column("digest", Text, nullable=False, unique=True),
        CheckConstraint("number >= 1", name="from_one"),
        CheckConstraint("length(previous) = 64 AND length(digest) = 64", name="sha256"),
    )
    head = Table(
        "audit_head",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("size", BigInteger, nullable=False),
        Column("digest", Text, nullable=False),
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("size >= 0", name="not_negative"),
    )
    return AuditTables(entry=entry, head=head)
