"""A county's agencies walked through a whole lab, and studies asked there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from whole_lab import WholeLab

from datalab.catalogue import ExtractKind
from datalab.sample.county import County, make_county
from datalab.sample.lives import effects
from notebooks.studies import Study
from notebooks.studies.counts import Counts, counts_of

PROJECT = "studies"
GRANTED = "2"
"""rho that each custodian grants, and allocates to the one project."""
PERIODS = {
    "2023": (ExtractKind.FULL, (date(2023, 1, 1), date(2023, 12, 31))),
    "2024-q1": (ExtractKind.INCREMENTAL, (date(2024, 1, 1), date(2024, 3, 31))),
}
COLUMNS = {
    "school_attendance": ("term", "year_group", "absence_band"),
    "police_incidents": ("nominal_role", "incident_type", "occurred_at", "ward", "age_band"),
    "ae_attendances": ("arrived_at",),
}
"""What the project may use of each dataset."""


def switch_effects_off(patch: pytest.MonkeyPatch) -> None:
    """Make the counties that follow without any effect that the studies look for."""
    patch.setattr(effects, "ANTISOCIAL_RATE_RATIO", dict.fromkeys(effects.ABSENCE_BANDS, 1.0))
    patch.setattr(effects, "AE_RATE_RATIO", 1.0)
    patch.setattr(effects, "AE_SOON_AFTER", 0.0)
    patch.setattr(effects, "NEAR_REPEAT", 0.0)


def studied_lab(folder: Path, *, people: int, seed: int, datasets: Iterable[str]) -> tuple[County, WholeLab]:
    """Make a county, have some of its agencies deliver both periods, and open the one project.

    Free text is dropped instead of redacted: no study reads it, and it takes most of the time.
    """
    county = make_county(folder / "county", people=people, seed=seed)
    lab = WholeLab(home=folder / "lab")
    for dataset in datasets:
        file = county.contracts / f"{dataset}.yaml"
        file.write_text(file.read_text().replace("value: redact}", "value: drop}"))
        contract = lab.promise(file, rho=GRANTED)
        for name, (kind, period) in PERIODS.items():
            lab.deliver(county.extract(dataset, name).path, contract, kind=kind, period=period)
    lab.project(PROJECT, {dataset: COLUMNS[dataset] for dataset in datasets}, rho=GRANTED)
    lab.work()
    return county, lab


def answered(lab: WholeLab, study: Study) -> dict[str, Counts]:
    """Ask a study's questions through desk and review, and return what left in signed bundles."""
    bundles = {name: lab.release(question, project=PROJECT) for name, question in study.questions.items()}
    return {name: counts_of(bundle.answer, bundle.question) for name, bundle in bundles.items()}
