"""The whole of ingest on real files, by the commands that people type: one worker, several extracts, good and bad.

One lab is walked through once, in processes of its own, and every test looks at what is left of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pyrage
import pytest
from pyspark.sql import SparkSession

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import verify
from datalab.catalogue import ExtractKind, ExtractState
from datalab.contract.odcs.contract_file import parse_contract
from datalab.governance.project import DatasetGrant, Project
from datalab.settings import Settings
from datalab.storage.databases import SqlControlTransaction, open_control
from ingest.custodian.delivery import deliver
from ingest.custodian.rehearse import create_throw_away_lab
from ingest.custodian.seal import seal_extract
from ingest.landing.raw_extract import RawExtracts
from ingest.sealed.agency_key import create_agency_key, read_agency_key
from ingest.sealed.landing_key import public_key_file

pytestmark = pytest.mark.spark
CONTRACT = (
    (Path(__file__).parent / "ingest" / "visits.yaml")
    .read_text()
    .replace("value: geography}\n", "value: geography}\n          - {property: datalab.quasiIdentifier, value: true}\n")
)
HEADER = "patient,nhs_number,surname,born,ward,minutes,note"
MARKS = {
    "patient": "QXPATIENT",
    "nhs_number": "QXNUMBER",
    "surname": "QXSURNAME",
    "born": "17/03/1931",
    "ward": "QXWARD",
    "minutes": "QXMINUTES",
    "note": "QXNOTE",
}
"""A value for each column that a search can find; all but the note must be gone after ingest."""
KNOWN = "Seen at home"
"""Part of a note that holds no identifier, so that it stays in the research zone: what the search has to find."""
REWRITTEN = "1931-03-17"
"""The marked date as the lab's own tables would write it."""


def rows(people: range, *, marked: bool = False) -> str:
    """Return rows of people, three each; marked ones stand in 3 of 100 rows at most."""
    lines = [
        f"P{person:04d},9434765919,Name{person},{1 + person % 28:02d}/{1 + person % 12:02d}/{1940 + person % 70},"
        f"{'east' if visit else 'west'},{person + visit},Seen at home."
        for person in people
        for visit in range(3)
    ]
    if marked:
        lines[0] = ",".join(MARKS.values())
    return "\n".join([HEADER, *lines, ""])


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Walk:
    """What is left of a lab after its extracts went through."""

    settings: Settings
    ids: dict[str, str]
    output: str

    def read(self) -> Any:
        """Open a reading transaction on the control database."""
        return open_control(self.settings.control_database).read()

    def table(self, folder: Path) -> list[dict[str, Any]]:
        """Read every row of a folder of Parquet files."""
        return [row for file in sorted(folder.glob("*.parquet")) for row in pq.read_table(file).to_pylist()]

    def view(self, project: str, version: int | None = None) -> list[dict[str, Any]]:
        """Read a project's view."""
        with self.read() as transaction:
            return self.table(self.settings.views / transaction.catalogue.view(project, "visits", version).path)


