"""The treasury: privacy budget as custodians give it, to a dataset, of that to a project, of that to a member of it.

Rules:
- Only a custodian of the dataset's own agency gives, and only by an act that the agency's key signed; an act is good
  for one time. What is given is never taken back: it may be spent already.
- A dataset's account limits all projects together; a project's allocation limits that project; a member's own account,
  where there is one, limits that person in it. A question pays all of them, so allocations may add up to more than the
  dataset has, and the dataset's limit still holds.
- Amounts are rounded down before they are signed: against the spender (law 3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from datalab.audit.event import Action, AuditEvent
from datalab.contract.model import PrivacyUnit
from datalab.control import ControlDatabase, ControlTransaction
from datalab.errors import GovernanceError
from datalab.governance.office import acting_person
from datalab.governance.permission import check_may_act_for
from datalab.privacy.accounts.account import Account, allocation_account, dataset_account
from datalab.privacy.accounts.act import BudgetAct, SignedAct
from datalab.privacy.budget import Budget
from datalab.privacy.ledger import Ledger
from datalab.privacy.reconcile import ACT, ATTO_DELTA, NANO_RHO
from datalab.release.attest.check import check_ledger
from datalab.release.signed_act import check_amount, check_own_agency, draft_act
from datalab.release.store import ReleaseDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class Treasury:
    """Grants and allocations."""

    control: ControlDatabase = field(repr=False)
    release: ReleaseDatabase = field(repr=False)
    clock: Callable[[], datetime]

    def draft(
        self, dataset: str, amount: Budget, *, project: str | None = None, member: str | None = None
    ) -> BudgetAct:
        """Return an act for the custodian to sign; nothing is given yet.

        Raises:
            NotFoundError: if there is no such dataset.
            GovernanceError: if the amount is nothing, or more than an act can give.
        """
        with self.control.read() as tx:
            agency = tx.catalogue.contract(dataset).agency
        return draft_act(
            agency=agency, dataset=dataset, amount=amount, project=project, member=member, now=self.clock()
        )

    def grant(self, signed: SignedAct, *, actor: str) -> Account:
        """Add to the budget of a dataset, all projects together.

        Raises:
            NotFoundError: if there is no such dataset.
            PermissionDeniedError: if the actor is not a custodian of its agency.
            IntegrityError: if its agency's key did not sign this act, or the ledger is not what the audit log tells.
            GovernanceError: if the act gives nothing or a share, or the dataset is public.
            StateError: if the act was used before, or the account cannot hold that much.
        """
        act = signed.act
        if act.project is not None:
            raise GovernanceError("This act gives a share.", remedy="Use it with `datalab budget allocate`.")
        with self.control.read() as control:
            self._check(control, signed, actor)
        event = self._event(Action.BUDGET_GRANTED, signed, actor)
        with self.release.begin() as tx:
            check_ledger(tx)
            return tx.ledger.grant(signed, event=event)

    def allocate(self, signed: SignedAct, *, actor: str) -> Account:
        """Add to a project's share of a dataset's budget, or to the limit of one of its members within the share.

        Raises:
            NotFoundError: if there is no such dataset or project, or that of which this is a share was never granted.
            PermissionDeniedError: if the actor is not a custodian of its agency.
            IntegrityError: if its agency's key did not sign this act, or the ledger is not what the audit log tells.
            GovernanceError: if the act gives nothing or no share, the dataset is public or not granted to the project,
                the person is not a member of it, or the share would be more than the whole.
            StateError: if the act was used before, or the account cannot hold that much.
        """
        act = signed.act
        if act.project is None:
            raise GovernanceError("This act gives no share.", remedy="Use it with `datalab budget grant`.")
        with self.control.read() as control:
            self._check(control, signed, actor)
            _check_uses(control, act, act.project)
        event = self._event(Action.BUDGET_ALLOCATED, signed, actor)
        with self.release.begin() as tx:
            check_ledger(tx)
            _check_share(tx.ledger, act, act.project)
            return tx.ledger.grant(signed, event=event)

    def _check(self, control: ControlTransaction, signed: SignedAct, actor: str) -> None:
        person = acting_person(control.governance, actor)
        contract = control.catalogue.contract(signed.act.dataset)
        check_may_act_for(person, agency=contract.agency)
        if contract.privacy_unit is PrivacyUnit.PUBLIC:
            raise GovernanceError(
                f"{contract.dataset} is public reference data and needs no budget.",
                why="Questions about it cost nothing.",
            )
        check_own_agency(signed, control)
        check_amount(signed.act.amount)

    def _event(self, action: Action, signed: SignedAct, actor: str) -> AuditEvent:
        amount = signed.act.amount
        details: dict[str, str | int] = {
            NANO_RHO: amount.nano_rho,
            ATTO_DELTA: amount.atto_delta,
            ACT: signed.digest,
        }
        return AuditEvent(action=action, actor=actor, subject=signed.act.account, at=self.clock(), details=details)


def _check_uses(control: ControlTransaction, act: BudgetAct, project_id: str) -> None:
    project = control.governance.project(project_id)
    if project.grant(act.dataset) is None:
        raise GovernanceError(
            f"The project {project_id} may not use {act.dataset}, so it can have no share of its budget.",
            remedy="Ask an operator to grant the dataset's columns to the project first.",
        )
    if act.member is not None and act.member not in project.members:
        raise GovernanceError(
            f"{act.member} is not a member of {project_id}, so no limit of theirs can be set in it.",
            remedy=f"Name one of: {', '.join(sorted(project.members))}.",
        )


def _check_share(ledger: Ledger, act: BudgetAct, project: str) -> None:
    """Check that what an account holds after an act is no more than the account that it is a share of."""
    if act.member is None:
        what, whole_name = f"The share of {project}", dataset_account(act.dataset)
    else:
        what, whole_name = f"The limit of {act.member}", allocation_account(project, act.dataset)
    whole = ledger.account(whole_name).granted
    held = ledger.account(act.account).granted if ledger.opened((act.account,)) else Budget(0)
    if not whole.covers(held + act.amount):
        raise GovernanceError(
            f"{what} would be more than the whole budget of {whole_name}.",
            why=f"That was granted {whole.in_full}; {act.account} holds {held.in_full} of it.",
            remedy="Allocate less, or grant more first.",
        )
