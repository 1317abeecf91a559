"""What a custodian does in the lab: register the contracts of the agency that they act for, and follow its extracts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from datalab.audit.event import Action, AuditEvent
from datalab.catalogue import DatasetVersion, Extract, ExtractState
from datalab.contract.model import Contract
from datalab.control import ControlTransaction
from datalab.errors import NotFoundError, StateError
from datalab.governance.office import acting_person
from datalab.governance.people import Person
from datalab.governance.permission import check_may_act_for
from datalab.jobs import Job


def register_contract(
    transaction: ControlTransaction, contract: Contract, source: str, *, custodian: str, now: datetime
) -> None:
    """Register a contract, or a new version of one.

    Args:
        transaction: on the control database.
        contract: what `source` says.
        source: the contract's YAML, kept as it is.
        custodian: user name of who registers it.
        now: with its time zone.

    Raises:
        PermissionDeniedError: if that person is not a custodian of the contract's agency.
        NotFoundError: if the agency is not registered.
        StateError: if that version exists with other text, or the dataset is another agency's.
    """
    check_may_act_for(acting_person(transaction.governance, custodian), agency=contract.agency)
    transaction.governance.agency(contract.agency)
    _check_succeeds(transaction, contract)
    transaction.catalogue.add_contract(
        contract,
        source,
        event=AuditEvent(
            action=Action.CONTRACT_REGISTERED,
            actor=custodian,
            subject=contract.dataset,
            at=now,
            details={"version": contract.version, "agency": contract.agency},
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractSheet:
    """One extract as its custodian may see it: where it stands, and what was found. No value of it."""

    extract: Extract
    jobs: tuple[Job, ...]
    """What the ingest worker did or does with it, oldest first."""
    report: Mapping[str, Any] | None
    """What was checked when it was published, quarantined or refused; None before."""
    version: DatasetVersion | None
    """The first dataset version that holds its rows."""


def own_datasets(transaction: ControlTransaction, person: Person) -> tuple[Contract, ...]:
    """Return the newest contract of every dataset of a custodian's agency, by name.

    Raises:
        PermissionDeniedError: if the person is no custodian.
    """
    check_may_act_for(person, agency=person.agency or "")
    return tuple(one for one in transaction.catalogue.contracts() if one.agency == person.agency)


def own_extracts(transaction: ControlTransaction, person: Person) -> tuple[Extract, ...]:
    """Return the extracts of a custodian's agency, newest first; raises PermissionDeniedError."""
    check_may_act_for(person, agency=person.agency or "")
    return tuple(one for one in reversed(transaction.catalogue.extracts()) if one.agency == person.agency)


def extract_sheet(transaction: ControlTransaction, extract_id: str, person: Person) -> ExtractSheet:
    """Return the sheet of an extract of a custodian's agency.

    Raises:
        NotFoundError: if there is no such extract, or it is another agency's.
        PermissionDeniedError: if the person is no custodian.
    """
    check_may_act_for(person, agency=person.agency or "")
    extract = transaction.catalogue.extract(extract_id)
    if extract.agency != person.agency:
        raise NotFoundError(f"There is no extract {extract_id} of your agency.")
    versions = transaction.catalogue.versions(extract.dataset) if extract.state is ExtractState.PUBLISHED else ()
    return ExtractSheet(
        extract=extract,
        jobs=tuple(job for job in transaction.jobs.jobs() if job.subject == extract_id),
        report=transaction.catalogue.extract_report(extract_id),
        version=next((one for one in versions if extract_id in one.extract_ids), None),
    )


def _check_succeeds(transaction: ControlTransaction, contract: Contract) -> None:
    """Check that a new version may follow the one before: same owner, and the same thing protected.

    A budget that was granted for persons says nothing about households; another unit is another dataset.
    """
    try:
        before = transaction.catalogue.contract(contract.dataset)
    except NotFoundError:
        return
    if before.agency != contract.agency:
        raise StateError(
            f"The dataset {contract.dataset} belongs to another agency.", remedy="Choose another name for yours."
        )
    if (before.privacy_unit, before.key_space) != (contract.privacy_unit, contract.key_space):
        raise StateError(
            f"The privacy unit and key space of {contract.dataset} cannot change between versions.",
            why="Budget was granted, and pseudonyms were made, for the unit that the dataset has.",
            remedy="Register it as a new dataset.",
        )
