"""A lab that has received one extract and has one project, with nothing of it worked on yet."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from datalab.audit.event import Action, AuditEvent
from datalab.catalogue import ExtractKind
from datalab.contract.odcs.contract_file import parse_contract
from datalab.governance.project import DatasetGrant, Project
from datalab.settings import Settings
from datalab.storage.databases import open_control
from ingest.custodian.delivery import deliver
from ingest.custodian.rehearse import create_throw_away_lab
from ingest.custodian.seal import seal_extract
from ingest.landing.receipt import Landing
from ingest.sealed.agency_key import create_agency_key, read_agency_key
from ingest.sealed.landing_key import public_key_file


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def received_lab(place: Path, contract: str, rows: str) -> tuple[Settings, str]:
    """Make a lab with one received extract and one project.

    Args:
        place: folder for the lab (`lab`) and what the agency holds.
        contract: YAML of the dataset `visits`.
        rows: the extract as CSV.

    Returns:
        The lab's settings and the extract's identifier.
    """
    agency, settings = place / "agency", Settings(home=place / "lab")
    private, public = create_agency_key(agency, "north_trust")
    create_throw_away_lab(settings, contract, "north_trust", public.read_text(), clock=now)
    control = open_control(settings.control_database)
    project = Project(
        id="early_help",
        title="t",
        purpose="p",
        members=frozenset(),
        grants=(DatasetGrant(dataset="visits", columns=("ward",)),),
        expires_on=date(2040, 1, 1),
    )
    with control.begin() as transaction:
        event = AuditEvent(action=Action.PROJECT_CREATED, actor="test", subject="early_help", at=now())
        transaction.governance.add_project(project, event=event)
    source = agency / "visits.csv"
    source.write_text(rows)
    sealed = seal_extract(
        source,
        contract=parse_contract(contract, "contract"),
        kind=ExtractKind.FULL,
        period_from=date(2024, 1, 1),
        period_to=date(2024, 1, 31),
        key=read_agency_key(private),
        landing_key=public_key_file(settings).read_text(),
        folder=agency / "sealed",
        now=now(),
    )
    deliver(sealed.manifest_file, settings.landing / "inbox")
    Landing(settings=settings, control=control, clock=now).receive()
    return settings, sealed.manifest.extract_id
