"""The way in for files: checks, decisions, placing, and what is remembered."""

from __future__ import annotations

import hashlib
import io
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from desk_lab import PROJECT
from fake_clamd import EICAR, fake_clamd
from way_in_lab import CLOSE, MEMBER, OPERATOR, OUTSIDER, REVIEWER, START, WayInLab

from datalab.audit.event import Action
from datalab.errors import DatalabError, GovernanceError, PermissionDeniedError, SettingsError, StateError, UploadError
from datalab.intake.permission import check_may_bring
from datalab.intake.shelf import Shelf
from datalab.uploads import NEXT, Upload, UploadState, check_move
from datalab.wiring import open_way_in

CODE = b"print('hello')\n"


@pytest.fixture
def lab(tmp_path: Path) -> WayInLab:
    """Return a lab whose policy asks for a decision on every file."""
    return WayInLab(tmp_path / "l")


def bring(lab: WayInLab, name: str = "a.py", content: bytes = CODE, author: str = MEMBER) -> Upload:
    """Bring a file to the project."""
    return lab.way_in().bring(name, io.BytesIO(content), project=PROJECT.id, author=author)


def test_a_file_is_held_approved_and_placed_read_only(lab: WayInLab) -> None:
    """It waits apart, and after the decision it lies in the project's folder; the log says who, which digest, what."""
    upload = bring(lab)
    assert (upload.state, lab.held, lab.placed.exists()) == (UploadState.HELD, [upload.id], False)
    assert [one.id for one in lab.way_in().waiting(person=REVIEWER)] == [upload.id]
    assert lab.way_in().sheet(upload.id, person=OPERATOR).beginning == CODE.decode()

    placed = lab.way_in().decide(upload.id, person=REVIEWER, approve=True, reason="Plain code.")

    assert placed.state is UploadState.PLACED
    file = lab.placed / "a.py"
    assert file.read_bytes() == CODE
    assert stat.S_IMODE(file.stat().st_mode) == 0o444
    assert lab.held == []
    with lab.lab.control.read() as tx:
        events = [one.event for one in tx.audit.entries() if one.event.subject == upload.id]
    assert [(one.action.value, one.actor) for one in events] == [
        ("upload.received", MEMBER),
        ("upload.checked", "service:intake"),
        ("upload.held", "service:intake"),
        ("upload.approved", REVIEWER),
        ("upload.placed", "service:intake"),
    ]
    assert {one.details["sha256"] for one in events} == {hashlib.sha256(CODE).hexdigest()}
    assert events[1].details["scan"] == "absent"


