"""Tables of the control database: governance, catalogue, jobs, and their audit log."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from datalab.catalogue import ExtractKind, ExtractState
from datalab.jobs import JobState
from datalab.storage.audit_tables import audit_tables
from datalab.storage.column_types import NAMING, Json, SerialNumber, UtcDateTime, one_of
from datalab.uploads import UploadState

CONTROL = MetaData(naming_convention=NAMING)
CONTROL_AUDIT = audit_tables(CONTROL)
Index("ix_audit_entry_action_subject", CONTROL_AUDIT.entry.c.action, CONTROL_AUDIT.entry.c.subject)
"""Rows are compared with what the log tells of them whenever they are read."""

PERSON = Table(
    "person",
    CONTROL,
    Column("username", Text, primary_key=True),
    Column("full_name", Text, nullable=False),
    Column("roles", Json, nullable=False),
    Column("agency", Text),
    Column("suspended", Boolean, nullable=False),
)
AGENCY = Table(
    "agency",
    CONTROL,
    Column("name", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("signing_key", Text, nullable=False),
)
PROJECT = Table(
    "project",
    CONTROL,
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("members", Json, nullable=False),
    Column("grants", Json, nullable=False),
    Column("expires_on", Date, nullable=False),
)
CONTRACT = Table(
    "contract",
    CONTROL,
    Column("dataset", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("source_sha256", Text, nullable=False),
)
EXTRACT = Table(
    "extract",
    CONTROL,
    Column("number", SerialNumber, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("agency", Text, nullable=False),
    Column("dataset", Text, nullable=False),
    Column("contract_version", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("period_from", Date, nullable=False),
    Column("period_to", Date, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("ciphertext_sha256", Text, nullable=False),
    Column("content_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("report", Json),
    CheckConstraint(one_of("kind", ExtractKind), name="kind"),
    CheckConstraint(one_of("state", ExtractState), name="state"),
    CheckConstraint("rows >= 0", name="rows"),
    CheckConstraint("(state = 'received') = (report IS NULL)", name="settled_with_report"),
)
Index(
    "uq_extract_live_content",
    EXTRACT.c.dataset,
    EXTRACT.c.content_id,
    unique=True,
    sqlite_where=text("state IN ('received', 'published')"),
    postgresql_where=text("state IN ('received', 'published')"),
)
VERSION = Table(
    "dataset_version",
    CONTROL,
    Column("dataset", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("contract_version", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("path", Text, nullable=False, unique=True),
    Column("buckets", Integer, nullable=False),
    Column("key_version", Text, nullable=False),
    Column("report", Json, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["dataset", "contract_version"], ["contract.dataset", "contract.version"]),
    CheckConstraint("number >= 1", name="from_one"),
    CheckConstraint("rows >= 0 AND buckets >= 0", name="counts"),
)
VERSION_EXTRACT = Table(
    "dataset_version_extract",
    CONTROL,
    Column("dataset", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("extract_id", Text, ForeignKey("extract.id"), nullable=False),
    ForeignKeyConstraint(["dataset", "number"], ["dataset_version.dataset", "dataset_version.number"]),
    UniqueConstraint("dataset", "number", "extract_id"),
)
VIEW = Table(
    "project_view",
    CONTROL,
    Column("project", Text, primary_key=True),
    Column("dataset", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("columns", Json, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("path", Text, nullable=False, unique=True),
    Column("buckets", Integer, nullable=False),
    Column("key_version", Text, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["dataset", "version"], ["dataset_version.dataset", "dataset_version.number"]),
    CheckConstraint("rows >= 0 AND buckets >= 0", name="counts"),
)
GENERATION = Table(
    "linkage_generation",
    CONTROL,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("path", Text, nullable=False, unique=True),
    Column("persons", BigInteger, nullable=False),
    Column("report", Json, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    CheckConstraint("number >= 1", name="from_one"),
    CheckConstraint("persons >= 0", name="counts"),
)
JOB = Table(
    "job",
    CONTROL,
    Column("number", SerialNumber, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("worker", Text),
    Column("leased_until", UtcDateTime),
    Column("progress", Json),
    CheckConstraint(one_of("state", JobState), name="state"),
    CheckConstraint("attempts >= 0 AND fence >= 0", name="counts"),
    CheckConstraint("(state = 'running') = (leased_until IS NOT NULL)", name="running_is_leased"),
    CheckConstraint("(worker IS NULL) = (leased_until IS NULL)", name="leased_by_somebody"),
)
Index("ix_job_kind_state", JOB.c.kind, JOB.c.state)
JOB_STEP = Table(
    "job_step",
    CONTROL,
    Column("job_id", Text, ForeignKey("job.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("step", Text, nullable=False),
    Column("result", Json, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("job_id", "step"),
)
UPLOAD = Table(
    "upload",
    CONTROL,
    Column("number", SerialNumber, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("project", Text, ForeignKey("project.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("author", Text, ForeignKey("person.username"), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("kind", Text, nullable=False),
    Column("scan", Text, nullable=False),
    Column("placed_digest", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    CheckConstraint(one_of("state", UploadState), name="state"),
    CheckConstraint("size >= 0", name="size"),
)
Index(
    "ix_upload_live_name",
    UPLOAD.c.project,
    UPLOAD.c.name,
    unique=True,
    sqlite_where=text("state <> 'refused'"),
    postgresql_where=text("state <> 'refused'"),
)
"""A project has one file of a name, on its way or placed; a refused one may be brought again, mended."""
