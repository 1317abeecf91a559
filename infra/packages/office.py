"""Who may change packages, and that it is written down: an operator, in the control database's log."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from datalab.audit.event import Action, AuditEvent
from datalab.governance.office import acting_person
from datalab.governance.permission import check_may_administer
from datalab.settings import Settings
from datalab.wiring import Lab, clock, open_lab
from infra.packages.project import ProjectPackages
from infra.packages.wheelhouse import Wheel, Wheelhouse


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageOffice:
    """Changes to packages on behalf of one person."""

    lab: Lab = field(repr=False)
    actor: str

    @classmethod
    def of(cls, settings: Settings, actor: str) -> PackageOffice:
        """Open it for a lab."""
        return cls(lab=open_lab(settings), actor=actor)

    def sync(self, allowed: str) -> Mapping[str, Wheel]:
        """Bring the wheelhouse to what a list says; raises PermissionDeniedError and as `Wheelhouse.sync`."""
        self._check()
        index = Wheelhouse(folder=self.lab.settings.packages).sync(allowed)
        self._record(Action.PACKAGES_SYNCED, "wheelhouse", allowed, wheels=len(index))
        return index

    def lock(self, project: str, wishes: Sequence[str]) -> str:
        """Choose a project's packages; raises PermissionDeniedError, NotFoundError and as `ProjectPackages.lock`."""
        self._check()
        with self.lab.control.read() as tx:
            tx.governance.project(project)
        text = ProjectPackages(folder=self.lab.settings.packages, project=project).lock(wishes)
        self._record(Action.PACKAGES_LOCKED, project, text, packages=len(text.splitlines()))
        return text

    def _check(self) -> None:
        with self.lab.control.read() as tx:
            check_may_administer(acting_person(tx.governance, self.actor))

    def _record(self, action: Action, subject: str, text: str, **counts: int) -> None:
        details: dict[str, str | int] = {"sha256": hashlib.sha256(text.encode()).hexdigest(), **counts}
        event = AuditEvent(action=action, actor=self.actor, subject=subject, at=clock(), details=details)
        with self.lab.control.begin() as tx:
            tx.record(event=event)
