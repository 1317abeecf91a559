"""The contracts and drafts of the third-party extracts."""

from __future__ import annotations

from pathlib import Path

import pytest

from datalab.contract.drafting.draft import draft_contract
from datalab.contract.drafting.sample_file import read_sample
from datalab.contract.odcs.contract_file import parse_contract, read_contract
from datalab.errors import ContractError

CONTRACTS = Path(__file__).parents[1] / "contracts"
EXTRACTS = {
    "police_street_surrey": [f"police/2022-{month}-surrey-street.csv.gz" for month in (10, 11, 12)],
    "police_street_west_yorkshire": ["police/2018-07-west-yorkshire-street.csv.gz"],
    "ae_attendances_nhs_number": ["nhs/odi_hospital_ae_data.csv"],
    "ae_attendances_local_id": ["nhs/odi_hospital_ae_data.csv"],
    "ae_monthly_counts": ["nhs/ae_attendances.csv"],
    "tagged_persons": ["probation/persons.csv"],
    "tag_events": [f"probation/event-2025-08-06T00_{minute}_00.0000.csv" for minute in ("05", "10", "15")],
    "tag_events_as_documented": ["probation/event-2025-08-06T00_05_00.0000.csv"],
    "case_notes": ["casework/synthetic-case-notes.csv"],
    "absence_areas": ["education/dfe_absence_nat_reg_la_2006_2018.parquet"],
    "absence_schools": ["education/dfe_absence_school_sample_las.parquet"],
    "exclusions": ["education/dfe_exclusions_by_reason.csv"],
    "register_a": ["linkage/febrl4a.csv"],
    "register_b": ["linkage/febrl4b.csv"],
}
"""The files that each contract is about."""
FILES = sorted({file for files in EXTRACTS.values() for file in files})
TELLING = 4  # characters from which a value found in a draft is no accident


def test_every_contract_has_its_extract() -> None:
    """No contract lies about that is about no file."""
    assert sorted(EXTRACTS) == sorted(file.stem for file in CONTRACTS.glob("*.yaml"))


@pytest.mark.parametrize("name", EXTRACTS)
def test_a_contract_loads_and_says_what_to_expect(name: str) -> None:
    """Each contract loads, and its first lines say whether its extract is published or quarantined."""
    file = CONTRACTS / f"{name}.yaml"

    assert read_contract(file).columns
    assert (
        "\n# Expected: published" in file.read_text()
        or "\n# Expected: quarantined" in file.read_text()
        or ("\n# Expected: every month is published" in file.read_text())
    )


@pytest.mark.data
@pytest.mark.parametrize(("name", "file"), [(name, file) for name, files in EXTRACTS.items() for file in files])
def test_every_column_of_an_extract_is_declared(test_data: Path, name: str, file: str) -> None:
    """A contract lists the columns of its extract, all of them, in order."""
    contract = read_contract(CONTRACTS / f"{name}.yaml")

    assert [column.name for column in contract.columns] == list(read_sample(test_data / file, rows=1))


@pytest.mark.data
@pytest.mark.parametrize("file", FILES)
def test_a_draft_of_a_real_extract_tells_none_of_its_values(test_data: Path, file: str) -> None:
    """No value of the sample stands in the draft, but words that the draft has without it; and the draft is refused."""
    sample = read_sample(test_data / file)
    draft = draft_contract("extract", sample)
    silent = draft_contract("extract", {name: [] for name in sample})
    values = {value.strip() for column in sample.values() for value in column if len(value.strip()) >= TELLING}

    told = [value for value in values if value in draft and value not in silent]

    assert len(values) > 1
    assert told == []
    with pytest.raises(ContractError):
        parse_contract(draft, file)
