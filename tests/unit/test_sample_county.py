"""A whole county: the same for a seed, true to its contracts, its truth and its effects."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from datalab.cli.sample import app
from datalab.contract.model import Contract, LogicalType, PrivacyUnit
from datalab.contract.odcs.contract_file import read_contract
from datalab.contract.published import published_columns
from datalab.errors import UserError
from datalab.sample.agencies import hospital, police, school, social_care
from datalab.sample.block import make_block
from datalab.sample.county import DATASETS, EVERY_DATASET, REFERENCE, County, blocks_of, make_county
from datalab.sample.extracts import SampleExtract
from datalab.sample.lives import effects
from datalab.sample.lives.calendar import PERIODS, TERMS
from datalab.sample.people.slips import Slip, SlipRates

PEOPLE = 12_000
RATES: dict[str, SlipRates] = {
    police.DATASET: police.RATES,
    school.DATASET: school.RATES,
    hospital.DATASET: hospital.RATES,
    social_care.DATASET: social_care.RATES,
}
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    """One county for all tests of this file."""
    return make_county(tmp_path_factory.mktemp("county"), people=PEOPLE, seed=7)


@pytest.fixture(scope="module")
def rows(county: County) -> dict[str, Rows]:
    """All rows of each dataset, both periods."""
    found: dict[str, Rows] = defaultdict(list)
    for extract in county.extracts:
        found[extract.dataset] += _read(extract.path)
    return found


@pytest.fixture(scope="module")
def people(county: County) -> Rows:
    """Who is who."""
    return _lines(county.truth / "people.jsonl")


def _lines(path: Path) -> Rows:
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def _read(path: Path) -> Rows:
    match path.suffix:
        case ".parquet":
            return pq.read_table(path).to_pylist()  # type: ignore[no-any-return] # pyarrow has no types
        case ".jsonl":
            return _lines(path)
        case ".gz":
            with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
                return _csv_rows(stream)
        case _:
            with path.open(encoding="utf-8", newline="") as stream:
                return _csv_rows(stream)


def _csv_rows(stream: Iterable[str]) -> Rows:
    return [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(stream)]


def _digests(county: County) -> dict[str, str]:
    return {
        path.relative_to(county.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(county.folder.rglob("*"))
        if path.is_file()
    }


def _persons(people: Rows, dataset: str) -> dict[str, int]:
    return {key: who["person"] for who in people for key in who["keys"].get(dataset, ())}


def test_a_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two runs agree in every file; another seed gives other files."""
    made = [
        _digests(make_county(tmp_path / name, people=1_300, seed=seed)) for name, seed in (("a", 5), ("b", 5), ("c", 6))
    ]
    assert made[0] == made[1]
    changed = {name for name in made[0] if made[0][name] != made[2][name]}
    assert len(changed) == len(made[0]) - len(EVERY_DATASET) - len(PERIODS)  # all but the contracts and the calendar


def test_a_block_needs_no_other_block() -> None:
    """A block made alone is the block that comes third."""
    third = list(blocks_of(people=3_000, seed=11))[2]
    assert make_block(seed=11, number=2, people=1_000) == third


def test_progress_is_told_in_people(tmp_path: Path) -> None:
    """The callback hears of each block, and of everybody at the end."""
    heard: list[int] = []
    make_county(tmp_path, people=2_100, seed=1, progress=heard.append)
    assert heard == [1_000, 2_000, 2_100]


@pytest.mark.parametrize("size", [0, 5_000_001])
def test_impossible_sizes_are_refused(tmp_path: Path, size: int) -> None:
    """Numbers stay different in a stated range only."""
    with pytest.raises(UserError, match="that many people"):
        make_county(tmp_path, people=size, seed=1)


def test_one_person_is_a_county(tmp_path: Path) -> None:
    """The smallest county has all its files, and they can be read."""
    made = make_county(tmp_path, people=1, seed=3)
    assert len(_lines(made.truth / "people.jsonl")) == 1
    assert [len(_read(extract.path)) for extract in made.extracts] == [extract.rows for extract in made.extracts]


