"""A report's suggestion is written into a contract's own file, and nothing else of it changes."""

from __future__ import annotations

import json
from difflib import ndiff
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from datalab.contract.change import changed_contract
from datalab.contract.edit import changed_text
from datalab.contract.odcs.contract_file import parse_contract, read_contract
from datalab.errors import ContractError
from ingest.commands.extract import app

VISITS = Path(__file__).parents[1] / "integration" / "ingest" / "visits.yaml"
BORN: dict[str, Any] = {
    "column": "born", "treatment": "generalise", "enum": None,
    "generalise": {"ageBand": 20, "top": 80, "on": "2024-01-01"},
}  # fmt: skip
AREA: dict[str, Any] = {
    "column": "ward", "treatment": "generalise", "enum": None,
    "generalise": {"others": [{"keep": "east"}, {"join": "west"}]},
}  # fmt: skip
LISTED: dict[str, Any] = {
    "column": "ward", "treatment": "keep", "enum": ["north", "south: old"], "generalise": None,
}  # fmt: skip
NO_WARD: dict[str, Any] = {"column": "ward", "treatment": "drop", "generalise": None, "enum": None}


def changed_lines(before: str, after: str) -> list[str]:
    """Return the lines that went and came."""
    return [line for line in ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def in_blocks(text: str) -> str:
    """Return the contract in block style, with a comment at each end of a line that a change may touch."""
    dumped: str = yaml.safe_dump(yaml.safe_load(text.replace(" on:", " 'on':")), sort_keys=False)
    return dumped.replace("value: generalise\n", "value: generalise  # ours\n") + "# Ours.\n"


@pytest.mark.parametrize("change", [BORN, AREA, LISTED, NO_WARD], ids=["band", "joined", "listed", "dropped"])
@pytest.mark.parametrize("layout", [str, in_blocks])
def test_a_change_leaves_everything_else(change: dict[str, Any], layout: Any) -> None:
    """The file says what was meant, and keeps its id, usage, limitations, comments and order."""
    before = layout(f"# Ours.\n{VISITS.read_text()}")

    after = changed_text(before, "visits.yaml", [change])

    assert parse_contract(after, "after") == changed_contract(parse_contract(before, "before"), [change])
    for kept in ("urn:datalab:test:visits", "Made up.", "usage: Counts.", "# Ours."):
        assert kept in after
    gone = [line for line in changed_lines(before, after) if line[0] == "-"]
    assert before.count("#") == after.count("#")
    touched = ("version", "treatment", "value", "ageBand", "top", "enum", "generalise", "'on'")
    assert all(any(word in line for word in touched) for line in gone)


@pytest.mark.parametrize("layout", [str, in_blocks])
@pytest.mark.parametrize("places", [(0, 1), (1, 0)])
def test_what_drops_the_last_quasi_identifier_drops_k_with_it(layout: Any, places: tuple[int, int]) -> None:
    """A contract without combinations to count cannot ask for k: a suggestion that leaves none can be applied."""
    asked = [
        "  - {property: datalab.minK, value: 5}\n  - {property: datalab.maxBelowK, value: 0.1}\n",
        "  - {property: datalab.population, value: 4000}\n",
    ]
    text = VISITS.read_text().replace(
        "  - {property: datalab.confirmed", f"{asked[places[0]]}{asked[places[1]]}  - {{property: datalab.confirmed"
    )
    born: dict[str, Any] = {**NO_WARD, "column": "born"}
    before = layout(text.replace("role, value: geography}", "role, value: quasi_identifier}"))
    stated = parse_contract(before, "before")
    assert (stated.min_k, [column.name for column in stated.quasi_identifiers]) == (5, ["born", "ward"])

    one, both = (parse_contract(changed_text(before, "x", gone), "after") for gone in ([born], [born, NO_WARD]))

    assert (one.min_k, one.max_below_k, one.population) == (5, 0.1, 4000)
    assert (both.min_k, both.max_below_k, both.population) == (None, 0, 4000)
    assert both == changed_contract(stated, [born, NO_WARD])


def suggest(folder: Path, contract: Path, out: Path) -> Result:
    """Have the command write the change of a report into a contract."""
    report = {"verdict": "quarantined", "disclosure_risk": {"suggestions": [{"changes": [BORN]}]}}
    (folder / "report.json").write_text(json.dumps(report))
    options = ["--contract", str(contract), "--out", str(out)]
    return CliRunner().invoke(app, ["suggestion", str(folder / "report.json"), *options])


def test_the_command_changes_what_it_prints(tmp_path: Path) -> None:
    """The lines that are printed with - and + are those in which the two files differ, all of them."""
    out = tmp_path / "after.yaml"

    done = suggest(tmp_path, VISITS, out)

    assert done.exit_code == 0, done.output
    printed = [line for line in done.output.splitlines() if line[:1] in {"+", "-"} and line[:3] not in {"+++", "---"}]
    differ = changed_lines(VISITS.read_text(), out.read_text())
    assert printed == [f"{line[0]}{line[2:]}" for line in differ]
    assert read_contract(out).version == "1.1.0"


def test_the_command_keeps_how_lines_end(tmp_path: Path) -> None:
    """A file that was saved on Windows stays one, whatever is written into it."""
    before, out = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_bytes(VISITS.read_bytes().replace(b"\n", b"\r\n"))

    assert suggest(tmp_path, before, out).exit_code == 0
    after = out.read_bytes()
    assert after.count(b"\r\n") == after.count(b"\n") == before.read_bytes().count(b"\n")


def test_the_command_refuses_a_file_that_it_cannot_read_whole(tmp_path: Path) -> None:
    """Text of another encoding is not written with signs in the place of its letters."""
    before, out = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_bytes(VISITS.read_bytes().replace(b"Made up.", "Costs in £.".encode("latin-1")))

    done = suggest(tmp_path, before, out)

    assert isinstance(done.exception, ContractError)
    assert "not UTF-8" in str(done.exception)
    assert not out.exists()