@pytest.mark.parametrize("approval", [True, False])
def test_a_projects_files_have_a_total(tmp_path: Path, *, approval: bool) -> None:
    """Past what a project may have together nothing comes in or is left behind, until a refusal makes room again."""
    lab = WayInLab(tmp_path / "l", approval=approval, most_of_project=5 * len(CODE) // 2)
    first, second = bring(lab), bring(lab, "b.py")
    held = lab.held

    with pytest.raises(StateError, match="does not fit beside"):
        bring(lab, "c.py")

    assert lab.held == held
    if approval:
        assert {first.state, second.state} == {UploadState.HELD}
        lab.way_in().decide(second.id, person=REVIEWER, approve=False, reason="Not wanted.")
        assert bring(lab, "c.py").state is UploadState.HELD
    else:
        assert sorted(one.name for one in lab.placed.iterdir()) == ["a.py", "b.py"]


def test_where_policy_asks_for_no_decision_a_file_is_placed_at_once(tmp_path: Path) -> None:
    """The checks alone decide, and the log says that nobody was asked."""
    lab = WayInLab(tmp_path / "l", approval=False)

    assert bring(lab).state is UploadState.PLACED
    assert (lab.placed / "a.py").read_bytes() == CODE
    assert Action.UPLOAD_HELD not in lab.actions("u1")


def test_a_notebook_is_placed_without_its_outputs(tmp_path: Path) -> None:
    """What is placed has a digest of its own, and both are remembered."""
    lab = WayInLab(tmp_path / "l", approval=False)
    cell = b'{"cell_type": "code", "source": "1", "outputs": [{"x": "secret"}]}'
    text = b'{"nbformat": 4, "metadata": {}, "cells": [' + cell + b"]}"

    upload = bring(lab, "n.ipynb", text)

    placed = (lab.placed / "n.ipynb").read_bytes()
    assert b"secret" not in placed
    assert upload.digest == hashlib.sha256(text).hexdigest()
    assert upload.placed_digest == hashlib.sha256(placed).hexdigest() != upload.digest


def test_a_refused_file_is_deleted_and_its_story_stays(lab: WayInLab) -> None:
    """By the checks or by a person: the bytes go, the reason is kept, and the name is free for a mended one."""
    bad = bring(lab, "b.csv", b"a,b\n1\n")
    assert (bad.state, lab.held) == (UploadState.REFUSED, [])
    assert "not a table" in bad.reason

    held = bring(lab, "b.csv", b"a,b\n1,2\n")
    refused = lab.way_in().decide(held.id, person=OPERATOR, approve=False, reason="Names people.")

    assert (refused.state, lab.held, lab.placed.exists()) == (UploadState.REFUSED, [], False)
    said = {one.id: one.reason for one in lab.way_in().uploads(project=PROJECT.id, person=MEMBER)}
    assert said[held.id] == "Names people."
    assert lab.actions(held.id)[-1] is Action.UPLOAD_REFUSED


@pytest.mark.parametrize(("name", "content"), [("a.zip", CODE), ("../a.py", CODE), ("a.py", b"#" * (2 << 20))])
def test_what_is_not_even_read_is_refused_and_logged(lab: WayInLab, name: str, content: bytes) -> None:
    """A wrong name or too many bytes leave nothing on disk, and a line in the log."""
    with pytest.raises(UploadError):
        bring(lab, name, content)

    assert lab.held == []
    assert lab.actions("u1") == [Action.UPLOAD_REFUSED]


def test_a_name_is_taken_once(lab: WayInLab) -> None:
    """What members use never changes under them: another file of the name is refused, and its bytes are not kept."""
    first = bring(lab)

    with pytest.raises(StateError, match="another name"):
        bring(lab, content=b"x = 2\n")
    assert lab.held == [first.id]


@pytest.mark.parametrize("author", [OUTSIDER, OPERATOR, REVIEWER, "nobody"])
def test_only_members_bring_files(lab: WayInLab, author: str) -> None:
    """Nobody else does, and nothing is kept of what they sent."""
    with pytest.raises(DatalabError):
        bring(lab, author=author)
    assert lab.held == []


def test_nothing_comes_in_after_a_projects_last_day(lab: WayInLab) -> None:
    """An ended project takes no file."""
    with lab.lab.control.read() as tx:
        ann = tx.governance.person(MEMBER)
    ended = replace(PROJECT, expires_on=date(2026, 1, 1))

    with pytest.raises(StateError, match="ended"):
        check_may_bring(ann, project=ended, today=date(2026, 1, 2))
    check_may_bring(ann, project=ended, today=date(2026, 1, 1))


@pytest.mark.parametrize("person", [MEMBER, "ben", OUTSIDER, CLOSE, "cas", "nobody"])
def test_who_is_close_or_has_no_part_does_not_decide(lab: WayInLab, person: str) -> None:
    """Author, member, a reviewer who is a member, a stranger: none decides, and none reads the held file."""
    held = bring(lab)

    with pytest.raises(PermissionDeniedError):
        lab.way_in().decide(held.id, person=person, approve=True, reason="Mine.")
    with pytest.raises(PermissionDeniedError):
        lab.way_in().sheet(held.id, person=person)
    assert lab.held == [held.id]


def test_a_decision_needs_a_reason_and_is_made_once(lab: WayInLab) -> None:
    """Without a reason nothing moves; a second decision is refused."""
    held = bring(lab)
    with pytest.raises(GovernanceError):
        lab.way_in().decide(held.id, person=OPERATOR, approve=True, reason=" ")
    lab.way_in().decide(held.id, person=OPERATOR, approve=True, reason="Fine.")

    with pytest.raises(StateError):
        lab.way_in().decide(held.id, person=REVIEWER, approve=False, reason="No.")
    assert (lab.placed / "a.py").exists()


def test_malware_is_found_over_the_scanners_own_protocol(lab: WayInLab) -> None:
    """What the scanner names is refused by that name; what it passes goes on."""
    with fake_clamd(lab.socket) as scanned:
        bad = bring(lab, "bad.txt", EICAR)
        good = bring(lab, "good.txt", b"x" * 200_000)

    assert (bad.state, bad.scan) == (UploadState.REFUSED, "refused")
    assert "Eicar-Test-Signature" in bad.reason
    assert (good.state, good.scan) == (UploadState.HELD, "clean")
    assert scanned == [len(EICAR), 200_000]


def test_without_a_scanner_the_test_file_comes_in(lab: WayInLab) -> None:
    """The control: it is the scanner that finds it, and its absence is said."""
    assert (bring(lab, "bad.txt", EICAR).state, bring(lab, "b.txt").scan) == (UploadState.HELD, "absent")


def test_where_a_scan_is_required_none_means_no(tmp_path: Path) -> None:
    """The setting decides whether the absence of a scanner lets files in."""
    lab = WayInLab(tmp_path / "l", scan=True)

    refused = bring(lab)

    assert refused.state is UploadState.REFUSED
    assert "No malware scanner" in refused.reason


@pytest.mark.parametrize("silent", [True, False])
def test_a_scanner_without_a_verdict_lets_nothing_pass(tmp_path: Path, silent: bool) -> None:  # noqa: FBT001
    """One that hangs up, or says that its limit is passed, is no yes, even where a scan is not required."""
    lab = WayInLab(tmp_path / "l", most=4 << 20)
    with fake_clamd(lab.socket, silent=silent):
        upload = bring(lab, "big.txt", b"x" * (2 << 20))

    assert upload.state is UploadState.REFUSED
    assert "gave no verdict" in upload.reason


@pytest.mark.parametrize("break_at", ["held", "place", "forget"])
def test_a_killed_step_is_finished_later(lab: WayInLab, break_at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever step a process died in, the file ends where it would have, once."""
    broken = {"held": "digest", "place": "place", "forget": "forget"}[break_at]

    class Killed(BaseException):
        """The process is gone."""

    def killed(*_: object, **__: object) -> None:
        raise Killed

    lab.approval = False
    with monkeypatch.context() as patch:
        patch.setattr(Shelf, broken, killed)
        with pytest.raises(Killed):
            bring(lab)
    lab.way_in().resume()
    assert break_at == "forget" or not (lab.placed / "a.py").exists(), "it is still in another's hands"

    lab.later(minutes=11)
    lab.way_in().resume()

    (upload,) = lab.way_in().uploads(project=PROJECT.id, person=MEMBER)
    assert upload.state is UploadState.PLACED
    assert (lab.placed / "a.py").read_bytes() == CODE
    assert lab.actions(upload.id).count(Action.UPLOAD_PLACED) == 1


def test_a_file_that_changed_after_its_check_is_not_placed(lab: WayInLab) -> None:
    """What is placed is what was checked, byte for byte."""
    held = bring(lab)
    (lab.lab.settings.uploads / "held" / held.id).write_bytes(b"evil = 1\n")

    decided = lab.way_in().decide(held.id, person=OPERATOR, approve=True, reason="Fine.")

    assert decided.state is UploadState.REFUSED
    assert "changed" in decided.reason
    assert list(lab.placed.iterdir()) == []


def test_bytes_that_are_gone_are_said_to_be(lab: WayInLab) -> None:
    """A file whose bytes vanished is refused, and does not stand in the way of others."""
    held = bring(lab)
    (lab.lab.settings.uploads / "held" / held.id).unlink()

    assert "Bring it again" in lab.way_in().decide(held.id, person=OPERATOR, approve=True, reason="Fine.").reason
    assert bring(lab).state is UploadState.HELD


@pytest.mark.parametrize("before", UploadState)
@pytest.mark.parametrize("after", UploadState)
def test_a_state_leads_only_where_the_table_says(before: UploadState, after: UploadState) -> None:
    """Every pair of states is allowed or refused as the table says; none leads back."""
    upload = Upload(id="u", project="p", name="n.py", author="a", size=1, digest="0", state=before, received_at=START)
    move: Callable[[], None] = lambda: check_move(upload, after)  # noqa: E731
    if after in NEXT[before]:
        move()
    else:
        with pytest.raises(StateError):
            move()


@pytest.mark.parametrize(
    "wrong",
    [{"upload_mebibytes": 129}, {"upload_approval": "maybe"}, {"malware_scan": "no"}],
    ids=lambda one: next(iter(one)),
)
def test_a_setting_that_means_nothing_is_refused(lab: WayInLab, wrong: dict[str, Any]) -> None:
    """Files larger than a form, and words that are none, are refused as the way in is opened; the usual are not."""
    open_way_in(lab.lab.settings, lab.lab.control)

    with pytest.raises(SettingsError, match=next(iter(wrong))):
        open_way_in(replace(lab.lab.settings, **wrong), lab.lab.control)
