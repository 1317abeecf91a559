"""A lab with its doors open: people with passwords, a project with data, everything running as `datalab up` runs it."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
from desk_lab import PEM, PEOPLE, PRIVATE_PEM, PROJECT, contract, publish_version, publish_view
from pyarrow import parquet

from datalab.audit.event import Action, AuditEvent
from datalab.contract.model import PrivacyUnit
from datalab.contract.odcs.contract_file import write_contract
from datalab.governance.people import Agency
from datalab.privacy.budget import Budget
from datalab.release.signed_act import sign_act
from datalab.settings import Settings, read_settings
from datalab.wiring import Lab, office, open_lab, open_reception, open_treasury
from infra.founding import found_lab
from infra.hub.configuration import service_address
from infra.hub.launch import RunningLab, running
from infra.hub.roles import PORTAL

PASSWORD = "marble kettle drifting north"  # noqa: S105 - of a lab that lives as long as a test
"""Everybody's, in tests."""
PROXY = Path(__file__).parents[2] / ".make" / "proxy" / "node_modules" / ".bin" / "configurable-http-proxy"
UNITS = 400


@dataclass(frozen=True, kw_only=True)
class OpenHouse:
    """A lab that runs, and where it is found."""

    settings: Settings
    lab: Lab
    running: RunningLab

    @property
    def portal(self) -> str:
        """Address of the portal's start page."""
        return f"{service_address(self.settings, PORTAL)}/services/{PORTAL}/"


def furnish(home: Path, *, members: frozenset[str] = PROJECT.members, days: int = 300, address: str = "") -> Lab:
    """Found a lab with the people of `desk_lab`, one project, and a view of 400 people's incidents.

    Args:
        home: where.
        members: of the project.
        days: until the project ends.
        address: of a front that stands before the lab; without one it is found at its own port.
    """
    port = free_port()
    settings = read_settings({}, home)
    lab = found_lab(settings)
    (home / "lab.toml").write_text(
        f'proxy = "{os.environ.get("DATALAB_TEST_PROXY", PROXY)}"\n'
        f'port = {port}\naddress = "{address or f"http://lab.localhost:{port}"}"\nanswer_slot = 1\n'
    )
    now = datetime.now(UTC)
    project = replace(PROJECT, members=members, expires_on=now.date() + timedelta(days=days))
    with lab.control.begin() as tx:
        desk = office(tx, "olga")
        desk.add_person(PEOPLE[0])
        desk.register_agency(Agency(name="police", title="Police", signing_key=PEM))
        for person in PEOPLE[1:]:
            desk.add_person(person)
        for dataset, unit in (("incidents", PrivacyUnit.PERSON), ("areas", PrivacyUnit.PUBLIC)):
            made = replace(contract(dataset, unit), retention_until=date(2099, 1, 1))
            event = AuditEvent(action=Action.CONTRACT_REGISTERED, actor="cas", subject=dataset, at=now)
            tx.catalogue.add_contract(made, write_contract(made), event=event)
            publish_version(tx, dataset, 1)
        desk.create_project(project)
        for dataset in ("incidents", "areas"):
            publish_view(tx, dataset, 1)
    _write_rows(settings.views / PROJECT.id)
    treasury = open_treasury(lab)
    for shared in (None, PROJECT.id):
        act = treasury.draft("incidents", Budget.ceil(Fraction(2)), project=shared)
        give = treasury.grant if shared is None else treasury.allocate
        give(sign_act(act, PRIVATE_PEM), actor="cas")
    lab = open_lab(read_settings({}, home))
    reception = open_reception(lab)
    for person in PEOPLE:
        reception.enrol(reception.invite(person.username, actor="olga"), password=PASSWORD, code="")
    return lab


@contextmanager
def open_house(home: Path, *, address: str = "", **settings: str) -> Iterator[OpenHouse]:
    """Run a furnished lab for the length of a block, with more settings."""
    lab = furnish(home, address=address)
    with (home / "lab.toml").open("a") as file:
        file.writelines(f"{name} = {value}\n" for name, value in settings.items())
    chosen = read_settings({}, home)
    with running(chosen) as processes:
        yield OpenHouse(settings=chosen, lab=lab, running=processes)


def change_project(lab: Lab, **changes: object) -> None:
    """Put a project as a change, or time, leaves it: the office itself moves no project's end to the past."""
    with lab.control.begin() as tx:
        changed = replace(tx.governance.project(PROJECT.id), **changes)  # type: ignore[arg-type]
        event = AuditEvent(action=Action.PROJECT_CHANGED, actor="olga", subject=PROJECT.id, at=datetime.now(UTC))
        tx.governance.replace_project(changed, event=event)


def set_suspended(lab: Lab, username: str, *, suspended: bool) -> None:
    """Suspend a person, or end that."""
    with lab.control.begin() as tx:
        desk = office(tx, "olga")
        (desk.suspend if suspended else desk.reinstate)(username)


def programs_there() -> bool:
    """Say whether proxy and sandbox program are on this machine: `make test` installs them."""
    return shutil.which(os.environ.get("DATALAB_TEST_PROXY", str(PROXY))) is not None and bool(shutil.which("bwrap"))


def _write_rows(views: Path) -> None:
    incidents, areas = views / "incidents" / "v0001", views / "areas" / "v0001"
    for folder in (incidents, areas):
        folder.mkdir(parents=True)
    units = [f"{number:064x}" for number in range(UNITS)]
    table = pa.table(
        {
            "unit_id": units,
            "area": ["north" if number % 4 else "south" for number in range(UNITS)],
            "minutes": pa.array([number % 60 for number in range(UNITS)], pa.int64()),
        }
    )
    parquet.write_table(table, incidents / "part-0.parquet")
    parquet.write_table(pa.table({"area": ["north", "south"]}), areas / "part-0.parquet")


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