def add_project(transaction: SqlControlTransaction, name: str, columns: tuple[str, ...], until: int = 2040) -> None:
    """Create a project that may use some columns."""
    project = Project(
        id=name,
        title=name,
        purpose="test",
        members=frozenset(),
        grants=(DatasetGrant(dataset="visits", columns=columns),),
        expires_on=date(until, 1, 1),
    )
    event = AuditEvent(action=Action.PROJECT_CREATED, actor="test", subject=name, at=now())
    transaction.governance.add_project(project, event=event)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Walk five extracts and two projects through one lab."""
    place = tmp_path_factory.mktemp("walk")
    agency, empty = place / "agency", place / "empty"
    empty.mkdir()
    settings = Settings(home=place / "lab")
    private, public = create_agency_key(agency, "north_trust")
    create_throw_away_lab(settings, CONTRACT, "north_trust", public.read_text(), clock=now)
    with open_control(settings.control_database).begin() as transaction:
        add_project(transaction, "early_help", ("ward", "minutes", "born", "surname"))
        add_project(transaction, "over", ("ward",), until=2020)

    without_note = CONTRACT[: CONTRACT.index("      - name: note")]
    landing_key = public_key_file(settings).read_text()
    other_lab = str(pyrage.x25519.Identity.generate().to_public())
    bad_wards = rows(range(10)).replace(",west,", f",{MARKS['ward']},")
    ragged = "\n".join(line.rsplit(",", 1)[0] for line in rows(range(5)).splitlines()) + "\n"
    extracts: dict[str, tuple[str, str, ExtractKind, str]] = {
        "full": (rows(range(40), marked=True), CONTRACT, ExtractKind.FULL, landing_key),
        "increment": (rows(range(30, 50)), CONTRACT, ExtractKind.INCREMENTAL, landing_key),
        "broken": (bad_wards, CONTRACT, ExtractKind.INCREMENTAL, landing_key),
        "unreadable": (ragged, without_note, ExtractKind.INCREMENTAL, landing_key),
        "elsewhere": (rows(range(7)), CONTRACT, ExtractKind.FULL, other_lab),
    }
    ids = {}
    for day, (name, (content, contract, kind, lab_key)) in enumerate(extracts.items(), 1):
        source = agency / "visits.csv"
        source.write_text(content)
        sealed = seal_extract(
            source,
            contract=parse_contract(contract, "contract"),
            kind=kind,
            period_from=date(2024, 1, day),
            period_to=date(2024, 1, 31),
            key=read_agency_key(private),
            landing_key=lab_key,
            folder=agency / "sealed",
            now=datetime(2024, 2, 1, tzinfo=UTC),
        )
        deliver(sealed.manifest_file, settings.landing / "inbox")
        ids[name] = sealed.manifest.extract_id

    said = datalab(settings, empty, "ingest", "work", "--until-empty")
    with open_control(settings.control_database).begin() as transaction:
        add_project(transaction, "late_help", ("ward", "note"))
    said += datalab(settings, empty, "ingest", "build-views", "late_help")
    said += datalab(settings, empty, "extract", "status")
    said += "".join(datalab(settings, empty, "extract", "report", extract_id) for extract_id in ids.values())
    assert list(empty.iterdir()) == [], "the worker wrote into its working folder"
    return Walk(settings=settings, ids=ids, output=said)


def datalab(settings: Settings, folder: Path, *words: str) -> str:
    """Run a command, and return everything it said."""
    command = [sys.executable, "-m", "datalab.cli.main", *words, "--lab", str(settings.home)]
    environment = {"PATH": "/usr/bin:/bin", "DATALAB_SPARK_MASTER": "local[2]", "DATALAB_SPARK_MEMORY": "1g"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_each_extract_ends_where_it_belongs(walk: Walk) -> None:
    """Good ones are published, one that breaks its contract is held, two that cannot be read are refused."""
    with walk.read() as transaction:
        states = {name: transaction.catalogue.extract(extract_id).state for name, extract_id in walk.ids.items()}
        assert all(job.state.value == "done" for job in transaction.jobs.jobs())
        verify(transaction.audit.entries())

    assert states == {
        "full": ExtractState.PUBLISHED,
        "increment": ExtractState.PUBLISHED,
        "broken": ExtractState.QUARANTINED,
        "unreadable": ExtractState.REFUSED,
        "elsewhere": ExtractState.REFUSED,
    }


def test_an_increment_adds_to_the_version_before(walk: Walk) -> None:
    """Two versions, the second with the rows of both extracts; the first stays as it was."""
    with walk.read() as transaction:
        first, second = transaction.catalogue.versions("visits")

    assert first.extract_ids == (walk.ids["full"],)
    assert second.extract_ids == (walk.ids["full"], walk.ids["increment"])
    assert (first.rows, second.rows) == (120, 180)
    assert len(walk.table(walk.settings.research / first.path)) == 120
    assert len(walk.table(walk.settings.research / second.path)) == 180


def test_a_version_holds_published_columns_only(walk: Walk) -> None:
    """Keys and match fields are gone, the date of birth is an age band, invalid cells are missing."""
    with walk.read() as transaction:
        version = transaction.catalogue.version("visits", 1)
    table = walk.table(walk.settings.research / version.path)

    assert set(table[0]) == {"unit_ref", "born", "ward", "minutes", "note"}
    assert {row["ward"] for row in table} == {"east", "west", None}
    assert all(row["born"] is None or row["born"][0].isdigit() for row in table)
    assert len({row["unit_ref"] for row in table}) == 41


def test_research_holds_nothing_but_recorded_versions(walk: Walk) -> None:
    """What was refused or held left no folder in the research zone, and no attempt left one aside."""
    with walk.read() as transaction:
        recorded = {version.path for version in transaction.catalogue.versions("visits")}
    research = walk.settings.research

    assert {str(path.relative_to(research)) for path in research.glob("*/*")} == recorded


def test_a_view_has_the_granted_columns_under_the_projects_own_names(walk: Walk) -> None:
    """Granted and published columns only; a person keeps a name across versions, another in each project."""
    before, after = walk.view("early_help", 1), walk.view("early_help", 2)
    other = walk.view("late_help")
    with walk.read() as transaction:
        version = transaction.catalogue.version("visits")
    refs = {row["unit_ref"] for row in walk.table(walk.settings.research / version.path)}

    assert set(after[0]) == {"unit_id", "born", "ward", "minutes"}
    assert set(other[0]) == {"unit_id", "ward", "note"}
    ours, theirs = {row["unit_id"] for row in after}, {row["unit_id"] for row in other}
    assert {row["unit_id"] for row in before} < ours
    assert len(ours) == len(theirs) == len(refs) == 51
    assert not ours & theirs
    assert not (ours | theirs) & refs


def test_an_expired_project_gets_no_view(walk: Walk) -> None:
    """A project past its end has no views."""
    with walk.read() as transaction:
        assert transaction.catalogue.views("over") == ()


def test_a_view_is_laid_out_by_person(walk: Walk, spark: SparkSession) -> None:
    """Declared with its buckets, it is grouped by person without a shuffle; declared without them, it is not."""
    with walk.read() as transaction:
        view = transaction.catalogue.view("early_help", "visits")
    folder = walk.settings.views / view.path
    columns = "unit_id STRING, born STRING, ward STRING, minutes BIGINT"
    buckets = f"CLUSTERED BY (unit_id) SORTED BY (unit_id) INTO {view.buckets} BUCKETS"

    def exchanges(name: str, clause: str) -> int:
        spark.sql(f"CREATE TABLE {name} ({columns}) USING parquet {clause} LOCATION '{folder}'")
        try:
            counted = spark.table(name).groupBy("unit_id").count()
            assert counted.count() == 51
            return counted._jdf.queryExecution().executedPlan().toString().count("Exchange hashpartitioning")
        finally:
            spark.sql(f"DROP TABLE {name}")

    assert len(list(folder.iterdir())) <= view.buckets
    assert exchanges("plain_view", "") > 0
    assert exchanges("laid_out_view", buckets) == 0
    for file in folder.glob("*.parquet"):
        ids = pq.read_table(file)["unit_id"].to_pylist()
        assert ids == sorted(ids)


def test_reports_count_what_was_blanked_and_broken(walk: Walk) -> None:
    """A published extract's report has its counts; a held one says which column broke what, in how many rows."""
    with walk.read() as transaction:
        full = transaction.catalogue.extract_report(walk.ids["full"])
        broken = transaction.catalogue.extract_report(walk.ids["broken"])
        unreadable = transaction.catalogue.extract_report(walk.ids["unreadable"])
        elsewhere = transaction.catalogue.extract_report(walk.ids["elsewhere"])

    failed = {
        (check["check"], check["column"]): (check["failed"], check["checked"], check["passed"])
        for check in full["checks"]
        if check["failed"]
    }
    assert failed[("valid", "ward")] == (1, 120, True)
    assert failed[("valid", "nhs_number")] == (1, 120, True)
    assert failed[("valid", "minutes")] == (1, 120, True)
    assert full["version"] == 1
    assert full["linkage"]["persons"] == 41
    risk = full["disclosure_risk"]
    assert (risk["quasi_identifiers"], risk["units"], risk["k"]) == (["born", "ward"], 41, 1)
    # The one whose ward was blanked is the only one over ninety too.
    assert risk["special"]["sets"] == [{"columns": ["born"], "units": 1}, {"columns": ["ward"], "units": 1}]
    assert [one["k"] >= 5 for one in risk["suggestions"]] == [True] * len(risk["suggestions"]) != []
    assert broken["verdict"] == "quarantined"
    assert "ward is not valid in 10 of 30 rows" in broken["reasons"][0]
    assert unreadable["faults"][0]["kind"] == "missing_column"
    assert unreadable["faults"][0]["columns"] == ["note"]
    assert "another key" in elsewhere["reasons"][0]


