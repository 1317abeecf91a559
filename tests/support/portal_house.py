"""A running lab with somebody of every kind at its front door, and something to see on every page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

from desk_lab import PEM, PROJECT
from open_house import PASSWORD, OpenHouse, open_house
from portal_client import PortalClient

from datalab.audit.event import Action, AuditEvent
from datalab.catalogue import Extract, ExtractKind, ExtractState
from datalab.control import ControlTransaction
from datalab.governance.people import Agency, LabRole, Person
from datalab.jobs import Job, JobState, Progress
from datalab.wiring import Lab, office, open_reception, open_way_in
from notebooks.lab import ask, to_json

HOSTILE = "<script>window.spoilt=1</script><img src=x onerror=window.spoilt=1>"
"""What somebody might write where another person reads it."""
STRANGERS = (
    Person(username="sam", full_name=f"Sam {HOSTILE}", roles=frozenset({LabRole.CUSTODIAN}), agency="trust"),
    Person(username="jo.smith", full_name="Jo Smith", roles=frozenset({LabRole.RESEARCHER})),
    Person(username="sue", full_name="Sue Suspended", roles=frozenset({LabRole.RESEARCHER, LabRole.REVIEWER})),
)
KINDS: Mapping[str, str] = {
    "custodian": "cas",
    "researcher": "ann",
    "reviewer": "rev",
    "operator": "olga",
    "custodian of another agency": "sam",
    "researcher of another project": "rex",
    "suspended person": "sue",
}
"""Who stands for whom; an anonymous visitor is nobody."""
REPORT = {
    "reasons": ["112 of 400 values of minutes are outside 0 to 600."],
    "checks": [
        {
            "check": "valid",
            "column": "minutes",
            "checked": 400,
            "failed": 112,
            "allowed_share": 0.01,
            "severity": "error",
            "passed": False,
        }
    ],
    "faults": [],
    "review": {
        "read_at": "2024-02-01T10:00:00+00:00",
        "seconds": 1500,
        "text_model": "en_core_web_md",
        "columns": [
            {
                "name": "notes",
                "texts": 50,
                "of": 397,
                "identifiers": 150,
                "missed": 3,
                "wrong": 2,
                "share": 0.02,
                "low": 0.0069,
                "high": 0.0688,
                "doubtful": {"texts": 10, "identifiers": 40, "missed": 2, "wrong": 0},
                "kinds": {"PERSON": {"identifiers": 120, "missed": 5}, "NOT SAID": {"identifiers": 70, "missed": 0}},
            }
        ],
    },
    "de_identification": {
        "rows_in": 400,
        "rows_without_unit": 3,
        "rows_out": 397,
        "text_model": "en_core_web_md",
        "columns": [
            {"name": "unit_id", "role": "person_key", "treatment": "pseudonymise", "done": {"pseudonymised": 397}},
            {
                "name": "notes",
                "role": "free_text",
                "treatment": "redact",
                "done": {"searched": 397, "changed": 210},
                "placeholders": {"PERSON": 301, "ADDRESS": 12},
                "canaries": {
                    "planted": 100,
                    "missed": 4,
                    "share": 0.04,
                    "low": 0.0157,
                    "high": 0.0984,
                    "kinds": {"PERSON": {"planted": 60, "missed": 4}, "PHONE": {"planted": 40, "missed": 0}},
                },
            },
        ],
    },
    "disclosure_risk": {
        "format": "datalab-disclosure-risk/1",
        "unit": "person",
        "quasi_identifiers": ["age", "sex", "area"],
        "units": 397,
        "combinations": 46,
        "k": 1,
        "min_k": 5,
        "max_below_k": 0.0,
        "below": [
            {"fewer_than": size, "units": units, "share": round(units / 397, 6)}
            for size, units in ((2, 4), (3, 10), (5, 23), (10, 81), (20, 193))
        ],
        "sizes": [
            {"size": "1", "units": 4},
            {"size": "2", "units": 6},
            {"size": "3 to 4", "units": 13},
            {"size": "5 to 9", "units": 58},
            {"size": "10 to 19", "units": 112},
            {"size": "20 to 49", "units": 204},
            {"size": "50 to 99", "units": 0},
            {"size": "100 or more", "units": 0},
        ],
        "prosecutor": {"highest": 1.0, "average": 0.115869},
        "journalist": {"highest": 0.0861},
        "marketer": {"share": 0.00417},
        "population": {
            "stated": 21000,
            "estimator": "Pitman (Hoshino 2001)",
            "uniques_in_extract": 0.7,
            "share_of_extract": 0.00176,
            "uniques_in_population": 37.0,
        },
        "diversity": [{"column": "kind", "distinct": 1, "entropy": 1.0, "alike": 19, "share": 0.0478}],
        "special": {
            "by_columns": {"2": 3, "3": 1},
            "sets": [{"columns": ["age", "area"], "units": 3}, {"columns": ["age", "sex", "area"], "units": 1}],
        },
        "suggestions": [
            {
                "aim": 5,
                "k": 6,
                "below": 0,
                "combinations": 18,
                "information_kept": 0.8123,
                "units_changed": 1.0,
                "changes": [
                    {
                        "column": "age",
                        "treatment": "generalise",
                        "generalise": {"band": 20, "top": 80},
                        "enum": None,
                        "lines": "name: age\ncustomProperties:\n- property: datalab.treatment\n  value: generalise\n"
                        "- property: datalab.generalise\n  value:\n    band: 20\n    top: 80\n",
                        "remove_enum": True,
                    }
                ],
            }
        ],
    },
    "linkage": {"matched": 390, "unmatched": 10},
}
"""As the ingest worker writes it."""


@dataclass(frozen=True, kw_only=True)
class PortalHouse:
    """A running lab, who is signed in to it, and what there is."""

    house: OpenHouse
    people: Mapping[str, PortalClient]
    """By user name, signed in."""
    waiting: str
    """Id of a request that waits for a decision."""
    released: str
    """Id of a released one."""
    upload: str
    """Id of a file that waits for a decision."""


def question(title: str, rho: str) -> str:
    """Return a question that the project may ask, as JSON; one of another cost is another question."""
    return to_json(
        ask("incidents").titled(title).group_by("area").count_units().spend(rho=rho, rows_per_unit=1, rows_per_cell=1)
    )


@contextmanager
def portal_house(home: Path) -> Iterator[PortalHouse]:
    """Run it for the length of a block."""
    with open_house(home) as house:
        _furnish(house.lab)
        people = {name: PortalClient(house=house).sign_in(name) for name in KINDS.values()}
        with house.lab.control.begin() as tx:
            office(tx, "olga").suspend("sue")
        released, waiting = (submit(people["ann"], f"Incidents {HOSTILE}", rho) for rho in ("1/8", "1/16"))
        decided = people["rev"].post(
            f"review/{released}",
            {"csrf": people["rev"].token(), "verdict": "approved", "reason": f"Moderate cost. {HOSTILE}"},
        )
        assert decided.status == 303, decided.text
        way_in = open_way_in(house.settings, house.lab.control)
        upload = way_in.bring("first.py", BytesIO(f"# {HOSTILE}\n".encode()), project=PROJECT.id, author="ann").id
        yield PortalHouse(house=house, people=people, waiting=waiting, released=released, upload=upload)


def submit(client: PortalClient, title: str, rho: str) -> str:
    """Submit a question by the portal's form, and return the request's id."""
    form = {"csrf": client.token(), "question": question(title, rho), "do": "submit"}
    answer = client.post(f"projects/{PROJECT.id}/ask", form)
    assert answer.status == 303, answer.text
    return answer.location.rsplit("/", 1)[-1]


def _furnish(lab: Lab) -> None:
    now = datetime.now(UTC)
    with lab.control.begin() as tx:
        desk = office(tx, "olga")
        desk.register_agency(Agency(name="trust", title="Trust", signing_key=PEM))
        for person in STRANGERS:
            desk.add_person(person)
        elsewhere = replace(tx.governance.project(PROJECT.id), id="elsewhere", title=f"Elsewhere {HOSTILE}")
        desk.create_project(replace(elsewhere, purpose=f"To see. {HOSTILE}", members=frozenset({"rex"})))
        desk.create_project(replace(elsewhere, id="safe_and_sound", members=frozenset({"jo.smith"})))
        for number, state in enumerate((ExtractState.RECEIVED, ExtractState.QUARANTINED), start=2):
            extract = _extract(number, now)
            event = AuditEvent(action=Action.EXTRACT_RECEIVED, actor="service:ingest", subject=extract.id, at=now)
            tx.catalogue.add_extract(extract, event=event)
            if state is not ExtractState.RECEIVED:
                settled = replace(event, action=Action.EXTRACT_QUARANTINED)
                tx.catalogue.settle_extract(extract.id, state, REPORT, event=settled)
        _work_on(tx, "incidents-2", now)
    reception = open_reception(lab)
    for person in STRANGERS:
        reception.enrol(reception.invite(person.username, actor="olga"), password=PASSWORD, code="")


def _work_on(tx: ControlTransaction, extract: str, now: datetime) -> None:
    """Have a worker hold the job of an extract, in the middle of its texts."""
    job = Job(
        id="shown", kind="shown", subject=extract, state=JobState.QUEUED, step=None, results={}, attempts=0, fence=0
    )
    event = AuditEvent(action=Action.JOB_QUEUED, actor="service:ingest", subject="shown", at=now)
    tx.jobs.enqueue(job, event=event)
    leased = replace(event, action=Action.JOB_LEASED)
    held = tx.jobs.lease("shown", worker="shown", now=now, lease=timedelta(days=1), event=leased)
    assert held is not None
    half = Progress(done=30_000, of=60_000, what="texts", before=0, seconds=100.0)
    tx.jobs.renew(held, now=now, lease=timedelta(days=1), progress=half)


def _extract(number: int, now: datetime) -> Extract:
    return Extract(
        id=f"incidents-{number}",
        agency="police",
        dataset="incidents",
        contract_version="1.0.0",
        kind=ExtractKind.FULL,
        period_from=date(2024, 1, 1),
        period_to=date(2024, 12, 31),
        rows=400,
        ciphertext_sha256=f"{number:02d}" * 32,
        content_id=f"incidents-{number}",
        state=ExtractState.RECEIVED,
        received_at=now,
    )