def test_full_and_increment_part_by_time(county: County, rows: dict[str, Rows]) -> None:
    """Each dataset has a full extract and an increment, no row in both, and the rows that are reported."""
    for dataset in DATASETS:
        full, more = county.extract(dataset.name, "2023"), county.extract(dataset.name, "2024-q1")
        assert full.period.is_full
        assert not more.period.is_full
        assert full.rows + more.rows == len(rows[dataset.name])
        assert full.rows > more.rows > 0
    assert all(row["occurred_at"][6:10] == "2024" for row in _read(county.extract("police_incidents", "2024-q1").path))


def test_files_hold_the_columns_of_their_contracts(county: County) -> None:
    """Names and order of columns are the contract's, in every file."""
    for extract in county.extracts:
        wanted = [column.name for column in _contract(county, extract).columns]
        assert list(_read(extract.path)[0]) == wanted


def _contract(county: County, extract: SampleExtract) -> Contract:
    return read_contract(county.contracts / f"{extract.dataset}.yaml")


def test_values_keep_the_promises_of_their_contracts(county: County) -> None:
    """Missing and invalid values stay below the stated shares, unique columns are unique, keys have few enough rows."""
    for extract in county.extracts:
        contract, found = _contract(county, extract), _read(extract.path)
        for column in contract.columns:
            cells = [row[column.name] for row in found]
            given = [cell for cell in cells if cell is not None]
            missing = 1 - len(given) / len(cells)
            assert missing <= (0 if column.required else column.max_missing), column.name
            assert not column.unique or len(set(given)) == len(given), column.name
            listed = column.domain if column.generalisation is None else None
            wrong = sum(not _valid(cell, column.logical_type, column.date_format) for cell in given)
            wrong += sum(listed is not None and cell not in listed for cell in given)
            wrong += sum(column.pattern is not None and not re.fullmatch(column.pattern, cell) for cell in given)
            assert wrong <= column.max_invalid * len(cells), column.name
            if column.bounds is not None and column.logical_type in (LogicalType.INTEGER, LogicalType.NUMBER):
                assert all(column.bounds.lower <= int(cell) <= column.bounds.upper for cell in given), column.name


def _valid(cell: object, kind: LogicalType, date_format: str | None) -> bool:
    if kind not in (LogicalType.DATE, LogicalType.TIMESTAMP) or not isinstance(cell, str):
        return True
    try:
        datetime.strptime(cell, date_format) if date_format else datetime.fromisoformat(cell)  # noqa: DTZ007 - UTC
    except ValueError:
        return False
    return True


def test_nobody_has_more_rows_than_the_contract_allows(county: County, rows: dict[str, Rows]) -> None:
    """Over both periods no key passes the contract's most rows a unit."""
    for dataset in DATASETS:
        contract = read_contract(county.contracts / f"{dataset.name}.yaml")
        key = contract.person_key
        assert key is not None
        assert contract.max_rows_per_unit is not None
        assert max(Counter(row[key.name] for row in rows[dataset.name]).values()) <= contract.max_rows_per_unit


def test_every_key_belongs_to_one_person(county: County, rows: dict[str, Rows], people: Rows) -> None:
    """The truth knows whose every key is; some people have two keys, and no key has two people."""
    for dataset in DATASETS:
        key = read_contract(county.contracts / f"{dataset.name}.yaml").person_key
        assert key is not None
        owners = [k for who in people for k in who["keys"].get(dataset.name, ())]
        assert len(set(owners)) == len(owners)
        assert {row[key.name] for row in rows[dataset.name]} <= set(owners)
        assert any(len(who["keys"].get(dataset.name, ())) == 2 for who in people)


def test_every_identifier_stands_where_the_truth_says(county: County, rows: dict[str, Rows]) -> None:
    """The text between start and end is the identifier, for every text of every agency."""
    texts = _texts(rows)
    marks = _lines(county.truth / "identifiers.jsonl")
    for mark in marks:
        text = texts[mark["dataset"], mark["record"]]
        found = text[mark["start"] : mark["end"]]
        assert found == mark["value"]
        assert re.fullmatch(SHAPES.get(mark["type"], r"(?s)\S.*\S"), found), mark["type"]
        around = text[: mark["start"]][-1:] + text[mark["end"] :][:1]
        assert not re.search(r"\w", around), mark["type"]
    assert {mark["type"] for mark in marks} == {
        "person", "collar_number", "phone", "email", "vehicle_registration", "address", "postcode", "date",
        "date_of_birth", "nhs_number", "upn", "reference", "organisation",
    }  # fmt: skip
    assert {mark["dataset"] for mark in marks} == {"police_incidents", "ae_attendances", "social_care_contacts"}


