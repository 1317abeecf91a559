"""The whole journey on third-party extracts, submitted as they are, faults included.

One lab receives seventeen files of nine agencies. What is refused is refused for the right reason; what is published
answers questions, whose bundles verify. What was learnt from them stands in docs/real-extracts.md.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from whole_lab import WholeLab

from anonymise.keys.keyring import KeyRing
from anonymise.keys.pseudonyms import unit_ref
from datalab.catalogue import Extract, ExtractKind, ExtractState
from datalab.query.build import ask, col
from ingest.landing.receipt import Outcome

pytestmark = [pytest.mark.data, pytest.mark.spark, pytest.mark.timeout(1800)]

CONTRACTS = Path(__file__).parents[1] / "contracts"
FULL, INCREMENTAL = ExtractKind.FULL, ExtractKind.INCREMENTAL
DELIVERIES = (
    ("police_street_surrey", "police/2022-10-surrey-street.csv.gz", FULL, "2022-10-01", "2022-10-31"),
    ("police_street_surrey", "police/2022-11-surrey-street.csv.gz", INCREMENTAL, "2022-11-01", "2022-11-30"),
    ("police_street_surrey", "police/2022-12-surrey-street.csv.gz", INCREMENTAL, "2022-12-01", "2022-12-31"),
    ("police_street_west_yorkshire", "police/2018-07-west-yorkshire-street.csv.gz", FULL, "2018-07-01", "2018-07-31"),
    ("ae_attendances_local_id", "nhs/odi_hospital_ae_data.csv", FULL, "2019-04-01", "2019-04-07"),
    ("ae_attendances_nhs_number", "nhs/odi_hospital_ae_data.csv", FULL, "2019-04-01", "2019-04-07"),
    ("ae_monthly_counts", "nhs/ae_attendances.csv", FULL, "2016-04-01", "2019-03-31"),
    ("tagged_persons", "probation/persons.csv", FULL, "2025-08-06", "2025-08-06"),
    ("tag_events", "probation/event-2025-08-06T00_05_00.0000.csv", FULL, "2025-08-06", "2025-08-06"),
    ("tag_events", "probation/event-2025-08-06T00_10_00.0000.csv", INCREMENTAL, "2025-08-06", "2025-08-06"),
    ("tag_events", "probation/event-2025-08-06T00_15_00.0000.csv", INCREMENTAL, "2025-08-06", "2025-08-06"),
    ("tag_events_as_documented", "probation/event-2025-08-06T00_05_00.0000.csv", FULL, "2025-08-06", "2025-08-06"),
    ("case_notes", "casework/synthetic-case-notes.csv", FULL, "2024-01-01", "2024-12-31"),
    ("absence_areas", "education/dfe_absence_nat_reg_la_2006_2018.parquet", FULL, "2006-09-01", "2018-08-31"),
    ("exclusions", "education/dfe_exclusions_by_reason.csv", FULL, "2006-09-01", "2018-08-31"),
    ("register_a", "linkage/febrl4a.csv", FULL, "2024-01-01", "2024-12-31"),
    ("register_b", "linkage/febrl4b.csv", FULL, "2024-01-01", "2024-12-31"),
)
"""Contract, file, kind and period of every delivery, in order."""
FEW = ("ae_attendances_local_id", "ae_attendances_nhs_number", "tagged_persons", "tag_events_as_documented")
"""Contracts that are worked on every time; all of them take minutes."""
HELD = {
    "ae_attendances_nhs_number": (ExtractState.QUARANTINED, "Health Service ID"),
    "tag_events_as_documented": (ExtractState.QUARANTINED, "event_name"),
}
"""Contracts whose extract must not be published, and the column that is the reason."""
USES = {
    "police_street_surrey": ("Month", "Crime type"),
    "police_street_west_yorkshire": ("Month", "Crime type"),
    "ae_attendances_local": ("Hospital", "Gender", "Time in A&E (mins)"),
    "tagged_persons": ("timestamp",),
    "tag_events": ("event_name",),
    "case_notes": ("gender", "location", "case_note"),
    "absence_areas": ("geographic_level", "time_period", "enrolments"),
    "register_a": ("state",),
    "register_b": ("state",),
}


@dataclass(kw_only=True)
class Received:
    """The lab after every delivery was worked on."""

    lab: WholeLab
    data: Path
    ids: dict[str, list[str]] = field(default_factory=dict)
    """Extract ids by contract, in order of delivery."""

    def extract(self, contract: str, place: int = 0) -> Extract:
        """Return one delivery's extract."""
        with self.lab.lab.control.read() as tx:
            return tx.catalogue.extract(self.ids[contract][place])

    def report(self, contract: str) -> str:
        """Return the report of a contract's first delivery, as text."""
        with self.lab.lab.control.read() as tx:
            return str(tx.catalogue.extract_report(self.ids[contract][0]))


