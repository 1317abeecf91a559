"""The release service at its socket: who is let in, what each may do, and that a refusal says why."""

from __future__ import annotations

import json
import socket
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from desk_lab import DeskLab, build, public_question, question
from idle import SERVERS_OWN, status_after_idling
from release_service import door_client, portal_client, serving

from datalab.broker.caller import CALLER, PERSON, PROJECT, SECRET, Gatekeeper, Kind, read_secret, secret_file
from datalab.broker.client import PREFIX, ReleaseClient
from datalab.errors import (
    GovernanceError,
    InternalError,
    NotFoundError,
    PermissionDeniedError,
    QueryError,
    StateError,
    UserError,
)
from datalab.query.document import question_to_document
from datalab.query.model import Question
from datalab.query.reader import MAX_QUESTION_BYTES


@dataclass(frozen=True)
class Service:
    """A running service and the lab behind it."""

    lab: DeskLab
    socket: Path

    def portal(self, person: str) -> ReleaseClient:
        """Speak as the portal for a person."""
        return portal_client(self.socket, person)

    def door(self, person: str, project: str = "safer") -> ReleaseClient:
        """Speak as a sandbox's door."""
        return door_client(self.socket, person, project)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Serve the small lab."""
    lab = build(tmp_path / "lab")
    with serving(lab.desk, tmp_path / "run") as socket:
        yield Service(lab, socket)


def _json(asked: Question) -> bytes:
    return json.dumps(question_to_document(asked)).encode()


def test_a_question_goes_in_and_its_reviewed_answer_comes_out(service: Service) -> None:
    """The journey: preview, submit, wait, approve, read the answer, fetch the bundle."""
    inside, reviewer = service.door("ann"), service.portal("rev")
    sheet = inside.preview("safer", _json(question()))
    assert sheet["answer"] is None
    assert service.lab.engine.touches == 0

    submitted = inside.submit("safer", _json(question()))
    assert submitted["state"] == "answered"
    assert inside.request(submitted["id"])["answer"] is None, "not before its release"

    (waiting,) = reviewer.requests(state="answered")
    assert reviewer.request(waiting["id"])["answer"]["cells"]
    assert reviewer.decide(waiting["id"], verdict="approved", reason="Counts by area.")["state"] == "released"
    assert inside.request(submitted["id"])["answer"]["cells"]
    assert inside.bundle(submitted["id"])[:2] == b"PK"


def test_the_same_question_again_is_the_same_request(service: Service) -> None:
    """From another sandbox and from the portal too; the budget is charged once."""
    first = service.door("ann").submit("safer", _json(question()))
    spent = service.lab.spent()

    assert service.door("ben").submit("safer", _json(question()))["id"] == first["id"]
    assert service.portal("ben").submit("safer", _json(question()))["id"] == first["id"]
    assert service.lab.spent() == spent


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {CALLER: "door", PERSON: "ann", PROJECT: "safer"},
        {CALLER: "door", SECRET: "guess", PERSON: "ann", PROJECT: "safer"},
        {CALLER: "portal", SECRET: "{door}", PERSON: "rev"},
        {CALLER: "door", SECRET: "{portal}", PERSON: "ann", PROJECT: "safer"},
        {CALLER: "operator", SECRET: "{portal}", PERSON: "olga"},
        {CALLER: "door", SECRET: "{door}", PERSON: "ann"},
        {CALLER: "door", SECRET: "{door}", PROJECT: "safer"},
        {CALLER: "portal", SECRET: "", PERSON: "rev"},
    ],
    ids=[
        "nothing said",
        "no secret",
        "a wrong secret",
        "a door that says it is the portal",
        "the portal's secret for a door",
        "a kind that there is not",
        "a door without a project",
        "a door without a person",
        "an empty secret",
    ],
)
def test_who_cannot_prove_who_speaks_is_refused(service: Service, headers: Mapping[str, str]) -> None:
    """Neither a missing nor another caller's secret opens the service."""
    known = {f"{{{kind.value}}}": read_secret(service.socket.parent, kind).decode() for kind in Kind}
    client = ReleaseClient(path=service.socket, headers={k: known.get(v, v) for k, v in headers.items()})

    with pytest.raises(PermissionDeniedError, match="does not know who calls"):
        client.requests()


def test_a_connection_that_a_door_keeps_stays_open(service: Service) -> None:
    """A door that asks again after a pause is heard: a question sent on a connection being closed would be lost."""
    headers = door_client(service.socket, "ann", "safer").headers
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(service.socket))

        status = status_after_idling(connection, f"{PREFIX}/requests", headers, seconds=SERVERS_OWN + 1.5)

    assert status == 200


def test_a_door_speaks_for_its_own_project_only(service: Service) -> None:
    """Another project's requests, budget and questions are closed, also to somebody who belongs to it."""
    made = service.door("ann").submit("safer", _json(question()))
    elsewhere = service.door("ann", "another")

    with pytest.raises(NotFoundError):
        elsewhere.request(made["id"])
    with pytest.raises(NotFoundError):
        elsewhere.withdraw(made["id"])
    for call in (elsewhere.preview, elsewhere.submit):
        with pytest.raises(PermissionDeniedError, match="belongs to the project another"):
            call("safer", _json(question()))
    with pytest.raises(PermissionDeniedError):
        elsewhere.budget("safer")
    with pytest.raises(PermissionDeniedError):
        elsewhere.requests(project="safer")


