"""What the stores keep, refuse and write to the audit log, on either database."""

from __future__ import annotations

import importlib.resources
import inspect
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, get_type_hints

import pytest
from acts import unsigned

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import verify_log
from datalab.catalogue import DatasetVersion, Extract, ExtractKind, ExtractState, LinkageGeneration, ProjectView
from datalab.contract.odcs.contract_file import parse_contract
from datalab.control import ControlDatabase, ControlTransaction
from datalab.errors import BudgetError, InternalError, NotFoundError, StateError
from datalab.governance.people import Agency, LabRole, Person
from datalab.governance.project import DatasetGrant, Project
from datalab.jobs import Job, JobState
from datalab.privacy.budget import Budget
from datalab.privacy.ledger import Charge, ChargeState
from datalab.query.model import ColumnRef, Compare, CountRows, Operator, Query, Question
from datalab.release.request import Decision, ReleaseRequest, RequestState
from datalab.release.store import ReleaseDatabase, ReleaseTransaction
from datalab.storage.audit import SqlAuditLog
from datalab.storage.databases import SqlControlTransaction, SqlReleaseTransaction
from datalab.uploads import Upload, UploadState

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SOURCE = (importlib.resources.files("datalab.sample") / "contracts" / "police_incidents.yaml").read_text()
CONTRACT = parse_contract(SOURCE, "police_incidents.yaml")
DATASET = CONTRACT.dataset
PERSON = Person(username="ann", full_name="Ann O'Neil", roles=frozenset({LabRole.REVIEWER, LabRole.OPERATOR}))
SUSPENDED = replace(PERSON, suspended=True)
AGENCY = Agency(name="police", title="Police", signing_key="-----BEGIN PUBLIC KEY-----")
PROJECT = Project(
    id="absence",
    title="Absence",
    purpose="To know",
    members=frozenset({"zoe", "ann"}),
    grants=(DatasetGrant(dataset=DATASET, columns=("z", "a")), DatasetGrant(dataset="a", columns=())),
    expires_on=date(2027, 1, 1),
)
EXTRACT = Extract(
    id="e1",
    agency="police",
    dataset=DATASET,
    contract_version=CONTRACT.version,
    kind=ExtractKind.FULL,
    period_from=date(2024, 1, 1),
    period_to=date(2024, 12, 31),
    rows=2**40,
    ciphertext_sha256="ab" * 32,
    content_id="cd" * 16,
    state=ExtractState.RECEIVED,
    received_at=NOW,
)
VERSION = DatasetVersion(
    dataset=DATASET,
    number=1,
    contract_version=CONTRACT.version,
    extract_ids=("e1",),
    rows=7,
    path=f"{DATASET}/v0001",
    buckets=8,
    key_version="unit-ref/police/v1",
    report={"columns": {"z": {"dropped": 7}, "a": {"kept": 7}}},
    published_at=NOW,
)
VIEW = ProjectView(
    project="absence",
    dataset=DATASET,
    version=1,
    columns=("z", "a"),
    rows=7,
    path=f"absence/{DATASET}/v0001",
    buckets=8,
    key_version="unit-id/absence/v1",
    published_at=NOW,
)
GENERATION = LinkageGeneration(number=1, path="g0001", persons=5, report={"passes": [1, 2]}, published_at=NOW)
JOB = Job(id="j1", kind="ingest", subject="e1", state=JobState.QUEUED, step=None, results={}, attempts=0, fence=0)
CHARGE = Charge(
    key="r1",
    account=f"dataset/{DATASET}",
    amount=Budget(10, 3),
    state=ChargeState.RESERVED,
    mechanism="rows: discrete Gaussian, L2 sensitivity squared 2, scale 3.0",
    software="opendp 0.16.0",
    at=NOW,
)
ACT = unsigned(CHARGE.account, Budget(25, 4), serial="ab" * 16)
REQUEST = ReleaseRequest(
    id="r1",
    project="absence",
    author="zoe",
    question=Question(
        query=Query(
            dataset=DATASET,
            measures=(CountRows(),),
            where=Compare(column=ColumnRef(name="month"), operator=Operator.EQ, value="2024-01"),
        ),
        rho=Fraction(1, 30),
        rows_per_unit=4,
        rows_per_cell=2,
        title="Incidents in January",
    ),
    fingerprint="f" * 64,
    versions={DATASET: 1},
    state=RequestState.SUBMITTED,
    submitted_at=NOW,
)
ANSWERED = replace(REQUEST, state=RequestState.ANSWERED, answer={"z": [1, 2.5], "a": None})
DECISION = Decision(state=RequestState.APPROVED, reviewer="ann", reason="Large cells", at=NOW)
APPROVED = replace(ANSWERED, state=RequestState.APPROVED, decision=DECISION)
EVENT = AuditEvent(action=Action.LAB_CREATED, actor="tester", subject="anything", at=NOW, details={"n": 1})
REGISTERED = replace(EVENT, action=Action.CONTRACT_REGISTERED, subject=CONTRACT.dataset)
ADDED = replace(EVENT, action=Action.PERSON_ADDED, subject="ann")
AGENCY_REGISTERED = replace(EVENT, action=Action.AGENCY_REGISTERED, subject="police")
CREATED = replace(EVENT, action=Action.PROJECT_CREATED, subject="absence")
VERSION_PUBLISHED = replace(EVENT, action=Action.VERSION_PUBLISHED, subject=f"{DATASET}/v0001")
VIEW_PUBLISHED = replace(EVENT, action=Action.VIEW_PUBLISHED, subject=f"absence/{DATASET}")
UPLOAD = Upload(
    id="u1",
    project="absence",
    name="first.py",
    author="ann",
    size=7,
    digest="ab" * 32,
    state=UploadState.RECEIVED,
    received_at=NOW,
)

