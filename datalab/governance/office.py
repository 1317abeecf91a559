"""The office: people, agencies and projects, each change checked and written with its audit event.

An office lives as long as the transaction whose register it writes. The order of every method: who may (permission),
is it well formed, does what it names exist, then one write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from datalab.audit.event import Action, AuditEvent
from datalab.contract.model import Contract
from datalab.errors import GovernanceError, NotFoundError, PermissionDeniedError, StateError
from datalab.governance.application import check_agency, check_grants, check_person, check_project
from datalab.governance.people import Agency, LabRole, Person
from datalab.governance.permission import check_may_administer
from datalab.governance.project import DatasetGrant, Project
from datalab.governance.register import GovernanceReader, GovernanceWriter


def acting_person(register: GovernanceReader, username: str) -> Person:
    """Return the person who asks for something.

    Raises:
        PermissionDeniedError: if the lab knows nobody of that name, or the person is suspended.
    """
    try:
        person = register.person(username)
    except NotFoundError:
        raise PermissionDeniedError(
            f"The lab knows nobody called {username}.", remedy="Ask an operator to add this person."
        ) from None
    if person.suspended:
        raise PermissionDeniedError(
            f"{username} is suspended.", why="An operator said so.", remedy="Ask an operator of the lab."
        )
    return person


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Changes to the lab's registers, on behalf of one person."""

    register: GovernanceWriter
    contract_of: Callable[[str], Contract]
    """Returns the newest contract of a dataset; raises NotFoundError."""
    actor: str
    now: datetime

    def add_person(self, person: Person) -> None:
        """Add a person.

        The first person of a lab adds themselves, and must be an operator: whoever can create a lab's database owns
        it already.

        Raises:
            PermissionDeniedError: if the actor is not an operator.
            GovernanceError: if the description is not well formed or names an unknown agency.
            StateError: if the user name is taken.
        """
        if self.register.people():
            self._check_operator()
        elif person.username != self.actor or LabRole.OPERATOR not in person.roles:
            raise GovernanceError(
                "The first person of a lab adds themselves as an operator.",
                remedy=f"Add {self.actor} with the role operator first.",
            )
        check_person(person)
        if person.agency is not None:
            self._check_agency_known(person.agency)
        roles = ", ".join(sorted(person.roles))
        self.register.add_person(person, event=self._event(Action.PERSON_ADDED, person.username, roles=roles))

    def suspend(self, username: str) -> None:
        """Let a person do nothing from now on; raises as `reinstate`, and StateError if it is the last operator."""
        self._check_operator()
        person = self.register.person(username)
        active = [one for one in self.register.people() if LabRole.OPERATOR in one.roles and not one.suspended]
        if active == [person]:
            raise StateError(
                f"{username} is the last operator.",
                why="A lab without one could never be changed again.",
                remedy="Add another operator first.",
            )
        self._suspend(person, suspended=True, action=Action.PERSON_SUSPENDED)

    def reinstate(self, username: str) -> None:
        """Let a suspended person work again.

        Raises:
            PermissionDeniedError: if the actor is not an operator.
            NotFoundError: if there is no such person.
            StateError: if the person is not suspended (`suspend`: is already).
        """
        self._check_operator()
        self._suspend(self.register.person(username), suspended=False, action=Action.PERSON_REINSTATED)

    def _suspend(self, person: Person, *, suspended: bool, action: Action) -> None:
        if person.suspended is suspended:
            raise StateError(f"{person.username} is {'already' if suspended else 'not'} suspended.")
        changed = replace(person, suspended=suspended)
        self.register.replace_person(changed, event=self._event(action, person.username))

    def register_agency(self, agency: Agency) -> None:
        """Register an agency that will push extracts.

        Raises:
            PermissionDeniedError: if the actor is not an operator.
            GovernanceError: if the description is not well formed.
            StateError: if the name is taken.
        """
        self._check_operator()
        check_agency(agency)
        self.register.add_agency(agency, event=self._event(Action.AGENCY_REGISTERED, agency.name))

    def create_project(self, project: Project) -> None:
        """Create a project.

        Raises:
            PermissionDeniedError: if the actor is not an operator.
            GovernanceError: if the application is not well formed, names an unknown person, dataset or column, asks
                for a direct identifier, or outlasts what a custodian agreed to.
            StateError: if the id is taken.
        """
        self._check_operator()
        self._check(project)
        self.register.add_project(project, event=self._event(Action.PROJECT_CREATED, project.id))

    def change_members(self, project_id: str, members: frozenset[str]) -> Project:
        """Replace a project's members; raises as `create_project` does, and NotFoundError."""
        return self._change(project_id, "members", lambda project: replace(project, members=members))

    def change_grants(self, project_id: str, grants: tuple[DatasetGrant, ...]) -> Project:
        """Replace what a project may use; raises as `create_project` does, and NotFoundError."""
        return self._change(project_id, "grants", lambda project: replace(project, grants=grants))

    def change_expiry(self, project_id: str, expires_on: date) -> Project:
        """Move a project's end; raises as `create_project` does, and NotFoundError."""
        return self._change(project_id, "expiry", lambda project: replace(project, expires_on=expires_on))

    def _change(self, project_id: str, what: str, change: Callable[[Project], Project]) -> Project:
        self._check_operator()
        changed = change(self.register.project(project_id))
        self._check(changed)
        self.register.replace_project(changed, event=self._event(Action.PROJECT_CHANGED, project_id, changed=what))
        return changed

    def _check(self, project: Project) -> None:
        check_project(project, today=self.now.date())
        for member in sorted(project.members):
            self._check_researcher(member)
        check_grants(project, self._contracts(project))

    def _check_operator(self) -> None:
        check_may_administer(acting_person(self.register, self.actor))

    def _check_researcher(self, username: str) -> None:
        try:
            person = self.register.person(username)
        except NotFoundError:
            raise GovernanceError(
                f"There is nobody called {username} in the lab.", remedy="Add the person first."
            ) from None
        if LabRole.RESEARCHER not in person.roles:
            raise GovernanceError(
                f"{username} is not a researcher.",
                why="Only researchers can be members of a project.",
                remedy="Name somebody who has that role.",
            )

    def _check_agency_known(self, name: str) -> None:
        try:
            self.register.agency(name)
        except NotFoundError:
            raise GovernanceError(
                f"There is no agency called {name}.", remedy="Register the agency before its custodians."
            ) from None

    def _contracts(self, project: Project) -> dict[str, Contract]:
        contracts = {}
        for grant in project.grants:
            try:
                contracts[grant.dataset] = self.contract_of(grant.dataset)
            except NotFoundError:
                raise GovernanceError(
                    f"There is no dataset called {grant.dataset}.",
                    remedy="Register its contract first, or correct the name.",
                ) from None
        return contracts

    def _event(self, action: Action, subject: str, **details: str | int) -> AuditEvent:
        return AuditEvent(action=action, actor=self.actor, subject=subject, at=self.now, details=details)
