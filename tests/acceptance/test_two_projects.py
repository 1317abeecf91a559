from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from whole_lab import WholeLab

from datalab.sample.county import make_county

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]


def test_two_projects_hold_no_pseudonym_in_common(tmp_path: Path) -> None:
    """Views of one dataset in two projects share no unit_id, while inside a project two datasets share people."""
    county = make_county(tmp_path / "county", people=900, seed=3)
    lab = WholeLab(home=tmp_path / "lab")
    for dataset in ("school_attendance", "ae_attendances"):
        extract = county.extract(dataset)
        contract = lab.promise(county.contracts / f"{dataset}.yaml")
        lab.deliver(extract.path, contract, period=(date(2023, 1, 1), date(2023, 12, 31)))
    uses = {"school_attendance": ("term",), "ae_attendances": ("ward",)}
    lab.project("first", uses, rho="1")
    lab.project("second", uses, rho="1")

    lab.work()

    units = {(project, dataset): _units(lab, project, dataset) for project in ("first", "second") for dataset in uses}
    assert units["first", "school_attendance"].isdisjoint(units["second", "school_attendance"])
    assert len(units["first", "school_attendance"]) == len(units["second", "school_attendance"])
    for project in ("first", "second"):
        assert len(units[project, "school_attendance"] & units[project, "ae_attendances"]) > 20


def _units(lab: WholeLab, project: str, dataset: str) -> set[str]:
    with lab.lab.control.read() as tx:
        view = tx.catalogue.view(project, dataset)
    frame = pd.read_parquet(lab.lab.settings.views / view.path)
    assert set(frame.columns) == {"unit_id", *view.columns}
    return set(frame["unit_id"])
