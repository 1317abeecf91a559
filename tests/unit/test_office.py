"""The office: who may change the registers, and what is refused with which remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from desk_lab import NOW, PEM, PEOPLE, PROJECT, DeskLab, build

from datalab.audit.event import Action
from datalab.control import ControlDatabase
from datalab.errors import GovernanceError, NotFoundError, PermissionDeniedError, StateError
from datalab.governance.office import Office
from datalab.governance.people import Agency, LabRole, Person
from datalab.governance.project import DatasetGrant

NEW_PERSON = Person(username="new", full_name="New Person", roles=frozenset({LabRole.RESEARCHER}))
NEW_AGENCY = Agency(name="school", title="Schools", signing_key=PEM)
NEW_PROJECT = replace(PROJECT, id="fresh")

DEEDS: dict[str, Callable[[Office], object]] = {
    "add person": lambda office: office.add_person(NEW_PERSON),
    "register agency": lambda office: office.register_agency(NEW_AGENCY),
    "create project": lambda office: office.create_project(NEW_PROJECT),
    "change members": lambda office: office.change_members("safer", frozenset({"ann"})),
    "change grants": lambda office: office.change_grants("safer", PROJECT.grants[:1]),
    "change expiry": lambda office: office.change_expiry("safer", date(2028, 6, 1)),
}
ACTIONS = [Action.PERSON_ADDED, Action.AGENCY_REGISTERED, Action.PROJECT_CREATED, *[Action.PROJECT_CHANGED] * 3]


@pytest.fixture
def lab(tmp_path: Path) -> DeskLab:
    """A small lab."""
    return build(tmp_path / "lab")


def do(lab: DeskLab, deed: Callable[[Office], object], *, actor: str = "olga") -> object:
    """Do one deed in one transaction."""
    with lab.control.begin() as tx:
        return deed(Office(register=tx.governance, contract_of=tx.catalogue.contract, actor=actor, now=NOW))


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("actor", [person.username for person in PEOPLE if person.username != "olga"] + ["nobody"])
def test_only_an_operator_changes_the_registers(lab: DeskLab, deed: str, actor: str) -> None:
    """Custodians, researchers, reviewers and strangers are refused, and nothing is written."""
    with lab.control.read() as tx:
        before = tx.audit.head()

    with pytest.raises(PermissionDeniedError):
        do(lab, DEEDS[deed], actor=actor)

    with lab.control.read() as tx:
        assert tx.audit.head() == before


def test_each_change_is_written_with_its_event(lab: DeskLab) -> None:
    """An operator may do each deed, and each leaves one event under the operator's name."""
    with lab.control.read() as tx:
        before = tx.audit.head().size
    for deed in DEEDS.values():
        do(lab, deed)

    with lab.control.read() as tx:
        events = [entry.event for entry in tx.audit.entries(before)]
        project = tx.governance.project("safer")
    assert [event.action for event in events] == ACTIONS
    assert {event.actor for event in events} == {"olga"}
    assert (project.members, project.grants, project.expires_on) == (
        frozenset({"ann"}),
        PROJECT.grants[:1],
        date(2028, 6, 1),
    )


def test_the_first_person_is_an_operator_who_adds_themselves(control_database: ControlDatabase) -> None:
    """An empty register takes an operator's own entry, and nothing else."""

    def add(person: Person, actor: str) -> None:
        with control_database.begin() as tx:
            Office(register=tx.governance, contract_of=tx.catalogue.contract, actor=actor, now=NOW).add_person(person)

    olga = PEOPLE[0]
    for person, actor in ((olga, "somebody"), (NEW_PERSON, "new")):
        with pytest.raises(GovernanceError):
            add(person, actor)
    add(olga, "olga")
    with pytest.raises(PermissionDeniedError):
        add(replace(olga, username="other"), "other")


