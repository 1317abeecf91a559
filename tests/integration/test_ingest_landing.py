"""The landing zone: one submission however often it comes, nothing lost however it ends, refusals that say why."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pyrage
import pytest

from datalab.audit.event import Action
from datalab.audit.log import verify
from datalab.catalogue import ExtractKind, ExtractState
from datalab.contract.odcs.contract_file import parse_contract
from datalab.control import ControlDatabase
from datalab.errors import ExtractError
from datalab.settings import Settings
from datalab.storage.databases import open_control
from ingest.custodian.delivery import deliver
from ingest.custodian.rehearse import create_throw_away_lab
from ingest.custodian.seal import SealedExtract, seal_extract
from ingest.landing.raw_extract import RawExtracts
from ingest.landing.receipt import Landing, Outcome, Point, Receipt
from ingest.sealed.agency_key import create_agency_key, read_agency_key
from ingest.sealed.landing_key import public_key_file, read_identity

CONTRACT = (Path(__file__).parent / "ingest" / "visits.yaml").read_text()
ROWS = "patient,nhs_number,surname,born,ward,minutes,note\nP1,,Ng,01/02/1990,east,5,MARKED NOTE\n"


def now() -> datetime:
    """Return a fixed time."""
    return datetime(2024, 2, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Lab:
    """A lab with one agency and one contract, and that agency's machine."""

    settings: Settings
    agency: Path

    @property
    def control(self) -> ControlDatabase:
        """The control database."""
        return open_control(self.settings.control_database)

    @property
    def inbox(self) -> Path:
        """Where agencies deliver."""
        return self.settings.landing / "inbox"

    def seal(self, rows: str = ROWS, *, key: str = "north_trust", first: date = date(2024, 1, 1)) -> SealedExtract:
        """Seal a file of rows."""
        source = self.agency / "visits.csv"
        source.write_text(rows)
        return seal_extract(
            source,
            contract=parse_contract(CONTRACT, "contract"),
            kind=ExtractKind.FULL,
            period_from=first,
            period_to=date(2024, 1, 31),
            key=read_agency_key(self.agency / f"{key}.key"),
            landing_key=public_key_file(self.settings).read_text(),
            folder=self.agency / "sealed",
            now=now(),
        )

    def receive(self) -> tuple[Receipt, ...]:
        """Receive what is in the inbox."""
        return Landing(settings=self.settings, control=self.control, clock=now).receive()

    def actions(self) -> list[Action]:
        """List what the audit log remembers of extracts and jobs, checked."""
        with self.control.read() as transaction:
            verify(transaction.audit.entries())
            entries = [entry.event.action for entry in transaction.audit.entries()]
        return [action for action in entries if action.value.startswith(("extract.", "job."))]


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A new lab."""
    agency = tmp_path / "agency"
    _, public = create_agency_key(agency, "north_trust")
    create_agency_key(agency, "impostor")
    settings = Settings(home=tmp_path / "lab")
    create_throw_away_lab(settings, CONTRACT, "north_trust", public.read_text(), clock=now)
    return Lab(settings=settings, agency=agency)


def test_an_extract_arrives_and_can_be_opened(lab: Lab, tmp_path: Path) -> None:
    """Sealed, sent, received: recorded with its job, split in two, and its plaintext comes back byte for byte."""
    sealed = lab.seal()
    deliver(sealed.manifest_file, lab.inbox)

    (receipt,) = lab.receive()

    assert receipt.outcome is Outcome.ACCEPTED
    extract_id = sealed.manifest.extract_id
    with lab.control.read() as transaction:
        assert transaction.catalogue.extract(extract_id).state is ExtractState.RECEIVED
        assert [job.subject for job in transaction.jobs.jobs()] == [extract_id]
    raw = RawExtracts.of(lab.settings)
    assert raw.digest(extract_id) == sealed.manifest.ciphertext_sha256
    raw.decrypt(extract_id, read_identity(lab.settings), tmp_path / "plain")
    assert (tmp_path / "plain").read_text() == ROWS
    assert lab.actions() == [Action.EXTRACT_RECEIVED, Action.JOB_QUEUED]
    assert list(lab.inbox.iterdir()) == []


def test_neither_half_opens_alone(lab: Lab) -> None:
    """The landing zone's payload is not an age file, and the header holds nothing of the payload; both are needed."""
    sealed = lab.seal()
    deliver(sealed.manifest_file, lab.inbox)
    lab.receive()
    header = lab.settings.ingest_keys / "extracts" / f"{sealed.manifest.extract_id}.header"
    payload = lab.settings.landing / "sealed" / f"{sealed.manifest.extract_id}.payload"

    assert header.stat().st_mode & 0o777 == 0o600
    assert header.read_bytes() + payload.read_bytes() == sealed.ciphertext.read_bytes()
    for half in (header, payload):
        with pytest.raises((pyrage.DecryptError, OSError)):
            pyrage.decrypt(half.read_bytes(), [read_identity(lab.settings)])


