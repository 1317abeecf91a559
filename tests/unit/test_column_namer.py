"""Columns are named by their values, and a draft never tells one."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from treated_dataset import MODEL
from typer.testing import CliRunner

from anonymise.cli import register
from anonymise.columns import ValueNamer
from anonymise.prose.recognisers import load_recognisers
from datalab.contract.model import MatchKind, Role, Treatment
from datalab.errors import StateError

PEOPLE = [
    "Michael Turner",
    "Aisha Khan",
    "Sarah Johnson",
    "David Okafor",
    "Emma Wilson",
    "James Patel",
    "Anna Kowalska",
]


@pytest.fixture(scope="module")
def namer() -> ValueNamer:
    """The namer of the draft command."""
    return ValueNamer(load_recognisers(MODEL))


@pytest.mark.parametrize(
    ("values", "role", "treatment", "match"),
    [
        (["9434765919", "4010232137", "unknown", "9876543210"], Role.MATCH_FIELD, Treatment.DROP, MatchKind.NHS_NUMBER),
        (["943 476 5919", "4010232137", "9876543210"], Role.MATCH_FIELD, Treatment.DROP, MatchKind.NHS_NUMBER),
        (["AB123456C", "CE 12 34 56 A"], Role.MATCH_FIELD, Treatment.DROP, MatchKind.NINO),
        (["GU21 4XX", "ls1 4ap", "M11AE"], Role.GEOGRAPHY, Treatment.GENERALISE, MatchKind.POSTCODE),
        (["a.b@x.co.uk", "c@y.org"], Role.MATCH_FIELD, Treatment.DROP, MatchKind.EMAIL),
        (["07700 900123", "+44 7700 900456", "020 7946 0018"], Role.MATCH_FIELD, Treatment.DROP, MatchKind.PHONE),
        (["14 Acacia Avenue", "Flat 3, 9 High Street"], Role.MATCH_FIELD, Treatment.DROP, MatchKind.ADDRESS_LINE),
        (["10.0.0.1", "192.168.1.77"], Role.QUASI_IDENTIFIER, Treatment.DROP, None),
        (["AB12 CDE", "GX71ABC"], Role.QUASI_IDENTIFIER, Treatment.DROP, None),
        (["A1234AB", "A9876XY"], Role.QUASI_IDENTIFIER, Treatment.DROP, None),
        (["2003/0011985X", "03/11985X"], Role.QUASI_IDENTIFIER, Treatment.DROP, None),
        (["She came in with her mother and was seen at once by a nurse."] * 2, Role.FREE_TEXT, Treatment.REDACT, None),
        (PEOPLE, Role.QUASI_IDENTIFIER, Treatment.DROP, None),
        (["533401372", "518209934", "107755108"], Role.QUASI_IDENTIFIER, Treatment.DROP, None),
        (["980000000012", "980000000318", "980000000977"], Role.QUASI_IDENTIFIER, Treatment.DROP, None),
        (["ngozi42", "imran1988", "siobhan.murphy"], Role.QUASI_IDENTIFIER, Treatment.DROP, None),
        (["100023336956", "10070790482", "100062619419"], Role.QUASI_IDENTIFIER, Treatment.DROP, None),
        ([f"{day:02d}/07/{1940 + 5 * day}" for day in range(1, 13)], Role.MATCH_FIELD, Treatment.DROP,
         MatchKind.DATE_OF_BIRTH),
        (["Patel Ltd", "Hughes & Sons", "Osei Holdings", "Mills plc"], Role.ADMINISTRATIVE, Treatment.DROP, None),
        (["Ghana", "Poland", "India", "Jordan"], Role.GEOGRAPHY, Treatment.KEEP, None),
        (["Leeds", "Preston", "Kirkby", "Deal"] * 9, Role.GEOGRAPHY, Treatment.KEEP, None),
        (["Teacher", "Nurse", "Cleaner", "Driver", "Electrician"] * 9, Role.QUASI_IDENTIFIER, Treatment.KEEP, None),
        (["Grace", "Rose", "Mark", "Will"] * 9, Role.QUASI_IDENTIFIER, Treatment.DROP, None),
        ([name.upper() for name in PEOPLE], Role.QUASI_IDENTIFIER, Treatment.DROP, None),
    ],
)  # fmt: skip
def test_a_column_is_named_by_its_values(
    namer: ValueNamer, values: list[str], role: Role, treatment: Treatment, match: MatchKind | None
) -> None:
    """Check digits, patterns and names, each enough of them, say what a column is."""
    found = namer.suggest("c", values)

    assert found is not None
    assert (found.role, found.treatment) == (role, treatment)
    assert found.match == match
    assert not [value for value in values if value and value in found.reason]


@pytest.mark.parametrize(
    "values",
    [
        [],
        ["", "  "],
        ["1", "2", "3"],
        ["Male", "Female"],
        ["Dressing", "X-ray", "Stitches"],
        ["2024-01-01", "2024-02-03"],
        ["5551234567", "5551234568", "5551234569"],  # ten digits that fail the check: not NHS numbers
    ],
)
def test_ordinary_columns_are_not_linked(namer: ValueNamer, values: list[str]) -> None:
    """Codes, counts and days are not taken for what recognises a person."""
    found = namer.suggest("c", values)

    assert found is None or found.match is None


def test_a_draft_holds_no_value(tmp_path: Path) -> None:
    """The command reads a sample and writes questions; none of the cells is among them."""
    sample = tmp_path / "visits.csv"
    sample.write_text(
        "ref,c1,c2,c3\n" + "".join(f"R{n}77,{name},943 476 5919,Xq7Marker{n}\n" for n, name in enumerate(PEOPLE))
    )
    groups = {"contract": typer.Typer()}
    groups["contract"].command("other")(lambda: None)
    register(groups)

    done = CliRunner().invoke(groups["contract"], ["draft", str(sample), "--out", str(tmp_path / "draft.yaml")])

    assert done.exit_code == 0, done.output
    text = (tmp_path / "draft.yaml").read_text()
    assert "nhs_number" in text
    assert "names of people" in text
    assert "TO CONFIRM" in text
    assert not [value for value in ("943 476 5919", "Xq7Marker", "R077", *PEOPLE) if value in text + done.output]


def test_a_draft_replaces_no_file(tmp_path: Path) -> None:
    """A contract that somebody finished is not over-written."""
    (tmp_path / "visits.csv").write_text("a\n1\n")
    (tmp_path / "draft.yaml").write_text("finished")
    groups = {"contract": typer.Typer()}
    groups["contract"].command("other")(lambda: None)
    register(groups)

    done = CliRunner().invoke(
        groups["contract"], ["draft", str(tmp_path / "visits.csv"), "--out", str(tmp_path / "draft.yaml")]
    )

    assert isinstance(done.exception, StateError)
    assert (tmp_path / "draft.yaml").read_text() == "finished"