def test_every_raw_extract_is_destroyed(walk: Walk) -> None:
    """Published, held or refused: no header and no payload is left, and scratch is empty."""
    raw = RawExtracts.of(walk.settings)

    assert all(raw.is_destroyed(extract_id) for extract_id in walk.ids.values())
    assert list(walk.settings.scratch.iterdir()) == []
    with walk.read() as transaction:
        entries = [entry.event for entry in transaction.audit.entries()]
    shredded = [event.subject for event in entries if event.action is Action.EXTRACT_SHREDDED]
    assert sorted(shredded) == sorted(walk.ids.values())


def test_no_marked_value_is_anywhere(walk: Walk) -> None:
    """Values planted in every column are in no file, database, report, table or word that the lab left behind.

    The redacted note may stand in the research zone and the view that was granted it: free text is searched for
    identifiers, not deleted.
    """
    everywhere = [*MARKS.values(), REWRITTEN, KNOWN]
    held = json.dumps([walk.output])
    tables = {
        path: json.dumps(pq.read_table(path).to_pylist(), default=str) for path in walk.settings.home.rglob("*.parquet")
    }
    texts = {path: path.read_bytes().decode("latin-1") for path in walk.settings.home.rglob("*") if path.is_file()}

    found = {
        (mark, str(path.relative_to(walk.settings.home)))
        for mark in everywhere
        for source in (tables, texts)
        for path, text in source.items()
        if mark in text
    }

    assert len(tables) > 10
    assert not [mark for mark in everywhere if mark in held]
    assert {mark for mark, _ in found} <= {MARKS["note"], KNOWN}
    assert all(path.startswith(("zones/research/visits/", "zones/views/late_help/")) for _, path in found)
    assert {mark for mark, _ in found} >= {KNOWN}, "the search itself must find what is known to be there"


def test_no_key_is_anywhere_but_in_its_file(walk: Walk) -> None:
    """No secret of the ingest keys stands in another file or in what the worker said."""
    keys = list(walk.settings.ingest_keys.rglob("*.key"))
    secrets = {form for path in keys for form in (path.read_bytes(), path.read_bytes().hex().encode())}
    others = [path for path in walk.settings.home.rglob("*") if path.is_file() and path not in keys]

    assert len(keys) >= 4
    assert [path for path in others if any(secret in path.read_bytes() for secret in secrets)] == []
    assert not any(secret in walk.output.encode() for secret in secrets)
