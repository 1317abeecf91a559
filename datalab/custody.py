"""What a custodian does in the lab: register the contracts of the agency that they act for."""

from __future__ import annotations

from datetime import datetime

from datalab.audit.event import Action, AuditEvent
from datalab.contract.model import Contract
from datalab.control import ControlTransaction
from datalab.errors import NotFoundError, StateError
from datalab.governance.office import acting_person
from datalab.governance.permission import check_may_act_for


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
