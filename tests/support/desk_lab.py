"""A small lab around the release desk: real databases, outbox and key; engine and noise count instead of draw.

Tests build it in a folder; a child process that is to be killed opens the same folder again.
"""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

from datalab.audit.event import Action, AuditEvent
from datalab.catalogue import DatasetVersion, Extract, ExtractKind, ExtractState, ProjectView
from datalab.contract.model import Bounds, Column, Contract, LegalBasis, LogicalType, PrivacyUnit, Role, Treatment
from datalab.control import ControlDatabase
from datalab.governance.office import Office
from datalab.governance.people import Agency, LabRole, Person
from datalab.governance.project import DatasetGrant, Project
from datalab.privacy.accounts.account import Account
from datalab.privacy.budget import Budget
from datalab.privacy.plan import Cells, PartPrice, Plan, Price
from datalab.privacy.table import TableRef
from datalab.query.model import ColumnRef, Compare, CountRows, Operator, Query, Question
from datalab.release.bundle.outbox import Outbox
from datalab.release.bundle.signing import ReleaseKey
from datalab.release.desk import Desk
from datalab.release.signed_act import sign_act
from datalab.release.slot import Slots
from datalab.release.step import Step, unobserved
from datalab.release.store import ReleaseDatabase
from datalab.release.treasury import Treasury
from datalab.storage.databases import create_control, create_release, open_control, open_release

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AREAS = ("north", "south")
PEM = (
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n"
)
"""Public key of the agency: the example of RFC 8410, section 10.1."""
PRIVATE_PEM = (
    b"-----BEGIN PRIVATE KEY-----\n"
    b"MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    b"-----END PRIVATE KEY-----\n"
)
"""Its private half: section 10.3."""
PEOPLE = (
    Person(username="olga", full_name="Olga Operator", roles=frozenset({LabRole.OPERATOR})),
    Person(username="cas", full_name="Cas Custodian", roles=frozenset({LabRole.CUSTODIAN}), agency="police"),
    Person(username="ann", full_name="Ann Author", roles=frozenset({LabRole.RESEARCHER})),
    Person(username="ben", full_name="Ben Colleague", roles=frozenset({LabRole.RESEARCHER})),
    Person(username="bob", full_name="Bob Both", roles=frozenset({LabRole.RESEARCHER, LabRole.REVIEWER})),
    Person(username="rev", full_name="Rev Reviewer", roles=frozenset({LabRole.REVIEWER})),
    Person(username="rex", full_name="Rex Researcher Elsewhere", roles=frozenset({LabRole.RESEARCHER})),
)
PROJECT = Project(
    id="safer",
    title="Safer streets",
    purpose="Where do incidents repeat?",
    members=frozenset({"ann", "ben", "bob"}),
    grants=(
        DatasetGrant(dataset="incidents", columns=("area", "minutes")),
        DatasetGrant(dataset="areas", columns=("area",)),
    ),
    expires_on=date(2027, 12, 31),
)


class CountingEngine:
    """An engine whose cells are their own numbers; it notes each touch of data in a file."""

    def __init__(self, notes: Path) -> None:
        self.notes = notes

    def cells(self, plan: Plan, tables: Mapping[str, TableRef]) -> Cells:
        """Return cell i = 1000 + i."""
        with self.notes.open("a") as file:
            file.write(f"{','.join(sorted(tables))}\n")
        return Cells(vectors={part.name: tuple(1000 + cell for cell in range(plan.size)) for part in plan.parts})

    @property
    def touches(self) -> int:
        """How often data was touched."""
        return len(self.notes.read_text().splitlines()) if self.notes.exists() else 0


class FailingEngine:
    """An engine that fails with a text that quotes the data."""

    def __init__(self, text: str) -> None:
        self.text = text

    def cells(self, plan: Plan, tables: Mapping[str, TableRef]) -> Cells:  # noqa: ARG002 - the port's
        """Fail."""
        raise RuntimeError(self.text)


class CountingNoise:
    """Noise that adds a number that nobody had before, and costs exactly what was asked."""

    draws = itertools.count(1)

    def price(self, plan: Plan) -> Price:
        """Return each part's share as its cost."""
        parts = () if plan.exact else plan.parts
        return Price(
            parts=tuple(PartPrice(part=p.name, scale=1.0, cost=p.share, mechanism="counted") for p in parts),
            software="counting 1",
        )

    def draw(self, plan: Plan, cells: Cells) -> Cells:
        """Add this process's number and the draw's."""
        if plan.exact:
            return cells
        noise = os.getpid() * 1000 + next(self.draws)
        return Cells(vectors={name: tuple(cell + noise for cell in vector) for name, vector in cells.vectors.items()})

    def epsilon(self, cost: Budget, delta: Fraction) -> float:  # noqa: ARG002 - the port's
        """Return something of the right kind."""
        return float(cost.rho * 10)