def test_shredding_destroys_what_the_landing_key_could_open(lab: Lab, tmp_path: Path) -> None:
    """After shredding neither half is left, whoever holds the landing key; shredding again does no harm."""
    sealed = lab.seal()
    deliver(sealed.manifest_file, lab.inbox)
    lab.receive()
    raw = RawExtracts.of(lab.settings)

    raw.shred(sealed.manifest.extract_id)
    raw.shred(sealed.manifest.extract_id)

    assert raw.is_destroyed(sealed.manifest.extract_id)
    with pytest.raises(ExtractError):
        raw.decrypt(sealed.manifest.extract_id, read_identity(lab.settings), tmp_path / "plain")
    assert not (tmp_path / "plain").exists()


def test_the_same_file_twice_is_one_submission(lab: Lab) -> None:
    """The same ciphertext again is a duplicate: one extract, one job, one event that says so, no second copy."""
    sealed = lab.seal()
    for _ in range(3):
        deliver(sealed.manifest_file, lab.inbox)
        last = lab.receive()

    assert [receipt.outcome for receipt in last] == [Outcome.DUPLICATE]
    assert lab.actions() == [Action.EXTRACT_RECEIVED, Action.JOB_QUEUED, *[Action.EXTRACT_DUPLICATE] * 2]
    assert [path.suffix for path in (lab.settings.landing / "sealed").iterdir()].count(".payload") == 1
    assert list((lab.settings.landing / "claimed").iterdir()) == []


def test_the_same_content_sealed_twice_is_one_submission(lab: Lab) -> None:
    """Another ciphertext of the same rows is a duplicate; other rows are not."""
    for rows in (ROWS, ROWS, ROWS.replace("P1", "P2")):
        deliver(lab.seal(rows).manifest_file, lab.inbox)
        (last,) = lab.receive()
        if rows == ROWS:
            first = last

    assert first.outcome is Outcome.DUPLICATE
    assert last.outcome is Outcome.ACCEPTED
    with lab.control.read() as transaction:
        assert len(transaction.catalogue.extracts("visits")) == 2


def test_extracts_are_queued_in_the_order_of_their_periods(lab: Lab) -> None:
    """Sealed in one second and delivered together, the earlier period is queued first, whatever the file names."""
    ids = {}
    for day in (5, 3, 1, 4, 2):
        sealed = lab.seal(ROWS.replace("P1", f"P{day}"), first=date(2024, 1, day))
        ids[day] = sealed.manifest.extract_id
        deliver(sealed.manifest_file, lab.inbox)

    lab.receive()

    with lab.control.read() as transaction:
        queued = [job.subject for job in transaction.jobs.jobs()]
    assert queued == [ids[day] for day in sorted(ids)]