def _texts(rows: dict[str, Rows]) -> dict[tuple[str, str], str]:
    columns = {
        "police_incidents": ("entry_id", "narrative"),
        "ae_attendances": ("attendance_id", "triage_note"),
        "social_care_contacts": ("contact_id", "case_note"),
    }
    return {(name, row[entry]): row[text] for name, (entry, text) in columns.items() for row in rows[name]}


PATTERNS = {
    "phone": r"(?:\+44 |0)(?:7700|1632) ?(?:900|960) ?\d{3}",
    "postcode": r"(?i)\bWX\d{1,2} \d[A-Z]{2}\b",
    "vehicle_registration": r"(?i)\b[TU][A-HJ-PR-Z]\d{2} [A-HJ-PR-Z]{3}\b",
    "email": r"(?i)\b[a-z]+\d+@example\.(?:com|org|net)",
    "nhs_number": r"\b99\d ?\d{3} ?\d{4}\b",
    "date": r"\b\d\d[/.]\d\d[/.](?:\d{4}|\d\d)\b",
}
"""What a reader of a text would take for an identifier, whatever the truth says."""
_DATE = r"(?i)\d\d([/.])\d\d\1(?:\d{4}|\d\d)|\d{1,2}(?:st|nd|rd|th)? [a-z]{3,9}(?: \d{4})?"
SHAPES = {
    **PATTERNS,
    "date": _DATE,
    "date_of_birth": _DATE,
    "collar_number": r"\d{4}",
    "upn": r"(?i)[A-Z]\d{12}",
    "person": r"[^\d]+",
    "reference": r"(?i)WXP/\d{9}/2[34]|RXW\d{7}|MASH-\d{8}",
}
"""What an identifier of each kind must look like as a whole."""


@pytest.mark.parametrize("kind", PATTERNS)
def test_nothing_that_looks_like_an_identifier_is_unmarked(county: County, rows: dict[str, Rows], kind: str) -> None:
    """The truth is complete: whatever has an identifier's shape lies inside a mark."""
    covered: dict[tuple[str, str], set[int]] = defaultdict(set)
    for mark in _lines(county.truth / "identifiers.jsonl"):
        covered[mark["dataset"], mark["record"]].update(range(mark["start"], mark["end"]))
    seen = 0
    for place, text in _texts(rows).items():
        for found in re.finditer(PATTERNS[kind], text):
            seen += 1
            assert set(range(*found.span())) <= covered[place], kind
    assert seen > 20


def test_texts_are_many_and_varied(rows: dict[str, Rows]) -> None:
    """With names, numbers and dates taken out, most texts of an agency are still unlike each other."""
    for name, column in (
        ("police_incidents", "narrative"),
        ("ae_attendances", "triage_note"),
        ("social_care_contacts", "case_note"),
    ):
        openings = {re.sub(r"[^a-z ]", "", row[column].lower())[:30] for row in rows[name]}
        assert len(openings) > min(150, 0.3 * len(rows[name]))
        assert 0.02 < sum(row[column].isupper() for row in rows[name]) / len(rows[name]) < 0.12
        assert 0.03 < sum(row[column].islower() for row in rows[name]) / len(rows[name]) < 0.16