ControlCall = Callable[[ControlTransaction], Any]
ReleaseCall = Callable[[ReleaseTransaction], Any]


class _UndoneError(Exception):
    """Stands for whatever ends a transaction before its commit."""


def moved(action: Action) -> AuditEvent:
    """Return the event of a request's move."""
    return replace(EVENT, action=action)


def held(tx: ControlTransaction) -> Job:
    """Return the job under its present fence."""
    return tx.jobs.job("j1")


CONTROL_STORY: dict[str, ControlCall] = {
    "record": lambda tx: tx.record(event=EVENT),
    "add_person": lambda tx: tx.governance.add_person(PERSON, event=ADDED),
    "replace_person": lambda tx: tx.governance.replace_person(
        SUSPENDED, event=replace(ADDED, action=Action.PERSON_SUSPENDED)
    ),
    "add_agency": lambda tx: tx.governance.add_agency(AGENCY, event=AGENCY_REGISTERED),
    "add_project": lambda tx: tx.governance.add_project(replace(PROJECT, grants=()), event=CREATED),
    "replace_project": lambda tx: tx.governance.replace_project(
        PROJECT, event=replace(CREATED, action=Action.PROJECT_CHANGED)
    ),
    "add_contract": lambda tx: tx.catalogue.add_contract(CONTRACT, SOURCE, event=REGISTERED),
    "add_extract": lambda tx: tx.catalogue.add_extract(EXTRACT, event=EVENT),
    "note_extract": lambda tx: tx.catalogue.note_extract(event=EVENT),
    "settle_extract": lambda tx: tx.catalogue.settle_extract(
        "e1", ExtractState.PUBLISHED, {"rows": 7, "b": 1, "a": 2}, event=EVENT
    ),
    "add_version": lambda tx: tx.catalogue.add_version(VERSION, event=VERSION_PUBLISHED),
    "add_view": lambda tx: tx.catalogue.add_view(VIEW, event=VIEW_PUBLISHED),
    "add_linkage_generation": lambda tx: tx.catalogue.add_linkage_generation(GENERATION, event=EVENT),
    "add_upload": lambda tx: tx.uploads.add_upload(UPLOAD, event=EVENT),
    "move_upload": lambda tx: tx.uploads.move_upload(
        replace(UPLOAD, kind="code", scan="absent"), UploadState.CHECKED, event=EVENT
    ),
    "enqueue": lambda tx: tx.jobs.enqueue(JOB, event=EVENT),
    "lease": lambda tx: tx.jobs.lease("ingest", worker="w", now=NOW, event=EVENT),
    "complete_step": lambda tx: tx.jobs.complete_step(held(tx), "one", {"n": 1}, now=NOW, event=EVENT),
    "release": lambda tx: tx.jobs.release(held(tx), event=EVENT),
    "lease again": lambda tx: tx.jobs.lease("ingest", worker="w", now=NOW, event=EVENT),
    "settle": lambda tx: tx.jobs.settle(held(tx), JobState.DONE, event=EVENT),
}
"""Every method of the control database that changes something, in an order in which each is allowed."""
RELEASE_STORY: dict[str, ReleaseCall] = {
    "record": lambda tx: tx.record(event=EVENT),
    "grant": lambda tx: tx.ledger.grant(ACT, event=EVENT),
    "reserve": lambda tx: tx.ledger.reserve((CHARGE,), event=EVENT),
    "add": lambda tx: tx.requests.add(REQUEST, event=EVENT),
    "commit": lambda tx: tx.ledger.commit("r1", event=EVENT),
    "move": lambda tx: tx.requests.move(ANSWERED, RequestState.SUBMITTED, event=moved(Action.REQUEST_ANSWERED)),
    "approve": lambda tx: tx.requests.move(APPROVED, RequestState.ANSWERED, event=moved(Action.REQUEST_APPROVED)),
    "publish": lambda tx: tx.requests.move(
        replace(APPROVED, state=RequestState.RELEASED, bundle="r1.zip"),
        RequestState.APPROVED,
        event=moved(Action.REQUEST_RELEASED),
    ),
}
"""Every method of the release database that changes something, in an order in which each is allowed."""