@pytest.mark.parametrize(
    "person",
    [
        replace(NEW_PERSON, username="New"),
        replace(NEW_PERSON, username="../new"),
        replace(NEW_PERSON, username="service:ingest"),
        replace(NEW_PERSON, username=""),
        replace(NEW_PERSON, full_name=" "),
        replace(NEW_PERSON, roles=frozenset()),
        replace(NEW_PERSON, agency="police"),
        replace(NEW_PERSON, roles=frozenset({LabRole.CUSTODIAN})),
        replace(NEW_PERSON, roles=frozenset({LabRole.CUSTODIAN}), agency="unknown"),
    ],
)
def test_a_person_who_is_not_well_described_is_refused(lab: DeskLab, person: Person) -> None:
    """Names that could be a path or a service, no role, and an agency that does not fit are refused."""
    with pytest.raises(GovernanceError):
        do(lab, lambda office: office.add_person(person))


@pytest.mark.parametrize(
    "agency",
    [
        replace(NEW_AGENCY, name="My School"),
        replace(NEW_AGENCY, name="x" * 41),
        replace(NEW_AGENCY, title=""),
        replace(NEW_AGENCY, signing_key=""),
        replace(NEW_AGENCY, signing_key=PEM.replace("PUBLIC", "PRIVATE")),
        replace(NEW_AGENCY, signing_key=PEM.replace("MCow", "MCoX")),
        replace(NEW_AGENCY, signing_key=PEM.replace("G", "!", 1)),
        replace(NEW_AGENCY, signing_key=PEM + PEM),
    ],
)
def test_an_agency_that_is_not_well_described_is_refused(lab: DeskLab, agency: Agency) -> None:
    """A name that is no slug, no title, and a key that is not one Ed25519 public key are refused."""
    with pytest.raises(GovernanceError):
        do(lab, lambda office: office.register_agency(agency))


def test_a_name_that_is_taken_is_refused(lab: DeskLab) -> None:
    """People, agencies and projects keep their names."""
    taken = (
        lambda office: office.add_person(PEOPLE[2]),
        lambda office: office.register_agency(replace(NEW_AGENCY, name="police")),
        lambda office: office.create_project(PROJECT),
    )
    for deed in taken:
        with pytest.raises(StateError):
            do(lab, deed)
    with pytest.raises(NotFoundError):
        do(lab, lambda office: office.change_members("unknown", frozenset({"ann"})))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"id": "Fresh Start"}, "project's id"),
        ({"id": "../../etc"}, "project's id"),
        ({"title": ""}, "title"),
        ({"purpose": "\n"}, "purpose"),
        ({"members": frozenset()}, "no members"),
        ({"members": frozenset({"nobody"})}, "nobody called"),
        ({"members": frozenset({"rev"})}, "not a researcher"),
        ({"expires_on": NOW.date()}, "expired"),
        ({"expires_on": date(2031, 1, 2)}, "outlast"),
        ({"grants": (DatasetGrant(dataset="unknown", columns=("area",)),)}, "no dataset"),
        ({"grants": (DatasetGrant(dataset="incidents", columns=("unknown",)),)}, "no column"),
        ({"grants": (DatasetGrant(dataset="incidents", columns=("nominal_id",)),)}, "cannot be granted"),
        ({"grants": (DatasetGrant(dataset="incidents", columns=("surname",)),)}, "cannot be granted"),
        ({"grants": (DatasetGrant(dataset="incidents", columns=()),)}, "no column"),
        ({"grants": (DatasetGrant(dataset="incidents", columns=("area", "area")),)}, "twice"),
        ({"grants": PROJECT.grants * 2}, "twice"),
    ],
)
def test_an_application_with_a_fault_is_refused(lab: DeskLab, change: dict[str, object], says: str) -> None:
    """Each fault of an application is refused and named; direct identifiers are never granted."""
    with pytest.raises(GovernanceError, match=says):
        do(lab, lambda office: office.create_project(replace(NEW_PROJECT, **change)))


def test_a_change_is_checked_like_a_new_project(lab: DeskLab) -> None:
    """What could not be created cannot be reached by changing either."""
    faults = (
        lambda office: office.change_members("safer", frozenset({"rev"})),
        lambda office: office.change_grants("safer", (DatasetGrant(dataset="incidents", columns=("surname",)),)),
        lambda office: office.change_expiry("safer", date(2020, 1, 1)),
    )
    for deed in faults:
        with pytest.raises(GovernanceError):
            do(lab, deed)
