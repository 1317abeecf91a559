"""A lab with one project, for tests of the way in: real database, real folders, a clock that a test turns."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desk_lab import PEM, PEOPLE, PROJECT, contract

from datalab.audit.event import Action, AuditEvent
from datalab.contract.model import PrivacyUnit
from datalab.contract.odcs.contract_file import write_contract
from datalab.governance.people import Agency
from datalab.intake.scanner import Clamd
from datalab.intake.shelf import Shelf
from datalab.intake.way_in import Rules, WayIn
from datalab.settings import Settings
from datalab.wiring import Lab, create_lab, office

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MEMBER, OUTSIDER, OPERATOR, REVIEWER, CLOSE = "ann", "rex", "olga", "rev", "bob"
"""Two researchers, one of the project; who may decide, and a reviewer who is a member and may not."""


@dataclass
class WayInLab:
    """The lab, and its way in by given rules."""

    home: Path
    approval: bool = True
    scan: bool = False
    most: int = 1 << 20
    most_of_project: int = 8 << 20
    now: datetime = START
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    lab: Lab = field(init=False)

    def __post_init__(self) -> None:
        """Create it with people, two datasets and a project."""
        self.lab = create_lab(Settings(home=self.home))
        with self.lab.control.begin() as tx:
            desk = office(tx, OPERATOR)
            desk.add_person(PEOPLE[0])
            desk.register_agency(Agency(name="police", title="Police", signing_key=PEM))
            for person in PEOPLE[1:]:
                desk.add_person(person)
            for dataset, unit in (("incidents", PrivacyUnit.PERSON), ("areas", PrivacyUnit.PUBLIC)):
                made = contract(dataset, unit)
                event = AuditEvent(action=Action.CONTRACT_REGISTERED, actor="cas", subject=dataset, at=self.now)
                tx.catalogue.add_contract(made, write_contract(made), event=event)
            tx.governance.add_project(
                PROJECT,
                event=AuditEvent(action=Action.PROJECT_CREATED, actor=OPERATOR, subject=PROJECT.id, at=self.now),
            )

    @property
    def socket(self) -> Path:
        """Where a scanner would listen."""
        return self.home / "clamd.ctl"

    @property
    def placed(self) -> Path:
        """The folder that the project's sandboxes show."""
        return self.lab.settings.uploads / "placed" / PROJECT.id

    @property
    def held(self) -> list[str]:
        """What lies apart, waiting."""
        folder = self.lab.settings.uploads / "held"
        return sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []

    def way_in(self) -> WayIn:
        """Open the way in."""
        return WayIn(
            control=self.lab.control,
            shelf=Shelf(folder=self.lab.settings.uploads),
            scanner=Clamd(socket_path=self.socket),
            rules=Rules(most=self.most, most_of_project=self.most_of_project, approval=self.approval, scan=self.scan),
            clock=lambda: self.now,
            new_id=lambda: f"u{next(self.ids)}",
        )

    def later(self, minutes: int) -> None:
        """Turn the clock."""
        self.now += timedelta(minutes=minutes)

    def actions(self, subject: str) -> list[Action]:
        """Return what the log says of a file, in order."""
        with self.lab.control.read() as tx:
            return [one.event.action for one in tx.audit.entries() if one.event.subject == subject]
