"""A custodian learns who could be found in an extract, and lets the report's suggestion mend it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from datalab.contract.odcs.contract_file import read_contract

VISITS = Path(__file__).parents[1] / "integration" / "ingest" / "visits.yaml"
REPOSITORY = Path(__file__).parents[2]


def datalab(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command of the lab in a folder."""
    command = [sys.executable, "-m", "datalab.cli.main", *map(str, arguments)]
    environment = {
        "PATH": "/usr/bin:/bin",
        "TMPDIR": str(folder),
        "DATALAB_SPARK_MASTER": "local[2]",
        "PYTHONPATH": str(REPOSITORY),
        "COLUMNS": "200",
        **{name: os.environ[name] for name in ("JAVA_TOOL_OPTIONS",) if name in os.environ},
    }
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)


def rehearse(folder: Path, contract: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Rehearse the delivery of `visits.csv`."""
    period = ("--from", "2024-01-01", "--to", "2024-01-31")
    return datalab(folder, "extract", "rehearse", "visits.csv", "--contract", contract, *period, *options)


def write_visits(folder: Path) -> None:
    """Write forty people of a decade each in two wards, and one who is the only one of hers in the west."""
    lines = ["patient,nhs_number,surname,born,ward,minutes,note"]
    for number in range(40):
        born = f"01/02/{(1955, 1965, 1975, 1985)[number % 4]}"
        lines.append(f"P{number},,Ng,{born},{('east', 'west')[number // 20]},{number},")
    lines.append("P40,,Ng,01/02/1995,west,5,")
    (folder / "visits.csv").write_text("\n".join(lines) + "\n")


@pytest.mark.spark
@pytest.mark.slow
def test_a_custodian_applies_a_suggestion_and_the_extract_passes(tmp_path: Path) -> None:
    """An extract below its contract's k is held; the report's first suggestion, applied, lets it pass at that k."""
    write_visits(tmp_path)
    stated = VISITS.read_text().replace(
        "  - {property: datalab.confirmed",
        "  - {property: datalab.minK, value: 5}\n  - {property: datalab.population, value: 4000}\n"
        "  - {property: datalab.confirmed",
    )
    declared = "          - {property: datalab.quasiIdentifier, value: true}\n"
    for column in ("value: date_of_birth}\n", "value: geography}\n"):
        stated = stated.replace(column, column + declared)
    stated = stated.replace("treatment, value: redact", "treatment, value: drop")  # no text: nothing to load for it
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text(stated)

    held = rehearse(tmp_path, before, "--json")
    (tmp_path / "report.json").write_text(held.stdout)
    report = json.loads(held.stdout)
    changed = datalab(tmp_path, "extract", "suggestion", "report.json", "--contract", before, "--out", after)
    passed = rehearse(tmp_path, after, "--json")

    assert report["verdict"] == "quarantined"
    assert "1 of 41 units share their combination of born, ward with fewer than 5" in report["reasons"][0]
    risk = report["disclosure_risk"]
    assert (risk["k"], risk["units"], risk["combinations"]) == (1, 41, 9)
    assert risk["special"]["sets"] == [{"columns": ["born"], "units": 1}]
    assert sum(bar["units"] for bar in risk["sizes"]) == 41
    assert [one["k"] >= 5 for one in risk["suggestions"]] == [True] * len(risk["suggestions"]) != []
    kept = [one["information_kept"] for one in risk["suggestions"]]
    assert kept == sorted(kept, reverse=True)
    assert changed.returncode == 0, changed.stderr
    assert [
        line.strip("+ ").partition(", 'on'")[0]
        for line in changed.stdout.splitlines()
        if line.startswith("+") and not line.startswith("+++")
    ] == [
        "version: 1.1.0",
        "- {property: datalab.generalise, value: {ageBand: 20, top: 80",
    ]
    assert read_contract(after).version == "1.1.0"
    mended = json.loads(passed.stdout)
    assert mended["verdict"] == "good"
    assert mended["disclosure_risk"]["k"] == risk["suggestions"][0]["k"] >= 5
    assert mended["disclosure_risk"]["suggestions"] == []