def tell_control(database: ControlDatabase, *, upto: str = "settle") -> None:
    """Play the control database's story, up to and including a step."""
    for name, call in CONTROL_STORY.items():
        with database.begin() as transaction:
            call(transaction)
        if name == upto:
            return


def tell_release(database: ReleaseDatabase, *, upto: str = "publish") -> None:
    """Play the release database's story, up to and including a step."""
    for name, call in RELEASE_STORY.items():
        with database.begin() as transaction:
            call(transaction)
        if name == upto:
            return


def test_each_change_writes_one_event_in_its_own_transaction(
    control_database: ControlDatabase, release_database: ReleaseDatabase
) -> None:
    """A change that is rolled back leaves no event, and one that is committed leaves exactly one."""
    database: Any
    call: Callable[[Any], Any]
    for database, story in ((control_database, CONTROL_STORY), (release_database, RELEASE_STORY)):
        for place, (name, call) in enumerate(story.items()):
            with suppress(_UndoneError), database.begin() as transaction:
                call(transaction)
                raise _UndoneError
            with database.read() as transaction:
                assert transaction.audit.head().size == place, name
            with database.begin() as transaction:
                call(transaction)
                assert transaction.audit.head().size == place + 1, name
        with database.read() as transaction:
            verify_log(transaction.audit)


@pytest.mark.parametrize(
    ("transaction", "story"), [(SqlControlTransaction, CONTROL_STORY), (SqlReleaseTransaction, RELEASE_STORY)]
)
def test_the_stories_tell_every_change(transaction: type, story: dict[str, object]) -> None:
    """A method that takes an event and is in no story would escape the test above."""
    stores = [transaction, *get_type_hints(transaction).values()]
    changing = {
        name
        for store in stores
        for name, method in inspect.getmembers(store, inspect.isfunction)
        if "event" in inspect.signature(method).parameters and store is not SqlAuditLog
    }
    assert changing <= set(story)