@dataclass(frozen=True, kw_only=True)
class DeskLab:
    """The lab in one folder."""

    folder: Path
    control: ControlDatabase
    release: ReleaseDatabase
    engine: CountingEngine
    desk: Desk

    @property
    def treasury(self) -> Treasury:
        """The treasury of this lab."""
        return Treasury(control=self.control, release=self.release, clock=lambda: NOW)

    def give(
        self,
        dataset: str,
        rho: Fraction,
        *,
        delta: Fraction = Fraction(0),
        project: str | None = None,
        member: str | None = None,
        actor: str = "cas",
        key: bytes = PRIVATE_PEM,
    ) -> Account:
        """Give budget by an act that is signed on the spot: to a dataset, a project's share, or a member's limit."""
        act = self.treasury.draft(dataset, Budget.floor(rho, delta), project=project, member=member)
        use = self.treasury.grant if project is None else self.treasury.allocate
        return use(sign_act(act, key), actor=actor)

    def office(self, register: object, contract_of: Callable[[str], Contract], actor: str) -> Office:
        """The office, for one transaction."""
        return Office(register=register, contract_of=contract_of, actor=actor, now=NOW)  # type: ignore[arg-type]

    def spent(self, account: str = "project/safer/incidents") -> int:
        """Nano-rho spent of an account."""
        with self.release.read() as tx:
            return tx.ledger.account(account).spent.nano_rho

    def bundles(self) -> list[str]:
        """Names of what lies in the outbox for anybody to read."""
        return sorted(path.name for path in self.desk.outbox.folder.iterdir() if path.is_file())


def question(number: int = 0, *, rho: Fraction = Fraction(1, 10), title: str = "") -> Question:
    """A question; each number is another question."""
    where = Compare(column=ColumnRef(name="minutes"), operator=Operator.GE, value=number)
    return Question(
        query=Query(dataset="incidents", measures=(CountRows(),), group_by=(ColumnRef(name="area"),), where=where),
        rho=rho,
        rows_per_unit=4,
        rows_per_cell=2,
        title=title,
    )


def public_question() -> Question:
    """A question about public reference data."""
    return Question(
        query=Query(dataset="areas", measures=(CountRows(),), group_by=(ColumnRef(name="area"),)),
        rho=Fraction(1, 10),
        rows_per_unit=1,
        rows_per_cell=1,
    )


def contract(dataset: str, unit: PrivacyUnit) -> Contract:
    """A small contract."""
    public = unit is PrivacyUnit.PUBLIC
    columns = (
        Column(
            name="nominal_id",
            logical_type=LogicalType.STRING,
            role=Role.PERSON_KEY,
            treatment=Treatment.PSEUDONYMISE,
            required=True,
        ),
        Column(
            name="surname",
            logical_type=LogicalType.STRING,
            role=Role.QUASI_IDENTIFIER,
            treatment=Treatment.DROP,
        ),
        Column(
            name="area",
            logical_type=LogicalType.STRING,
            role=Role.GEOGRAPHY,
            treatment=Treatment.KEEP,
            domain=AREAS,
            required=True,
        ),
        Column(
            name="minutes",
            logical_type=LogicalType.INTEGER,
            role=Role.MEASURE,
            treatment=Treatment.KEEP,
            bounds=Bounds(lower=0, upper=600, unit="minutes"),
            required=True,
        ),
    )
    return Contract(
        dataset=dataset,
        version="1.0.0",
        title=f"All {dataset}",
        description="For tests.",
        agency="police",
        privacy_unit=unit,
        max_rows_per_unit=None if public else 12,
        key_space=dataset,
        purpose="Tests",
        legal_basis=LegalBasis(article_6="6(1)(e)", article_9=None, gateway="DEA 2017 s.64", dpia="DPIA-1"),
        retention_until=date(2031, 1, 1),
        columns=columns[2:] if public else columns,
    )


def build(folder: Path, *, grant: Fraction | None = Fraction(1)) -> DeskLab:
    """Create the lab: people, two datasets with views, a project with budget, a key."""
    shutil.copytree(_template(grant), folder)  # migrating two databases takes a second, copying them does not
    return reopen(folder)


