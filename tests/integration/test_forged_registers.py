"""People, agencies, projects, versions and views changed behind the lab's back: nothing goes by them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from desk_lab import DeskLab, build, publish_version, publish_view, question, reopen, with_observer
from forgery import forge, rewrite

from datalab.audit.event import AuditEvent
from datalab.audit.log import verify_log
from datalab.control import check_registers
from datalab.errors import IntegrityError, PermissionDeniedError
from datalab.release.bundle.signing import PUBLIC_FILE
from datalab.release.request import RequestState
from datalab.release.step import Step
from datalab.storage.control.tables import CONTROL_AUDIT
from datalab.storage.control.told_rows import ROW
from infra.enclave.view import view_mounts
from infra.hub.expiry import Running, ended

GRANTS = json.dumps([{"dataset": "incidents", "columns": ["area", "minutes", "unit_ref"]}])
MEMBERS = json.dumps(["ann", "rex"])
PERSON = "INSERT INTO person (username, full_name, roles, suspended) VALUES ('eve', 'Eve', '[\"operator\"]', false)"


class _KilledError(BaseException):
    """Ends a process between payment and answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forgery:
    """What somebody who can write the control database does, and what is told of it."""

    statements: tuple[str, ...]
    named: str
    refused: tuple[str, ...]
    """Deeds that would go by what was changed."""
    values: tuple[tuple[str, str], ...] = ()


def _project(change: str, *values: tuple[str, str]) -> _Forgery:
    return _Forgery(
        statements=(f"UPDATE project SET {change} WHERE id = 'safer'",),  # noqa: S608 - a test's own words
        named="project safer",
        refused=("ask", "look", "decide"),
        values=values,
    )


def _view(change: str) -> _Forgery:
    return _Forgery(
        statements=(f"UPDATE project_view SET {change} WHERE dataset = 'incidents'",),  # noqa: S608 - as above
        named="project view safer/incidents, version 1",
        refused=("ask", "look"),
    )


def _told(statement: str, named: str, *refused: str) -> _Forgery:
    return _Forgery(statements=(statement,), named=named, refused=refused)


FORGERIES: dict[str, _Forgery] = {
    "a wider grant": _project("grants = :new", ("new", GRANTS)),
    "another member": _project("members = :new", ("new", MEMBERS)),
    "a later end": _project("expires_on = '2099-12-31'"),
    "another folder": _view("path = 'safer/areas/v0009'"),
    "another number of buckets": _view("buckets = 0"),
    "other rows of a version": _told(
        "UPDATE dataset_version SET rows = 9 WHERE dataset = 'incidents'", "dataset version incidents/v0001", "ask"
    ),
    "another agency's key": _told(
        "UPDATE agency SET signing_key = replace(signing_key, 'A', 'B')", "agency police", "grant"
    ),
    "a role more": _told(
        "UPDATE person SET roles = '[\"researcher\", \"reviewer\"]' WHERE username = 'rev'", "person rev", "decide"
    ),
    "another agency of a custodian": _told(
        "UPDATE person SET agency = 'health' WHERE username = 'cas'", "person cas", "grant"
    ),
    "an operator of their own": _told(PERSON, "person eve", "enter"),
    "a view that is gone": _told(
        "DELETE FROM project_view WHERE dataset = 'areas'", "project view safer/areas, version 1 (gone)"
    ),
}


@pytest.fixture
def lab(tmp_path: Path) -> DeskLab:
    """A lab with an answered request, `first`."""
    lab = build(tmp_path / "lab")
    names = iter(("first", "second", "third"))
    lab = replace(lab, desk=replace(lab.desk, new_id=lambda: next(names)))
    lab.desk.submit(question(30, title="Late"), project="safer", author="ann")
    return lab


def _address(lab: DeskLab) -> str:
    return f"sqlite:///{lab.folder / 'control.sqlite'}"


def _do(lab: DeskLab, forgery: _Forgery) -> None:
    for statement in forgery.statements:
        forge(_address(lab), statement, **dict(forgery.values))


def _ask(lab: DeskLab) -> None:
    lab.desk.submit(question(40), project="safer", author="ann")


def _decide(lab: DeskLab) -> None:
    lab.desk.decide("first", reviewer="rev", verdict=RequestState.APPROVED, reason="Cells are large.")


def _grant(lab: DeskLab) -> None:
    lab.give("incidents", Fraction(1, 8))


def _look(lab: DeskLab) -> None:
    folder = lab.folder / "described"
    folder.mkdir(exist_ok=True)
    with lab.control.read() as tx:
        project = tx.governance.project("safer")
        view_mounts(project, tx.catalogue, lab.folder / "views", folder, lab.folder / "public" / PUBLIC_FILE)


def _enter(lab: DeskLab) -> None:
    with lab.control.begin() as tx:
        lab.office(tx.governance, tx.catalogue.contract, "eve").suspend("rev")


DEEDS: dict[str, Callable[[DeskLab], None]] = {
    "ask": _ask, "decide": _decide, "grant": _grant, "look": _look, "enter": _enter
}  # fmt: skip
CASES = [(name, deed) for name, forgery in FORGERIES.items() for deed in forgery.refused]


