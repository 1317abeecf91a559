"""Prices and findings at the release service's socket: for members, in their project, from a notebook's own lab."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from desk_lab import DeskLab, build, public_question, question
from release_service import door_client, portal_client, serving

from datalab.broker.asked import write_asked
from datalab.broker.client import ReleaseClient
from datalab.errors import PermissionDeniedError, QueryError
from datalab.query.document import question_to_document
from datalab.query.reader import MAX_QUESTION_BYTES
from notebooks.enclave import ProjectLab

WISH = write_asked(question(1), measure="rows", within="20%")
LOOK = write_asked(question(1), measure="rows", difference=30)


@dataclass(frozen=True)
class Service:
    """A running service and the lab behind it."""

    lab: DeskLab
    socket: Path

    def door(self, person: str, project: str = "safer") -> ReleaseClient:
        """Speak as a sandbox's door."""
        return door_client(self.socket, person, project)

    def notebook(self, person: str) -> ProjectLab:
        """Open the lab as a notebook in that person's sandbox does."""
        return ProjectLab(contracts={}, project="safer", data=self.socket.parent, client=self.door(person))


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Serve the small lab."""
    lab = build(tmp_path / "lab")
    with serving(lab.desk, tmp_path / "run") as socket:
        yield Service(lab, socket)


def test_a_notebook_asks_how_much_and_whether_it_would_be_seen(service: Service) -> None:
    """How much for 20 %, for one size, and whether a difference shows: neither data nor budget is touched."""
    lab = service.notebook("ann")

    several = lab.price(question(1), measure="rows", within="20%")
    one = lab.price(question(1), measure="rows", within="20%", group_size=400)
    supposed = lab.price(question(1), measure="rows", within="5%", of=2000)
    seen = lab.finding(question(1), measure="rows", difference=30)

    assert list(several.table["cell of"]) == ["100", "1,000", "10,000"]
    assert one.sheet is not None
    assert one.sheet.table["figure"][0]
    assert "what is supposed (2,000 rows)" in repr(supposed)
    assert seen.visible
    assert (service.lab.engine.touches, service.lab.spent()) == (0, 0)


def test_what_is_refused_is_told_as_elsewhere(service: Service) -> None:
    """A figure that is not asked, an error out of reach and a text that is none come back with a remedy."""
    lab = service.notebook("ann")

    with pytest.raises(QueryError, match="Name one of: rows"):
        lab.price(question(1), measure="minutes", within="5%")
    with pytest.raises(QueryError, match="cannot be that exact"):
        lab.price(question(1), measure="rows", within=1e-9)
    with pytest.raises(QueryError, match="Write 20"):
        lab.price(question(1), measure="rows", within="five")
    with pytest.raises(QueryError, match="Name one of: rows"):
        lab.finding(question(1), measure="minutes", difference=30)
    with pytest.raises(QueryError, match="not 0"):
        lab.finding(question(1), measure="rows", difference=0)


def test_a_door_prices_for_its_own_project_only(service: Service) -> None:
    """Another project's door is refused, also to somebody who belongs to the project."""
    elsewhere = service.door("ann", "another")

    for call, asked in ((elsewhere.price, WISH), (elsewhere.finding, LOOK)):
        with pytest.raises(PermissionDeniedError, match="belongs to the project another"):
            call("safer", asked)


@pytest.mark.parametrize("person", ["olga", "cas", "rex", "rev", "nobody"])
def test_only_members_ask(service: Service, person: str) -> None:
    """Whoever the door or the portal names, the core decides."""
    for client in (service.door(person), portal_client(service.socket, person)):
        for call, asked in ((client.price, WISH), (client.finding, LOOK)):
            with pytest.raises(PermissionDeniedError):
                call("safer", asked)


def test_who_cannot_prove_who_speaks_is_refused(service: Service) -> None:
    """Names alone open neither route."""
    unproved = ReleaseClient(path=service.socket, headers={"X-Datalab-Caller": "door", "X-Datalab-Person": "ann"})

    for call, asked in ((unproved.price, WISH), (unproved.finding, LOOK)):
        with pytest.raises(PermissionDeniedError, match="does not know who calls"):
            call("safer", asked)


ASKED: dict[str, Any] = {"question": question_to_document(question(1)), "measure": "rows"}
MALFORMED = {
    "empty": b"",
    "not JSON": b"no json",
    "deep": b"[" * 60_000,
    "not text": b"\xff\xfe",
    "a bare question": json.dumps(ASKED["question"]).encode(),
    "no question": b'{"measure": "rows", "within": "5%", "difference": 1}',
    "another person": json.dumps(ASKED | {"within": "5%", "difference": 1, "person": "ben"}).encode(),
    "a huge number": json.dumps(ASKED | {"group_size": 10**400}).encode(),
    "too long": WISH + b" " * (2 * MAX_QUESTION_BYTES),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_wish_is_refused_in_words(service: Service, body: bytes) -> None:
    """The service answers, says what is wrong, and lives on."""
    inside = service.door("ann")

    for call in (inside.price, inside.finding):
        with pytest.raises(QueryError):
            call("safer", body)
    assert inside.price("safer", WISH)["sizes"]
    assert inside.finding("safer", LOOK)["says"]


def test_public_data_is_exact_at_any_price(service: Service) -> None:
    """A question about public reference data has no noise: the least budget is enough, and every difference is seen."""
    lab = service.notebook("ann")

    price = lab.price(public_question(), measure="rows", within=1)

    assert price.rho == "0.000001"
    assert lab.finding(public_question(), measure="rows", difference=1).chance == 1.0
