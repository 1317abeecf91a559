"""The control database: governance, catalogue, jobs, audit log.

A migration is history: it states its types itself and is never edited once a lab was created with it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from datalab.storage.migrations.genesis import start_audit_log

revision = "control_0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table."""
    _agency()
    _audit_entry()
    _audit_head()
    _contract()
    _extract()
    _job()
    _linkage_generation()
    _person()
    _project()
    _dataset_version()
    _job_step()
    _dataset_version_extract()
    _project_view()
    start_audit_log()


def _agency() -> None:
    op.create_table(
        "agency",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("signing_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_agency")),
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


def _contract() -> None:
    op.create_table(
        "contract",
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("dataset", "version", name=op.f("pk_contract")),
    )


def _extract() -> None:
    op.create_table(
        "extract",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("contract_version", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("ciphertext_sha256", sa.Text(), nullable=False),
        sa.Column("content_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("report", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'received') = (report IS NULL)", name=op.f("ck_extract_settled_with_report")),
        sa.CheckConstraint("kind IN ('full', 'incremental')", name=op.f("ck_extract_kind")),
        sa.CheckConstraint(
            "state IN ('received', 'published', 'quarantined', 'refused')", name=op.f("ck_extract_state")
        ),
        sa.CheckConstraint("rows >= 0", name=op.f("ck_extract_rows")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_extract")),
        sa.UniqueConstraint("id", name=op.f("uq_extract_id")),
    )
    op.create_index(
        "uq_extract_live_content",
        "extract",
        ["dataset", "content_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('received', 'published')"),
        postgresql_where=sa.text("state IN ('received', 'published')"),
    )


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.CheckConstraint("(state = 'running') = (leased_until IS NOT NULL)", name=op.f("ck_job_running_is_leased")),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_job_state")),
        sa.CheckConstraint("(worker IS NULL) = (leased_until IS NULL)", name=op.f("ck_job_leased_by_somebody")),
        sa.CheckConstraint("attempts >= 0 AND fence >= 0", name=op.f("ck_job_counts")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_job")),
        sa.UniqueConstraint("id", name=op.f("uq_job_id")),
    )
    op.create_index("ix_job_kind_state", "job", ["kind", "state"], unique=False)


def _linkage_generation() -> None:
    op.create_table(
        "linkage_generation",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("persons", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_linkage_generation_from_one")),
        sa.CheckConstraint("persons >= 0", name=op.f("ck_linkage_generation_counts")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_linkage_generation")),
        sa.UniqueConstraint("path", name=op.f("uq_linkage_generation_path")),
    )


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_person")),
    )


def _project() -> None:
    op.create_table(
        "project",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("grants", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
    )


def _dataset_version() -> None:
    op.create_table(
        "dataset_version",
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contract_version", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("buckets", sa.Integer(), nullable=False),
        sa.Column("key_version", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_dataset_version_from_one")),
        sa.CheckConstraint("rows >= 0 AND buckets >= 0", name=op.f("ck_dataset_version_counts")),
        sa.ForeignKeyConstraint(
            ["dataset", "contract_version"],
            ["contract.dataset", "contract.version"],
            name=op.f("fk_dataset_version_dataset_contract_version"),
        ),
        sa.PrimaryKeyConstraint("dataset", "number", name=op.f("pk_dataset_version")),
        sa.UniqueConstraint("path", name=op.f("uq_dataset_version_path")),
    )


def _job_step() -> None:
    op.create_table(
        "job_step",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_step_job_id")),
        sa.PrimaryKeyConstraint("job_id", "place", name=op.f("pk_job_step")),
        sa.UniqueConstraint("job_id", "step", name=op.f("uq_job_step_job_id_step")),
    )


def _dataset_version_extract() -> None:
    op.create_table(
        "dataset_version_extract",
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("extract_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset", "number"],
            ["dataset_version.dataset", "dataset_version.number"],
            name=op.f("fk_dataset_version_extract_dataset_number"),
        ),
        sa.ForeignKeyConstraint(["extract_id"], ["extract.id"], name=op.f("fk_dataset_version_extract_extract_id")),
        sa.PrimaryKeyConstraint("dataset", "number", "place", name=op.f("pk_dataset_version_extract")),
        sa.UniqueConstraint(
            "dataset", "number", "extract_id", name=op.f("uq_dataset_version_extract_dataset_number_extract_id")
        ),
    )


def _project_view() -> None:
    op.create_table(
        "project_view",
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("buckets", sa.Integer(), nullable=False),
        sa.Column("key_version", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.CheckConstraint("rows >= 0 AND buckets >= 0", name=op.f("ck_project_view_counts")),
        sa.ForeignKeyConstraint(
            ["dataset", "version"],
            ["dataset_version.dataset", "dataset_version.number"],
            name=op.f("fk_project_view_dataset_version"),
        ),
        sa.PrimaryKeyConstraint("project", "dataset", "version", name=op.f("pk_project_view")),
        sa.UniqueConstraint("path", name=op.f("uq_project_view_path")),
    )