@pytest.mark.parametrize("person", ["olga", "cas", "rex", "rev", "nobody"])
def test_only_members_ask(service: Service, person: str) -> None:
    """Whoever the door or the portal names, the core decides."""
    for client in (service.door(person), service.portal(person)):
        with pytest.raises(PermissionDeniedError):
            client.submit("safer", _json(question()))
        with pytest.raises(PermissionDeniedError):
            client.preview("safer", _json(question()))
    assert service.lab.spent() == 0


@pytest.mark.parametrize(
    ("person", "allowed"), [("rev", True), ("ann", False), ("bob", False), ("olga", False), ("cas", False)]
)
def test_only_reviewers_from_outside_decide(service: Service, person: str, allowed: bool) -> None:  # noqa: FBT001 - a column of the table
    """Neither author nor member nor operator decides."""
    made = service.door("ann").submit("safer", _json(question()))
    deciding = service.portal(person)
    if allowed:
        assert deciding.decide(made["id"], verdict="rejected", reason="Too fine.")["state"] == "rejected"
        return
    with pytest.raises(PermissionDeniedError):
        deciding.decide(made["id"], verdict="approved", reason="Fine.")
    assert service.portal("rev").request(made["id"])["request"]["state"] == "answered"


def test_the_budget_is_shown_to_those_who_may_see_requests(service: Service) -> None:
    """A member reads what is left; an outsider does not."""
    service.door("ann").submit("safer", _json(question()))
    (account,) = service.door("ann").budget("safer")

    assert account["account"] == "project/safer/incidents"
    assert account["spent_rho"] == pytest.approx(0.1)
    with pytest.raises(PermissionDeniedError):
        service.portal("cas").budget("safer")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", QueryError),
        (b"no json", QueryError),
        (b"[" * 100_000, QueryError),
        (b'{"format": 99}', QueryError),
        (b"\xff\xfe", QueryError),
        (b'{"a": 1' + b" " * MAX_QUESTION_BYTES + b"}", QueryError),
    ],
    ids=["empty", "not JSON", "deep", "another format", "not text", "too long"],
)
def test_what_is_no_question_is_refused_in_words(service: Service, body: bytes, kind: type[UserError]) -> None:
    """The service answers, says what is wrong, and lives on."""
    with pytest.raises(kind):
        service.door("ann").preview("safer", body)
    assert service.door("ann").preview("safer", _json(public_question()))["preview"]


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"verdict": "released", "reason": "x"', b'{"verdict": "released", "reason": "x"}', b"[1]"]
)
def test_what_is_no_decision_is_refused_in_words(service: Service, body: bytes) -> None:
    """Only the three verdicts are read, with a reason."""
    made = service.door("ann").submit("safer", _json(question()))
    with pytest.raises(GovernanceError):
        service.portal("rev")._call("POST", f"/requests/{made['id']}/decision", body)
    with pytest.raises(GovernanceError):
        service.portal("rev").decide(made["id"], verdict="approved", reason="  ")


@pytest.mark.parametrize("path", ["/", "/nothing", "/requests/../health", "/projects", "/requests/x/answer"])
def test_what_is_not_a_route_is_not_found(service: Service, path: str) -> None:
    """Nothing else is served, and no page of the framework's own."""
    with pytest.raises((NotFoundError, InternalError)):
        service.portal("rev")._call("GET", path)


def test_a_request_that_nobody_made_is_not_found(service: Service) -> None:
    """Its name says nothing of what there is."""
    with pytest.raises(NotFoundError):
        service.portal("rev").request("r0000000000000000")


def test_a_bundle_is_there_after_the_release_only(service: Service) -> None:
    """A reviewer sees the answer before, and still gets no file."""
    made = service.door("ann").submit("safer", _json(question()))
    with pytest.raises(StateError):
        service.portal("rev").bundle(made["id"])
    with pytest.raises(PermissionDeniedError):
        service.door("ann").bundle(made["id"])


def test_a_fault_of_the_lab_tells_nothing(service: Service, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """An error that is not the caller's is told without its text, to the caller and in the log."""
    broken = replace(service.lab.desk, views=None)  # type: ignore[arg-type]  # whatever breaks inside
    with serving(broken, tmp_path / "other") as socket, pytest.raises(InternalError) as told:
        door_client(socket, "ann", "safer").preview("safer", _json(question()))

    assert "NoneType" not in str(told.value)
    assert "unsupported" not in capfd.readouterr().err


def test_secrets_are_the_owners_alone_and_made_once(tmp_path: Path) -> None:
    """Two processes that start at once read the same secret."""
    first, second = Gatekeeper.open(tmp_path), Gatekeeper.open(tmp_path)

    assert first.secrets == second.secrets
    assert len({*first.secrets.values()}) == len(Kind)
    for kind in Kind:
        assert stat.S_IMODE(secret_file(tmp_path, kind).stat().st_mode) == 0o600
        assert first.secrets[kind].decode() not in repr(first)


def test_without_a_service_the_client_says_what_to_do(tmp_path: Path) -> None:
    """A lab that is down is told as such."""
    with pytest.raises(InternalError, match="did not answer"):
        ReleaseClient(path=tmp_path / "nothing.sock").requests()