@pytest.fixture(scope="module")
def few(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Received:
    """One lab that was sent a few of them."""
    return _received(test_data, tmp_path_factory.mktemp("few") / "lab", FEW)


@pytest.fixture(scope="module")
def received(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Received:
    """One lab that was sent everything."""
    return _received(test_data, tmp_path_factory.mktemp("real") / "lab", tuple(name for name, *_ in DELIVERIES))


def _received(data: Path, home: Path, names: tuple[str, ...]) -> Received:
    lab = WholeLab(home=home)
    done = Received(lab=lab, data=data)
    deliveries = [one for one in DELIVERIES if one[0] in names]
    contracts = {name: lab.promise(CONTRACTS / f"{name}.yaml") for name, *_ in deliveries}
    for name, file, kind, first, last in deliveries:
        period = (date.fromisoformat(first), date.fromisoformat(last))
        receipt = lab.deliver(data / file, contracts[name], kind=kind, period=period)
        assert receipt.outcome is Outcome.ACCEPTED, (name, receipt.reason)
        done.ids.setdefault(name, []).append(str(receipt.extract_id))
    datasets = {contract.dataset for contract in contracts.values()}
    lab.project("learning", {dataset: columns for dataset, columns in USES.items() if dataset in datasets})
    lab.work()
    return done


@pytest.mark.parametrize("name", FEW)
def test_some_extracts_end_as_their_contracts_say(few: Received, name: str) -> None:
    """What keeps its contract is published; what breaks it is held, and the report names the column."""
    _check_end(few, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({name for name, *_ in DELIVERIES}))
def test_each_extract_ends_as_its_contract_says(received: Received, name: str) -> None:
    """The same of every one of them."""
    _check_end(received, name)


def _check_end(received: Received, name: str) -> None:
    state, column = HELD.get(name, (ExtractState.PUBLISHED, ""))

    for place in range(len(received.ids[name])):
        extract = received.extract(name, place)
        assert extract.state is state, received.report(name)
        assert not (received.lab.lab.settings.ingest_keys / "extracts" / f"{extract.id}.header").exists()
    if column:
        assert column in received.report(name)


@pytest.mark.slow
def test_increments_add_up_to_versions(received: Received) -> None:
    """Three monthly files of one force make three immutable versions; the last holds every month."""
    rows = [len(pd.read_csv(received.data / file)) for name, file, *_ in DELIVERIES if name == "police_street_surrey"]

    with received.lab.lab.control.read() as tx:
        versions = tx.catalogue.versions("police_street_surrey")

    assert [version.rows for version in versions] == [rows[0], sum(rows[:2]), sum(rows)]


@pytest.mark.slow
def test_a_question_on_street_crime_is_answered_near_the_truth(received: Received) -> None:
    """Crimes by kind and month, record-level, from three increments: every cell within six noise scales."""
    question = (
        ask("police_street_surrey").group_by("Month", "Crime type").count_rows().spend(rho="1/2", rows_per_unit=1)
    )

    bundle = received.lab.release(question, project="learning")

    files = [received.data / file for name, file, *_ in DELIVERIES if name == "police_street_surrey"]
    truth = pd.concat(pd.read_csv(file) for file in files).groupby(["Month", "Crime type"]).size().to_dict()
    sigma = 1.0  # L2 sensitivity 1 at rho 1/2
    assert sum(truth.values()) > 10_000
    for cell in bundle.answer.cells:
        assert abs(float(cell.estimates[0].value or 0) - truth.get(cell.keys, 0)) <= 6 * sigma


@pytest.mark.slow
def test_two_agencies_are_linked_as_the_truth_says(
    received: Received, record_property: Callable[[str, object], None]
) -> None:
    """The two febrl registers become one population: precision at least .999 and recall at least .98."""
    settings = received.lab.lab.settings
    key = KeyRing.open(settings.ingest_keys)
    with received.lab.lab.control.read() as tx:
        generation = tx.catalogue.linkage_generation()
    assert generation is not None
    links = pd.read_parquet(settings.linkage / generation.path / "links").set_index("unit_ref")["spine_id"]
    with (received.data / "linkage" / "febrl4_links.csv").open() as file:
        pairs = list(csv.reader(file))[1:]

    def spine(dataset: str, record: str) -> str:
        return str(links[unit_ref(key.key(f"unit-ref/{dataset}"), record)])

    first = {left: spine("register_a", left) for left, _ in pairs}
    second = {right: spine("register_b", right) for _, right in pairs}
    owner = {spine_id: left for left, spine_id in first.items()}
    right_links = sum(first[left] == second[right] for left, right in pairs)
    all_links = sum(spine_id in owner for spine_id in second.values())
    record_property("precision", right_links / all_links)
    record_property("recall", right_links / len(pairs))

    assert len(pairs) == 5000
    assert right_links / all_links >= 0.999
    assert right_links / len(pairs) >= 0.98


@pytest.mark.slow
def test_a_question_over_two_agencies_counts_linked_people(received: Received) -> None:
    """People in both registers, by joined views of one project: near the number that truth gives."""
    question = ask("register_a").join("register_b").count_units(name="people").spend(rho="1/2", rows_per_unit=1)

    bundle = received.lab.release(question, project="learning")

    assert 4900 <= float(bundle.answer.cells[0].estimates[0].value or 0) <= 5010


@pytest.mark.slow
def test_events_join_the_persons_of_their_key_space(received: Received) -> None:
    """Tag events and persons of one agency share its person keys: their views join without match fields."""
    question = ask("tag_events").join("tagged_persons").count_units(name="people").spend(rho="1/2", rows_per_unit=20)
    files = [received.data / file for name, file, *_ in DELIVERIES if name == "tag_events"]
    truth = pd.concat(pd.read_csv(file) for file in files)["person_id"].nunique()

    bundle = received.lab.release(question, project="learning")

    assert abs(float(bundle.answer.cells[0].estimates[0].value or 0) - truth) <= 6


@pytest.mark.slow
def test_public_reference_data_is_exact_and_free(received: Received) -> None:
    """Published statistics have no privacy unit: the answer is exact, costs nothing, and is reviewed all the same."""
    question = (
        ask("absence_areas")
        .where(col("geographic_level") == "National")
        .group_by("time_period")
        .count_rows()
        .spend(rho="1/1000", rows_per_unit=1)
    )
    truth = pd.read_parquet(received.data / "education" / "dfe_absence_nat_reg_la_2006_2018.parquet")
    truth = truth[truth["geographic_level"] == "National"].groupby("time_period").size()

    bundle = received.lab.release(question, project="learning")

    assert bundle.answer.cost.nano_rho == 0
    found = {cell.keys[0]: cell.estimates[0].value for cell in bundle.answer.cells}
    assert {str(year): int(count) for year, count in truth.items()} == {key: n for key, n in found.items() if n}


@pytest.mark.slow
def test_a_person_s_own_name_is_gone_from_their_case_note(
    received: Received, record_property: Callable[[str, object], None]
) -> None:
    """No more than one note in fifty of the project's view still holds its subject's first or last name."""
    settings = received.lab.lab.settings
    with received.lab.lab.control.read() as tx:
        view = tx.catalogue.view("learning", "case_notes")
    notes = pd.read_parquet(settings.views / view.path)["case_note"].tolist()
    people = pd.read_csv(received.data / "casework" / "synthetic-case-notes.csv")
    full_names = set(people["first_name"] + " " + people["last_name"])

    missed = sum(any(name in note for name in full_names) for note in notes)
    record_property("missed", missed)

    assert len(notes) == len(people)
    assert missed <= len(notes) // 50