def flip(path: Path) -> None:
    """Change one byte in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    """Cut a file off."""
    path.write_bytes(path.read_bytes()[:-100])


def link(path: Path) -> None:
    """Put a link in the place of a file."""
    target = path.with_name("elsewhere")
    path.rename(target)
    path.symlink_to(target)


def age(path: Path) -> None:
    """Have a manifest say a time that is before all time in Greenwich."""
    path.write_bytes(path.read_bytes().replace(b"2024-02-01T00:00:00+00:00", b"0001-01-01T00:00:00+23:00"))


SPOILED: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "flipped ciphertext": (".age", flip, "not the one that the manifest describes"),
    "cut ciphertext": (".age", cut, "not the one that the manifest describes"),
    "empty ciphertext": (".age", lambda path: path.write_bytes(b""), "not the one that the manifest describes"),
    "linked ciphertext": (".age", link, "not a plain file"),
    "flipped manifest": (".manifest.json", flip, "manifest"),
    "cut manifest": (".manifest.json", cut, "cannot be read"),
    "linked manifest": (".manifest.json", link, "not a plain file"),
    "manifest of no time": (".manifest.json", age, "cannot be read"),
    "no manifest": (".manifest.json", lambda path: path.write_bytes(b"{}"), "cannot be read"),
}


@pytest.mark.parametrize(("ending", "spoil", "reason"), SPOILED.values(), ids=SPOILED)
def test_a_spoiled_delivery_is_put_aside(lab: Lab, ending: str, spoil: Callable[[Path], None], reason: str) -> None:
    """It is refused with a reason, its files are kept for the custodian, and the good files are accepted afterwards."""
    sealed = lab.seal()
    deliver(sealed.manifest_file, lab.inbox)
    spoil(lab.inbox / f"{sealed.manifest.extract_id}{ending}")

    (refused,) = lab.receive()

    assert refused.outcome is Outcome.REFUSED
    assert reason in refused.reason
    (place,) = (lab.settings.landing / "refused").iterdir()
    assert json.loads((place / "reason.json").read_text())["reason"] == refused.reason
    assert len(list(place.iterdir())) == 3
    assert lab.actions() == [Action.EXTRACT_REFUSED]
    deliver(sealed.manifest_file, lab.inbox)
    assert [receipt.outcome for receipt in lab.receive()] == [Outcome.ACCEPTED]


def test_an_impostor_and_a_stranger_are_refused(lab: Lab) -> None:
    """Another key than the agency's, an agency that nobody registered, a dataset of another agency: all refused."""
    deliver(lab.seal(key="impostor").manifest_file, lab.inbox)
    (impostor,) = lab.receive()
    global_contract = CONTRACT.replace("north_trust", "south_trust")
    source = lab.agency / "visits.csv"
    sealed = seal_extract(
        source,
        contract=parse_contract(global_contract, "contract"),
        kind=ExtractKind.FULL,
        period_from=date(2024, 1, 1),
        period_to=date(2024, 1, 31),
        key=read_agency_key(lab.agency / "impostor.key"),
        landing_key=public_key_file(lab.settings).read_text(),
        folder=lab.agency / "sealed",
        now=now(),
    )
    deliver(sealed.manifest_file, lab.inbox)
    (stranger,) = lab.receive()

    assert "not signed by north_trust" in impostor.reason
    assert "No agency called south_trust" in stranger.reason


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("version: 1.0.0", "version: 1.1.0", "Version 1.0.0 is in force"),
        ("- name: visits", "- name: stays", "no contract for stays"),
    ],
)
def test_an_extract_needs_the_contract_in_force(lab: Lab, old: str, new: str, reason: str) -> None:
    """Another version of the contract, or no contract, is a refusal that says which."""
    source = lab.agency / "visits.csv"
    source.write_text(ROWS)
    sealed = seal_extract(
        source,
        contract=parse_contract(CONTRACT.replace(old, new), "contract"),
        kind=ExtractKind.FULL,
        period_from=date(2024, 1, 1),
        period_to=date(2024, 1, 31),
        key=read_agency_key(lab.agency / "north_trust.key"),
        landing_key=public_key_file(lab.settings).read_text(),
        folder=lab.agency / "sealed",
        now=now(),
    )
    deliver(sealed.manifest_file, lab.inbox)

    (receipt,) = lab.receive()

    assert receipt.outcome is Outcome.REFUSED
    assert reason in receipt.reason