def test_a_change_made_twice_is_refused_and_writes_no_event(
    control_database: ControlDatabase, release_database: ReleaseDatabase
) -> None:
    """What is unique is unique; a refusal leaves the transaction usable and the log as it was."""
    tell_control(control_database)
    tell_release(release_database)
    again = {"add_person", "add_agency", "add_project", "add_extract", "settle_extract", "add_version", "add_view"}
    again |= {"add_linkage_generation", "enqueue"}
    for name in sorted(again):
        with control_database.begin() as control:
            before = control.audit.head()
            with pytest.raises(StateError):
                CONTROL_STORY[name](control)
            assert control.audit.head() == before, name
    for name in ("grant", "add", "commit", "move", "approve", "publish"):
        with release_database.begin() as release:
            with pytest.raises(StateError):
                RELEASE_STORY[name](release)
            assert release.audit.head().size == len(RELEASE_STORY), name
    with control_database.begin() as control:
        CONTROL_STORY["add_contract"](control)  # the same text again is no change
        assert control.audit.head().size == len(CONTROL_STORY)
    with release_database.begin() as release:
        RELEASE_STORY["reserve"](release)  # a resumed request finds its reservation
        assert release.audit.head().size == len(RELEASE_STORY)


def test_what_is_stored_comes_back_equal(control_database: ControlDatabase, release_database: ReleaseDatabase) -> None:
    """Every field survives, and documents keep their order."""
    tell_control(control_database)
    tell_release(release_database)
    with control_database.read() as tx:
        assert (tx.governance.person("ann"), tx.governance.people()) == (SUSPENDED, (SUSPENDED,))
        assert (tx.governance.agency("police"), tx.governance.agencies()) == (AGENCY, (AGENCY,))
        assert (tx.governance.project("absence"), tx.governance.projects()) == (PROJECT, (PROJECT,))
        checked = replace(UPLOAD, kind="code", scan="absent", state=UploadState.CHECKED)
        assert (tx.uploads.upload("u1"), tx.uploads.uploads("absence")) == (checked, (checked,))
        assert (tx.catalogue.contract(DATASET), tx.catalogue.contracts()) == (CONTRACT, (CONTRACT,))
        published = replace(EXTRACT, state=ExtractState.PUBLISHED)
        assert (tx.catalogue.extract("e1"), tx.catalogue.extracts(DATASET)) == (published, (published,))
        assert tx.catalogue.extract_by_content(DATASET, EXTRACT.content_id) == published
        assert list(tx.catalogue.extract_report("e1") or {}) == ["rows", "b", "a"]
        assert (tx.catalogue.version(DATASET), tx.catalogue.versions(DATASET)) == (VERSION, (VERSION,))
        assert list(tx.catalogue.version(DATASET).report["columns"]) == ["z", "a"]
        assert (tx.catalogue.view("absence", DATASET), tx.catalogue.views("absence")) == (VIEW, (VIEW,))
        assert tx.catalogue.linkage_generation() == GENERATION
        done = replace(JOB, state=JobState.DONE, step="one", results={"one": {"n": 1}}, attempts=1, fence=2)
        assert (tx.jobs.job("j1"), tx.jobs.jobs("e1")) == (done, (done,))
    with release_database.read() as release:
        assert release.ledger.charges() == (replace(CHARGE, state=ChargeState.COMMITTED),)
        assert release.ledger.account(CHARGE.account).remaining == Budget(15, 1)
        assert release.ledger.acts() == (ACT,)
        assert release.ledger.opened(("x", CHARGE.account)) == (CHARGE.account,)
        stored = release.requests.request("r1")
        assert stored == replace(APPROVED, state=RequestState.RELEASED, bundle="r1.zip")
        assert list(stored.answer or {}) == ["z", "a"]
        assert release.requests.answered(REQUEST.fingerprint) == stored