@pytest.mark.parametrize("dataset", RATES)
def test_slips_come_at_the_stated_rates(people: Rows, dataset: str) -> None:
    """Each slip is within four standard deviations of its stated rate, at least where all people can make it."""
    rates = RATES[dataset]
    keys = [key for who in people for key in who["keys"].get(dataset, ())]
    slips = Counter(
        slip for who in people for key in who["keys"].get(dataset, ()) for slip in who["slips"].get(key, ())
    )
    stated = {
        Slip.NO_BIRTH_DATE: rates.no_birth_date,
        Slip.WRONG_SEX: rates.wrong_sex,
        Slip.NO_POSTCODE: rates.no_postcode,
        Slip.NO_NUMBER: rates.no_number,
        Slip.NO_PHONE: rates.no_phone,
    }
    for slip, rate in stated.items():
        spread = (len(keys) * rate * (1 - rate)) ** 0.5
        assert abs(slips[slip] - len(keys) * rate) <= 4 * spread, slip
    for slip, most in ((Slip.GIVEN_TYPO, rates.typo), (Slip.NICKNAME, rates.nickname), (Slip.MAIDEN, rates.maiden)):
        assert slips[slip] <= len(keys) * most + 4 * (len(keys) * most) ** 0.5, slip


def test_names_are_not_all_alike(people: Rows) -> None:
    """Hyphens, apostrophes, accents, several words and single names all occur, in many communities."""
    whole = [f"{who['given_name']} {who['surname']}" for who in people]
    for sign in ("-", "'", "é", "ł"):
        assert sum(sign in name for name in whole) > 3, sign
    assert sum(not who["surname"] for who in people) > 3
    assert sum(len(name.split()) > 2 for name in whole) > PEOPLE / 100
    assert len({who["community"] for who in people}) > 20
    assert sum(who["birth_surname"] != who["surname"] for who in people) > PEOPLE / 50


def test_absence_raises_antisocial_behaviour(rows: dict[str, Rows], people: Rows) -> None:
    """Incidents a pupil-term, counted from police and school files joined by the truth, show the stated rate ratios."""
    terms = {term.label: term for term in TERMS}
    born = {who["person"]: datetime.fromisoformat(who["date_of_birth"]) for who in people}
    suspects: dict[int, list[datetime]] = defaultdict(list)
    nominals, pupils = _persons(people, "police_incidents"), _persons(people, "school_attendance")
    for row in rows["police_incidents"]:
        if row["incident_type"] == "antisocial behaviour" and row["nominal_role"] == "suspect":
            suspects[nominals[row["nominal_id"]]].append(datetime.strptime(row["occurred_at"], "%d/%m/%Y %H:%M"))  # noqa: DTZ007 - UTC
    units: Counter[str] = Counter()
    incidents: Counter[str] = Counter()
    for row in rows["school_attendance"]:
        person, term = pupils[row["pupil_id"]], terms[row["term"]]
        if (term.first - born[person].date()).days < 10 * 365.25:
            continue
        units[row["absence_band"]] += 1
        incidents[row["absence_band"]] += sum(term.first <= at.date() <= term.last for at in suspects[person])
    rate = {band: incidents[band] / units[band] for band in effects.ABSENCE_BANDS}
    low, some, persistent, severe = (rate[band] for band in effects.ABSENCE_BANDS)
    assert 0.6 < low / effects.ANTISOCIAL_PER_TERM < 1.5
    assert 0.8 < some / low < 2.6
    assert 1.9 < persistent / low < 4.8
    assert 2.2 < severe / low < 10


def test_domestic_incidents_go_with_repeat_attendance(rows: dict[str, Rows], people: Rows) -> None:
    """Adult victims attend about three times as often as other adults, counted from police and hospital files."""
    nominals, patients = _persons(people, "police_incidents"), _persons(people, "ae_attendances")
    victims = {
        nominals[row["nominal_id"]]
        for row in rows["police_incidents"]
        if row["incident_type"] == "domestic incident" and row["nominal_role"] == "victim"
    }
    visits = Counter(patients[row["hospital_number"]] for row in rows["ae_attendances"])
    adults = [who["person"] for who in people if "1958" <= who["date_of_birth"][:4] <= "2006"]
    struck = [visits[person] for person in adults if person in victims]
    others = [visits[person] for person in adults if person not in victims]
    ratio = (sum(struck) / len(struck)) / (sum(others) / len(others))
    assert 2.2 < ratio < 4.0
    assert sum(count > 1 for count in struck) / len(struck) > 2 * sum(count > 1 for count in others) / len(others)


