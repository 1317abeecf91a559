"""Signatures of budget acts: made on a custodian's own machine, checked when an act is used and at every audit.

The key is the agency's Ed25519 key, the one that signs its extracts (`datalab extract keygen`), and what is signed is
the act's text under its own kind (DSSE, see `datalab.release.bundle.signing`): neither a manifest's signature nor a
bundle's passes for an act's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from datalab.control import ControlTransaction
from datalab.errors import GovernanceError, IntegrityError, NotFoundError
from datalab.privacy.accounts.act import (
    FORMAT,
    MAX_GIVEN,
    BudgetAct,
    SignedAct,
    canonical,
    new_serial,
    parse_act,
)
from datalab.privacy.budget import Budget
from datalab.release.bundle.signing import check_signature, signature_by


def draft_act(
    *, agency: str, dataset: str, amount: Budget, now: datetime, project: str | None = None, member: str | None = None
) -> BudgetAct:
    """Return a new act, with a serial of its own.

    Args:
        agency: the dataset's own agency.
        dataset: whose budget it is about.
        amount: what is added.
        now: with its time zone.
        project: whose share it is; None for the dataset itself.
        member: whose own limit within the share it is.

    Raises:
        GovernanceError: if the amount is nothing or more than an act can give, or if a name is none.
    """
    check_amount(amount)
    if not MAX_GIVEN.covers(amount):
        raise GovernanceError("One act cannot give that much.", why=f"An act gives at most {MAX_GIVEN}.")
    act = BudgetAct(
        agency=agency,
        dataset=dataset,
        project=project,
        member=member,
        amount=amount,
        serial=new_serial(),
        issued_at=now.replace(microsecond=0),
    )
    try:
        return parse_act(canonical(act))
    except GovernanceError:  # refused before it is signed, rather than by whoever reads it
        raise GovernanceError(
            "An act cannot name that agency, dataset, project or member.",
            why="A name has lower case letters, digits and '_', and a member is one of a project.",
            remedy="Write the names as `datalab lab show` does.",
        ) from None


def sign_act(act: BudgetAct, private_pem: bytes) -> SignedAct:
    """Sign an act with the agency's private key.

    Raises:
        SettingsError: if the key is no Ed25519 private key in PEM.
    """
    return SignedAct(act=act, signature=signature_by(private_pem, canonical(act).encode(), kind=FORMAT).hex())


def check_amount(amount: Budget) -> None:
    """Check that an act gives something.

    Raises:
        GovernanceError: if it does not.
    """
    if amount == Budget(0):
        raise GovernanceError("A budget must be above 0.", remedy="Give rho as a number such as 1/2 or 0.5.")


def check_act(signed: SignedAct, *, signing_key: str) -> None:
    """Check that an agency's key signed exactly this act.

    Args:
        signed: the act and its signature.
        signing_key: the public key that the agency registered, PEM.

    Raises:
        IntegrityError: if another key signed it, or it was changed afterwards.
    """
    try:
        check_signature(
            canonical(signed.act).encode(),
            bytes.fromhex(signed.signature),
            kind=FORMAT,
            public_pem=signing_key.encode(),
        )
    except (IntegrityError, ValueError):
        raise IntegrityError(
            f"The budget act for {signed.act.account} is not signed by {signed.act.agency}.",
            why="Another key than the registered one signed it, or it was changed afterwards.",
            remedy="Have the dataset's custodian sign it with the agency's key: datalab budget sign.",
        ) from None


def check_acts(acts: Iterable[SignedAct], control: ControlTransaction) -> int:
    """Check every act that filled an account, against the register of agencies and contracts.

    Returns:
        How many there are.

    Raises:
        IntegrityError: at the first one that the dataset's own agency did not sign.
    """
    count = 0
    for count, signed in enumerate(acts, start=1):  # noqa: B007 - the last one is the answer
        check_own_agency(signed, control)
    return count


def check_own_agency(signed: SignedAct, control: ControlTransaction) -> None:
    """Check that the agency whose dataset an act is about signed it.

    Raises:
        IntegrityError: if it did not.
    """
    act = signed.act
    try:
        owner = control.governance.agency(control.catalogue.contract(act.dataset).agency)
    except NotFoundError:
        owner = None
    if owner is None or owner.name != act.agency:
        raise IntegrityError(
            f"The budget act for {act.account} is of {act.agency}, and this lab has {act.dataset} from another agency.",
            why="Only a dataset's own agency gives its budget; an act does not say for which lab it was signed.",
            remedy="Check that the act is meant for this lab, and have the dataset's own custodian sign one: "
            "datalab budget sign.",
        )
    check_act(signed, signing_key=owner.signing_key)