@functools.cache
def _template(grant: Fraction | None) -> Path:
    from datalab.contract.odcs.contract_file import write_contract  # noqa: PLC0415 - slow to load, and a child process needs none

    holder = tempfile.TemporaryDirectory(prefix="desk-lab-")
    atexit.register(holder.cleanup)
    folder = Path(holder.name) / "lab"
    folder.mkdir()
    for name in ("keys", "public", "outbox", "views"):
        (folder / name).mkdir()
    create_control(_url(folder, "control"))
    create_release(_url(folder, "release"))
    ReleaseKey.create(folder / "keys", folder / "public")
    lab = reopen(folder)
    with lab.control.begin() as tx:
        office = Office(register=tx.governance, contract_of=tx.catalogue.contract, actor="olga", now=NOW)
        office.add_person(PEOPLE[0])
        office.register_agency(Agency(name="police", title="Police", signing_key=PEM))
        for person in PEOPLE[1:]:
            office.add_person(person)
        for dataset, unit in (("incidents", PrivacyUnit.PERSON), ("areas", PrivacyUnit.PUBLIC)):
            made = contract(dataset, unit)
            tx.catalogue.add_contract(made, write_contract(made), event=_event(Action.CONTRACT_REGISTERED, dataset))
            publish_version(tx, dataset, 1)
        office.create_project(PROJECT)
        for dataset in ("incidents", "areas"):
            publish_view(tx, dataset, 1)
    if grant is not None:
        lab.give("incidents", grant)
        lab.give("incidents", grant, project="safer")
    return folder


def reopen(folder: Path, observer: Callable[[Step], None] = unobserved) -> DeskLab:
    """Open a lab that `build` made."""
    control, release = open_control(_url(folder, "control")), open_release(_url(folder, "release"))
    engine = CountingEngine(folder / "touches")
    desk = Desk(
        slots=Slots(first=0),
        control=control,
        release=release,
        engine=engine,
        noise=CountingNoise(),
        key=ReleaseKey.open(folder / "keys"),
        outbox=Outbox(folder=folder / "outbox"),
        views=folder / "views",
        software={"datalab": "0"},
        clock=lambda: NOW,
        new_id=lambda: f"r{os.urandom(8).hex()}",
        observer=observer,
    )
    return DeskLab(folder=folder, control=control, release=release, engine=engine, desk=desk)


def with_observer(lab: DeskLab, observer: Callable[[Step], None]) -> DeskLab:
    """The same lab, watched."""
    return replace(lab, desk=replace(lab.desk, observer=observer))


def publish_version(tx: object, dataset: str, number: int) -> None:
    """Publish a version of a dataset from one extract."""
    extract = Extract(
        id=f"{dataset}-{number}",
        agency="police",
        dataset=dataset,
        contract_version="1.0.0",
        kind=ExtractKind.FULL,
        period_from=date(2024, 1, 1),
        period_to=date(2024, 12, 31),
        rows=10,
        ciphertext_sha256="ab" * 32,
        content_id=f"{dataset}-{number}",
        state=ExtractState.RECEIVED,
        received_at=NOW,
    )
    catalogue = tx.catalogue  # type: ignore[attr-defined]
    catalogue.add_extract(extract, event=_event(Action.EXTRACT_RECEIVED, extract.id))
    catalogue.add_version(
        DatasetVersion(
            dataset=dataset,
            number=number,
            contract_version="1.0.0",
            extract_ids=(extract.id,),
            rows=10,
            path=f"{dataset}/v{number:04d}",
            buckets=4,
            key_version="unit-ref/v1",
            report={},
            published_at=NOW,
        ),
        event=_event(Action.VERSION_PUBLISHED, f"{dataset}/v{number:04d}"),
    )


def publish_view(tx: object, dataset: str, number: int) -> None:
    """Publish the project's view of a version."""
    grant = PROJECT.grant(dataset)
    view = ProjectView(
        project=PROJECT.id,
        dataset=dataset,
        version=number,
        columns=grant.columns if grant else (),
        rows=10,
        path=f"{PROJECT.id}/{dataset}/v{number:04d}",
        buckets=0 if dataset == "areas" else 4,
        key_version="project/safer/v1",
        published_at=NOW,
    )
    event = _event(Action.VIEW_PUBLISHED, f"{PROJECT.id}/{dataset}")
    tx.catalogue.add_view(view, event=event)  # type: ignore[attr-defined]


def _event(action: Action, subject: str) -> AuditEvent:
    return AuditEvent(action=action, actor="service:ingest", subject=subject, at=NOW)


def _url(folder: Path, name: str) -> str:
    return f"sqlite:///{folder / f'{name}.sqlite'}"