def test_a_ciphertext_that_is_not_there_yet_is_waited_for(lab: Lab) -> None:
    """A manifest that came first stays in the inbox; so does a ciphertext without a manifest, and any other file."""
    sealed = lab.seal()
    deliver(sealed.manifest_file, lab.inbox)
    ciphertext = lab.inbox / f"{sealed.manifest.extract_id}.age"
    content = ciphertext.read_bytes()
    ciphertext.unlink()
    (lab.inbox / "letter.txt").write_text("hello")

    assert lab.receive() == ()
    ciphertext.write_bytes(content)
    assert [receipt.outcome for receipt in lab.receive()] == [Outcome.ACCEPTED]
    assert [path.name for path in lab.inbox.iterdir()] == ["letter.txt"]


KILL = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from datalab.settings import Settings
from datalab.storage.databases import open_control
from ingest.landing.receipt import Landing

settings = Settings(home=Path(sys.argv[1]))
def die(point):
    if point.value == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
Landing(
    settings=settings, control=open_control(settings.control_database), clock=lambda: datetime.now(UTC), observe=die
).receive()
"""


@pytest.mark.parametrize("point", list(Point))
def test_a_killed_receipt_is_finished_by_the_next(lab: Lab, point: Point) -> None:
    """Killed at each point: afterwards there is one extract, one job, one copy, and no false word of a duplicate."""
    sealed = lab.seal()
    deliver(sealed.manifest_file, lab.inbox)

    died = subprocess.run([sys.executable, "-c", KILL, str(lab.settings.home), point.value], check=False)
    lab.receive()

    assert died.returncode == -9
    assert lab.actions() == [Action.EXTRACT_RECEIVED, Action.JOB_QUEUED]
    assert RawExtracts.of(lab.settings).digest(sealed.manifest.extract_id) == sealed.manifest.ciphertext_sha256
    for folder in ("inbox", "claimed"):
        assert list((lab.settings.landing / folder).iterdir()) == []


def test_no_plaintext_lies_anywhere(lab: Lab) -> None:
    """Sealing, sending and receiving write ciphertext only: a marked value is in no file but the custodian's own."""
    deliver(lab.seal().manifest_file, lab.inbox)
    lab.receive()

    holders = [
        path
        for root in (lab.settings.home, lab.agency)
        for path in root.rglob("*")
        if path.is_file() and b"MARKED NOTE" in path.read_bytes()
    ]

    assert holders == [lab.agency / "visits.csv"]


def test_the_stock_age_tool_opens_what_we_seal_and_we_open_what_it_seals(lab: Lab, tmp_path: Path) -> None:
    """A sealed extract is a standard age file, both ways."""
    age = next((Path(folder) / "age" for folder in os.get_exec_path() if (Path(folder) / "age").exists()), None)
    if age is None:
        pytest.skip("The `age` tool is not installed; Debian has it in the package `age`.")
    sealed = lab.seal()
    private = lab.settings.ingest_keys / "landing.key"

    opened = subprocess.run([age, "-d", "-i", private, sealed.ciphertext], capture_output=True, check=True).stdout
    theirs = tmp_path / "theirs.age"
    public = public_key_file(lab.settings).read_text().strip()
    subprocess.run([age, "-r", public, "-o", theirs, lab.agency / "visits.csv"], check=True)
    raw = RawExtracts.of(lab.settings)
    raw.keep("theirs", theirs, b"{}")
    raw.decrypt("theirs", read_identity(lab.settings), tmp_path / "plain")

    assert opened.decode() == ROWS
    assert (tmp_path / "plain").read_text() == ROWS