MISSING: dict[str, ControlCall] = {
    "person": lambda tx: tx.governance.person("x"),
    "agency": lambda tx: tx.governance.agency("x"),
    "project": lambda tx: tx.governance.project("x"),
    "replaced project": lambda tx: tx.governance.replace_project(
        PROJECT, event=replace(CREATED, action=Action.PROJECT_CHANGED)
    ),
    "contract": lambda tx: tx.catalogue.contract("x"),
    "contract version": lambda tx: tx.catalogue.contract(DATASET, "9.9.9"),
    "extract": lambda tx: tx.catalogue.extract("x"),
    "extract report": lambda tx: tx.catalogue.extract_report("x"),
    "settled extract": lambda tx: tx.catalogue.settle_extract("x", ExtractState.REFUSED, {}, event=EVENT),
    "version": lambda tx: tx.catalogue.version(DATASET),
    "view": lambda tx: tx.catalogue.view("absence", DATASET),
    "job": lambda tx: tx.jobs.job("x"),
}


@pytest.mark.parametrize("name", MISSING)
def test_what_is_not_there_is_not_found(control_database: ControlDatabase, name: str) -> None:
    """Asking for what there is not is a user error, not an empty answer."""
    with control_database.begin() as transaction, pytest.raises(NotFoundError):
        MISSING[name](transaction)


def test_absences_that_are_answers(control_database: ControlDatabase, release_database: ReleaseDatabase) -> None:
    """Where nothing is a right answer, it is one."""
    with control_database.read() as tx:
        assert tx.catalogue.linkage_generation() is None
        assert tx.catalogue.extract_by_content(DATASET, "x") is None
        assert (tx.catalogue.contracts(), tx.catalogue.views("absence"), tx.jobs.jobs()) == ((), (), ())
    with release_database.read() as release:
        assert (release.requests.answered("x"), release.requests.open_with("x")) == (None, None)


