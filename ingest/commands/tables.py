"""Reports, receipts and states as tables for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from datalab.catalogue import Extract
from datalab.jobs import Job
from ingest.commands.redaction import show_redaction
from ingest.commands.risk import show_risk
from ingest.landing.receipt import Receipt
from ingest.reporting.report import verdict_of


def show_report(report: Mapping[str, Any], console: Console) -> None:
    """Print an extract's report: the verdict, what failed, what was done to each column."""
    console.print(f"Extract {report.get('extract', '')}: {report['verdict']}", markup=False, highlight=False)
    for reason in report.get("reasons", ()):
        console.print(reason, markup=False, highlight=False, soft_wrap=True)
    checks = Table("check", "column", "rows checked", "failed", "allowed", "outcome", title="Checks")
    for check in report.get("checks", ()):
        if check["failed"]:
            outcome = "within the allowance" if check["passed"] else check["severity"]
            allowed = f"{check['allowed_share']:.1%}"
            checks.add_row(
                check["check"],
                escape(check["column"]),
                f"{check['checked']:,}",
                f"{check['failed']:,}",
                allowed,
                outcome,
            )
    if checks.rows:
        console.print(checks)
    elif report.get("checks"):
        console.print(f"All {len(report['checks'])} checks hold in every row.")
    _show_treatment(report.get("de_identification") or {}, console)
    show_redaction(report, console)
    show_risk(report.get("disclosure_risk") or {}, console)
    linkage = report.get("linkage") or {}
    if linkage:
        linked = sum(linkage["links"].values())
        console.print(
            f"People: {linkage['known']:,} known before, {linked:,} linked to another agency's, "
            f"{linkage['new_persons']:,} new."
        )
    if report.get("version"):
        console.print(f"Published in version {report['version']} of {report['dataset']}.")


def _show_treatment(treatment: Mapping[str, Any], console: Console) -> None:
    if not treatment:
        return
    table = Table("column", "role", "treatment", "done", title="De-identification")
    for column in treatment["columns"]:
        done = {**column["done"], **column.get("placeholders", {})}
        listed = ", ".join(f"{name} {count:,}" for name, count in done.items())
        table.add_row(escape(column["name"]), column["role"], column["treatment"], listed)
    console.print(table)
    if treatment["rows_without_unit"]:
        console.print(f"{treatment['rows_without_unit']:,} rows left out: nothing says whose they are.")


def show_status(extracts: Iterable[Extract], jobs: Iterable[Job], refused: Path, console: Console) -> None:
    """Print where extracts stand, how far long steps are, and which deliveries never became one."""
    table = Table(Column("extract", no_wrap=True), "kind", "period", "rows", "received", "state", title="Extracts")
    for extract in extracts:
        table.add_row(
            extract.id,
            extract.kind.value,
            f"{extract.period_from} to {extract.period_to}",
            f"{extract.rows:,}",
            f"{extract.received_at:%Y-%m-%d %H:%M}",
            extract.state.value,
        )
    console.print(table)
    for job in jobs:
        if job.progress is not None:
            console.print(f"{job.subject}: {job.progress}.", markup=False, highlight=False, soft_wrap=True)
    for reason in sorted(refused.glob("*/reason.json")):
        document = json.loads(reason.read_text())
        console.print(f"Refused {document['delivery']} ({reason.parent.name}): {document['reason']}", markup=False)


def show_receipts(receipts: Sequence[Receipt], console: Console) -> None:
    """Print what became of deliveries."""
    for receipt in receipts:
        console.print(
            f"{receipt.delivery}: {receipt.outcome.value}. {receipt.reason}".strip(), markup=False, soft_wrap=True
        )


def show_jobs(jobs: Sequence[Job], console: Console) -> None:
    """Print how jobs ended."""
    table = Table(Column("extract", no_wrap=True), "job", "verdict", "version", "rows", title="Ingest")
    for job in jobs:
        published = job.results.get("publish", {})
        table.add_row(
            job.subject,
            job.state.value,
            verdict_of(job.results).value,
            str(published.get("version", "-")),
            f"{published['rows']:,}" if "rows" in published else "-",
        )
    if jobs:
        console.print(table)