def test_burglars_come_back_near_and_soon(rows: dict[str, Rows]) -> None:
    """Pairs of burglaries within 200 m and 14 days are several times as many as distance and time alone would give.

    Knox's test (Knox 1964; Johnson and Bowers 2004 for burglary): expected pairs are near pairs times the share of all
    pairs that are close in time.
    """
    burglaries = [
        (int(row["easting"]), int(row["northing"]), datetime.strptime(row["occurred_at"], "%d/%m/%Y %H:%M"))  # noqa: DTZ007 - UTC
        for row in rows["police_incidents"]
        if row["incident_type"] == "burglary"
    ]
    near = soon = both = pairs = 0
    for place, (east, north, at) in enumerate(burglaries):
        for other_east, other_north, other_at in burglaries[:place]:
            is_near = (east - other_east) ** 2 + (north - other_north) ** 2 <= 200**2
            is_soon = abs(at - other_at) <= timedelta(days=14)
            pairs += 1
            near += is_near
            soon += is_soon
            both += is_near and is_soon
    expected = near * soon / pairs
    assert both / expected > 3
    # Each burglary sets off 0.4 others on average; chains give some pairs more.
    assert 0.2 < (both - expected) / len(burglaries) < 0.8


def test_the_truth_counts_what_came_of_the_effects(county: County, rows: dict[str, Rows]) -> None:
    """`effects.json` states every effect with parameters, and its counts agree with the files."""
    document = json.loads((county.truth / "effects.json").read_text(encoding="utf-8"))
    assert set(document["effects"]) == {effect.value for effect in effects.Effect}
    assert all(effect["says"] and effect["realised"] for effect in document["effects"].values())
    filed = Counter(
        row["incident_type"] for row in {row["incident_ref"]: row for row in rows["police_incidents"]}.values()
    )
    assert filed["burglary"] == document["incidents_by_type"]["burglary"]
    assert sum(filed.values()) >= 0.995 * sum(document["incidents_by_type"].values())


def test_memory_does_not_grow_with_the_county(tmp_path: Path) -> None:
    """Three times the people take hardly more memory."""
    peaks = []
    for size in (2_000, 6_000):  # from the second block on, two are alive while one follows the other
        tracemalloc.start()
        make_county(tmp_path / str(size), people=size, seed=1)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]


def test_the_command_writes_a_county(tmp_path: Path) -> None:
    """`datalab sample make` prints what it wrote and where."""
    done = CliRunner().invoke(app, ["make", "--people", "60", "--seed", "1", "--out", str(tmp_path / "county")])
    assert done.exit_code == 0, done.output
    assert "police_incidents-2024-q1.csv" in done.output
    assert (tmp_path / "county" / "truth" / "people.jsonl").is_file()


def test_the_calendar_dates_every_term_of_attendance(county: County, rows: dict[str, Rows]) -> None:
    """Terms are public, have no unit, follow each other without a gap, and are those that attendance names."""
    dated = [row for period in PERIODS for row in _read(county.extract(REFERENCE.name, period.name).path)]
    days = [(date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"])) for row in dated]

    assert {row["term"] for row in rows["school_attendance"]} == {row["term"] for row in dated}
    assert all(after[0] - before[1] == timedelta(days=1) for before, after in pairwise(days))
    contract = read_contract(county.contracts / f"{REFERENCE.name}.yaml")
    assert (contract.privacy_unit, contract.max_rows_per_unit) == (PrivacyUnit.PUBLIC, None)


def test_beats_are_listed_by_no_contract_and_some_are_rare(county: County, rows: dict[str, Rows]) -> None:
    """Beats can be asked for as unlisted values: some are of many people, some of few, and none says who."""
    contract = read_contract(county.contracts / "police_incidents.yaml")
    (beat,) = (column for column in published_columns(contract) if column.name == "beat")
    people: dict[str, set[str]] = defaultdict(set)
    for row in rows["police_incidents"]:
        people[row["beat"]].add(row["nominal_id"])
        quay = max(int(row["easting"]), int(row["northing"])) < 1_500
        square = f"{'ABC'[int(row['easting']) // 10_000]}{int(row['northing']) // 10_000 + 1}"
        assert row["beat"] == ("quay" if quay else square)

    assert (beat.values, beat.nullable) == (None, False)
    sizes = sorted(map(len, people.values()))
    assert len(sizes) == 7
    assert sizes[0] < 20
    assert sizes[1] > 100
