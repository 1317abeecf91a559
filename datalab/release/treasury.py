"""The treasury: privacy budget as custodians give it, to a dataset and of that to a project.

Rules:
- Only a custodian of the dataset's own agency gives, and what is given is never taken back: it may be spent already.
- A dataset's account limits all projects together; a project's allocation limits that project. A question pays both,
  so allocations may add up to more than the dataset has, and the dataset's limit still holds.
- Amounts are rounded down: against the spender (law 3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from datalab.audit.event import Action, AuditEvent
from datalab.contract.model import PrivacyUnit
from datalab.control import ControlDatabase
from datalab.errors import GovernanceError
from datalab.governance.office import acting_person
from datalab.governance.permission import check_may_act_for
from datalab.privacy.budget import Budget
from datalab.privacy.ledger import Account, allocation_account, dataset_account
from datalab.release.store import ReleaseDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class Treasury:
    """Grants and allocations."""

    control: ControlDatabase = field(repr=False)
    release: ReleaseDatabase = field(repr=False)
    clock: Callable[[], datetime]

    def grant(self, dataset: str, rho: Fraction, *, actor: str) -> Account:
        """Add to the budget of a dataset, all projects together.

        Raises:
            NotFoundError: if there is no such dataset.
            PermissionDeniedError: if the actor is not a custodian of its agency.
            GovernanceError: if the amount is nothing, or the dataset is public.
        """
        self._check(dataset, actor)
        return self._add(dataset_account(dataset), rho, Action.BUDGET_GRANTED, actor)

    def allocate(self, project: str, dataset: str, rho: Fraction, *, actor: str) -> Account:
        """Add to a project's share of a dataset's budget.

        Raises:
            NotFoundError: if there is no such dataset or project, or the dataset was never granted anything.
            PermissionDeniedError: if the actor is not a custodian of its agency.
            GovernanceError: if the amount is nothing, the dataset is public or not granted to the project, or the
                share would be more than the dataset's whole budget.
        """
        self._check(dataset, actor)
        with self.control.read() as tx:
            if tx.governance.project(project).grant(dataset) is None:
                raise GovernanceError(
                    f"The project {project} may not use {dataset}, so it can have no share of its budget.",
                    remedy="Ask an operator to grant the dataset's columns to the project first.",
                )
        with self.release.read() as tx:
            whole = tx.ledger.account(dataset_account(dataset)).granted
            name = allocation_account(project, dataset)
            held = next((one.granted for one in tx.ledger.accounts() if one.name == name), Budget(0))
        if held + Budget.floor(max(rho, Fraction(0))) > whole:
            raise GovernanceError(
                f"The share of {project} would be more than the whole budget of {dataset}.",
                why=f"The dataset was granted {whole}; the project holds {held} of it.",
                remedy="Allocate less, or grant the dataset more.",
            )
        return self._add(name, rho, Action.BUDGET_ALLOCATED, actor)

    def _check(self, dataset: str, actor: str) -> None:
        with self.control.read() as tx:
            person = acting_person(tx.governance, actor)
            contract = tx.catalogue.contract(dataset)
        check_may_act_for(person, agency=contract.agency)
        if contract.privacy_unit is PrivacyUnit.PUBLIC:
            raise GovernanceError(
                f"{dataset} is public reference data and needs no budget.", why="Questions about it cost nothing."
            )

    def _add(self, account: str, rho: Fraction, action: Action, actor: str) -> Account:
        if Budget.floor(max(rho, Fraction(0))) == Budget(0):
            raise GovernanceError("A budget must be above 0.", remedy="Give rho as a number such as 1/2 or 0.5.")
        amount = Budget.floor(rho)
        event = AuditEvent(
            action=action, actor=actor, subject=account, at=self.clock(), details={"nano_rho": amount.nano_rho}
        )
        with self.release.begin() as tx:
            return tx.ledger.grant(account, amount, event=event)