@pytest.mark.parametrize(("name", "deed"), CASES)
def test_nothing_is_done_by_a_forged_row(lab: DeskLab, name: str, deed: str) -> None:
    """Who asks, decides, grants or opens a sandbox by it is told what happened, and neither database changes."""
    _do(lab, FORGERIES[name])
    touches = lab.engine.touches
    with lab.release.read() as release, lab.control.read() as control:
        before = (release.audit.head(), control.audit.head())

    with pytest.raises(IntegrityError) as refused:
        DEEDS[deed](lab)

    assert str(refused.value).startswith(f"The {FORGERIES[name].named} is not what the audit log tells.")
    assert "compare it with a backup" in str(refused.value)
    assert lab.engine.touches == touches
    with lab.release.read() as release, lab.control.read() as control:
        assert (release.audit.head(), control.audit.head()) == before


@pytest.mark.parametrize("name", FORGERIES)
def test_an_audit_names_every_forged_row(lab: DeskLab, name: str) -> None:
    """Two rows that were changed are both named, and no other."""
    _do(lab, FORGERIES[name])
    forge(_address(lab), "UPDATE person SET full_name = 'Ann Another' WHERE username = 'ann'")

    with lab.control.read() as tx, pytest.raises(IntegrityError) as found:
        check_registers(tx)

    listed = {line.removeprefix("  - ") for line in found.value.what.splitlines() if line.startswith("  - ")}
    assert listed == {FORGERIES[name].named, "person ann"}


def test_untouched_registers_serve(lab: DeskLab) -> None:
    """The same deeds go through where nothing was changed, and an audit finds nothing, nor anything old."""
    for deed in (_ask, _decide, _grant, _look):
        deed(lab)
    with pytest.raises(PermissionDeniedError):  # nobody called eve is there
        _enter(lab)
    with lab.control.read() as tx:
        assert check_registers(tx) == 0


def test_the_event_does_not_vouch_when_it_is_edited_with_the_row(lab: DeskLab) -> None:
    """A digest that is taken off the event, to let the row pass for an old one, gives the edit away."""
    _do(lab, FORGERIES["a wider grant"])
    forge(_address(lab), "UPDATE audit_entry SET details = '{}' WHERE action = 'project.created' AND subject = 'safer'")

    with pytest.raises(IntegrityError, match="The project safer is not what"):
        _ask(lab)


def test_a_view_put_back_to_an_older_one_is_refused(lab: DeskLab) -> None:
    """Who removes the newest view has nobody asked on the older one."""
    with lab.control.begin() as tx:
        publish_version(tx, "incidents", 2)
        publish_view(tx, "incidents", 2)
    forge(_address(lab), "DELETE FROM project_view WHERE dataset = 'incidents' AND version = 2")

    with pytest.raises(IntegrityError, match="version 1 is not what"):
        _ask(lab)
    with pytest.raises(IntegrityError, match="version 1 is not what"):
        _look(lab)


def test_a_paid_question_stays_as_it_is_on_a_forged_view(lab: DeskLab) -> None:
    """Whoever resumes it refuses; it does not fail, for its payment would be lost to the forger."""

    def kill(step: Step) -> None:
        if step is Step.RESERVED:
            raise _KilledError

    with pytest.raises(_KilledError):
        _ask(with_observer(lab, kill))
    _do(lab, FORGERIES["another folder"])

    with pytest.raises(IntegrityError, match="The project view safer/incidents"):
        lab.desk.resume()

    assert lab.desk.request("second").state is RequestState.SUBMITTED


def test_a_lab_from_before_digests_goes_on(lab: DeskLab) -> None:
    """Its rows pass, and are counted; the next change of one is told with a digest, and holds it from then on."""

    def undigested(events: list[AuditEvent]) -> list[AuditEvent]:
        return [replace(one, details={k: v for k, v in one.details.items() if k != ROW}) for one in events]

    rewrite(_address(lab), undigested, CONTROL_AUDIT)
    lab = reopen(lab.folder)
    _ask(lab)
    with lab.control.begin() as tx:
        verify_log(tx.audit)
        old = check_registers(tx)
        project = tx.governance.project("safer")
        lab.office(tx.governance, tx.catalogue.contract, "olga").change_members("safer", project.members | {"rex"})
        assert check_registers(tx) == old - 1

    _do(lab, FORGERIES["a wider grant"])

    with pytest.raises(IntegrityError, match="The project safer is not what"):
        lab.desk.submit(question(50), project="safer", author="ann")


def test_who_works_by_changed_registers_is_ended_and_nobody_keeps_another_running(lab: DeskLab) -> None:
    """The watch over sandboxes goes on where a row was changed: it ends those that would run by it."""
    now = lab.desk.clock()
    running = Running(username="ann", project="safer", last_activity=now)
    before = ended(iter([running]), lab.desk.control, now=now, idle=timedelta(days=1))

    _do(lab, FORGERIES["another member"])

    assert before == []
    assert ended(iter([running]), lab.desk.control, now=now, idle=timedelta(days=1)) == [running]