REFUSED: dict[str, tuple[str, ControlCall]] = {
    "an extract that arrives settled": (
        "add_contract",
        lambda tx: tx.catalogue.add_extract(replace(EXTRACT, state=ExtractState.PUBLISHED), event=EVENT),
    ),
    "live content under another id": (
        "add_extract",
        lambda tx: tx.catalogue.add_extract(replace(EXTRACT, id="e2"), event=EVENT),
    ),
    "an extract settled as received": (
        "add_extract",
        lambda tx: tx.catalogue.settle_extract("e1", ExtractState.RECEIVED, {}, event=EVENT),
    ),
    "a version with a gap": (
        "settle_extract",
        lambda tx: tx.catalogue.add_version(replace(VERSION, number=2), event=EVENT),
    ),
    "a version of an unknown extract": (
        "settle_extract",
        lambda tx: tx.catalogue.add_version(replace(VERSION, extract_ids=("e9",)), event=EVENT),
    ),
    "a version under an unknown contract": (
        "settle_extract",
        lambda tx: tx.catalogue.add_version(replace(VERSION, contract_version="9.0.0"), event=EVENT),
    ),
    "a version with an extract twice": (
        "settle_extract",
        lambda tx: tx.catalogue.add_version(replace(VERSION, extract_ids=("e1", "e1")), event=EVENT),
    ),
    "a version in another's folder": (
        "add_version",
        lambda tx: tx.catalogue.add_version(replace(VERSION, number=2), event=EVENT),
    ),
    "a view of an unknown version": (
        "add_version",
        lambda tx: tx.catalogue.add_view(replace(VIEW, version=2), event=EVENT),
    ),
    "another text under a contract's version": (
        "add_contract",
        lambda tx: tx.catalogue.add_contract(CONTRACT, SOURCE + "\n# a remark\n", event=EVENT),
    ),
    "another contract's text": (
        "record",
        lambda tx: tx.catalogue.add_contract(replace(CONTRACT, purpose="Another"), SOURCE, event=EVENT),
    ),
    "a job that was begun": (
        "record",
        lambda tx: tx.jobs.enqueue(replace(JOB, state=JobState.RUNNING), event=EVENT),
    ),
    "a job settled as queued": ("lease", lambda tx: tx.jobs.settle(held(tx), JobState.QUEUED, event=EVENT)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_must_not_be_is_refused_whole(control_database: ControlDatabase, name: str) -> None:
    """A refusal leaves neither a row, nor a part of one, nor an event."""
    upto, call = REFUSED[name]
    tell_control(control_database, upto=upto)
    with control_database.read() as before:
        size, versions = before.audit.head().size, before.catalogue.versions(DATASET)
    with pytest.raises(StateError), control_database.begin() as transaction:
        call(transaction)
    with control_database.read() as after:
        assert (after.audit.head().size, after.catalogue.versions(DATASET)) == (size, versions)


def test_content_that_was_refused_may_come_again(control_database: ControlDatabase) -> None:
    """Only a live extract stands in the way of its content; a quarantined one is found, a refused one is not."""
    tell_control(control_database, upto="add_extract")
    with control_database.begin() as tx:
        tx.catalogue.settle_extract("e1", ExtractState.REFUSED, {"why": "rows"}, event=EVENT)
        assert tx.catalogue.extract_by_content(DATASET, EXTRACT.content_id) is None
        tx.catalogue.add_extract(replace(EXTRACT, id="e2"), event=EVENT)
        tx.catalogue.settle_extract("e2", ExtractState.QUARANTINED, {"why": "quality"}, event=EVENT)
        assert getattr(tx.catalogue.extract_by_content(DATASET, EXTRACT.content_id), "id", None) == "e2"
        tx.catalogue.add_extract(replace(EXTRACT, id="e3"), event=EVENT)
        assert getattr(tx.catalogue.extract_by_content(DATASET, EXTRACT.content_id), "id", None) == "e3"


def test_the_newest_contract_is_that_of_the_highest_version(control_database: ControlDatabase) -> None:
    """1.10.0 comes after 1.9.0, in whatever order they were registered."""
    with control_database.begin() as tx:
        for number in ("1.9.0", "1.10.0", "1.2.0"):
            source = SOURCE.replace(f"version: {CONTRACT.version}", f"version: {number}", 1)
            tx.catalogue.add_contract(replace(CONTRACT, version=number), source, event=REGISTERED)
        assert tx.catalogue.contract(DATASET).version == "1.10.0"
        assert tx.catalogue.contract(DATASET, "1.2.0").version == "1.2.0"


def test_views_are_the_newest_of_each_dataset(control_database: ControlDatabase) -> None:
    """An older version of a view stays, and is found when it is asked for."""
    tell_control(control_database)
    with control_database.begin() as tx:
        tx.catalogue.add_version(
            replace(VERSION, number=2, path="v2"), event=replace(VERSION_PUBLISHED, subject=f"{DATASET}/v0002")
        )
        newer = replace(VIEW, version=2, path="w2")
        tx.catalogue.add_view(newer, event=VIEW_PUBLISHED)
        assert tx.catalogue.views("absence") == (newer,)
        assert tx.catalogue.view("absence", DATASET) == newer
        assert tx.catalogue.view("absence", DATASET, 1) == VIEW
        assert [version.number for version in tx.catalogue.versions(DATASET)] == [1, 2]


def test_a_refused_reservation_charges_no_account(release_database: ReleaseDatabase) -> None:
    """The second account does not cover its part, so the first is not charged, although the error is caught."""
    tell_release(release_database, upto="grant")
    both = (CHARGE, replace(CHARGE, account="project/absence/police"))
    with release_database.begin() as tx:
        tx.ledger.grant(unsigned(both[1].account, Budget(9)), event=EVENT)
        with pytest.raises(
            BudgetError, match=r"Requested rho 0\.00000001, delta 3e-18; remaining rho 0\.000000009, delta 0\."
        ):
            tx.ledger.reserve(both, event=EVENT)
    with release_database.read() as tx:
        assert [account.spent for account in tx.ledger.accounts()] == [Budget(0), Budget(0)]
        assert (tx.ledger.charges(), tx.audit.head().size) == ((), 3)


def test_an_act_used_by_many_at_once_counts_once(release_database: ReleaseDatabase) -> None:
    """Ten who use one act at the same moment add its amount once; nine are told that it was used."""
    together = threading.Barrier(10)

    def use(_: int) -> bool:
        together.wait()
        try:
            with release_database.begin() as tx:
                tx.ledger.grant(ACT, event=EVENT)
        except StateError:
            return False
        return True

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(use, range(10))) == 1
    with release_database.read() as tx:
        assert tx.ledger.account(CHARGE.account).granted == ACT.act.amount
        assert (tx.ledger.acts(), tx.audit.head().size) == ((ACT,), 1)


def test_a_reservation_stands_for_one_price(release_database: ReleaseDatabase) -> None:
    """The same request at another price, or on another account, is refused rather than answered for the old one."""
    tell_release(release_database, upto="reserve")
    for other in (
        replace(CHARGE, amount=Budget(9, 3)),
        replace(CHARGE, amount=Budget(10, 2)),
        replace(CHARGE, account="project/absence/police"),
    ):
        with release_database.begin() as tx, pytest.raises(StateError, match="other amounts"):
            tx.ledger.reserve((other,), event=EVENT)
    with release_database.read() as tx:
        assert tx.ledger.charges() == (CHARGE,)


MISUSED: dict[str, tuple[Charge, ...]] = {
    "two keys": (CHARGE, replace(CHARGE, key="r2", account="other")),
    "an account twice": (CHARGE, CHARGE),
    "committed at once": (replace(CHARGE, state=ChargeState.COMMITTED),),
}


@pytest.mark.parametrize("name", MISUSED)
def test_a_reservation_that_makes_no_sense_is_a_fault_of_ours(release_database: ReleaseDatabase, name: str) -> None:
    """A caller that mixes up charges is told so before anything is spent."""
    tell_release(release_database, upto="grant")
    with pytest.raises(InternalError), release_database.begin() as tx:
        tx.ledger.reserve(MISUSED[name], event=EVENT)


SELF_REVIEW = replace(APPROVED, decision=replace(DECISION, reviewer=REQUEST.author))
MOVES: dict[str, tuple[ReleaseRequest, type[Exception]]] = {
    "another question": (replace(APPROVED, question=replace(REQUEST.question, rho=Fraction(1))), InternalError),
    "another author": (replace(APPROVED, author="ann"), InternalError),
    "another answer": (replace(APPROVED, answer={"z": [1, 3]}), InternalError),
    "no answer": (replace(APPROVED, answer=None), InternalError),
    "its own author": (SELF_REVIEW, StateError),
    "a state that does not follow": (replace(APPROVED, state=RequestState.RELEASED, bundle="b"), StateError),
}


@pytest.mark.parametrize("name", MOVES)
def test_a_move_changes_nothing_but_the_state(release_database: ReleaseDatabase, name: str) -> None:
    """What was asked and answered is written once, and whoever asked does not decide."""
    tell_release(release_database, upto="move")
    request, error = MOVES[name]
    with release_database.begin() as tx, pytest.raises(error):
        tx.requests.move(request, RequestState.ANSWERED, event=moved(Action.REQUEST_APPROVED))
    with release_database.read() as tx:
        assert tx.requests.request("r1") == ANSWERED


def test_a_move_is_recorded_as_what_it_is(release_database: ReleaseDatabase) -> None:
    """An approval cannot be written to the log as something else."""
    tell_release(release_database, upto="move")
    with release_database.begin() as tx, pytest.raises(InternalError):
        tx.requests.move(APPROVED, RequestState.ANSWERED, event=moved(Action.REQUEST_REJECTED))
