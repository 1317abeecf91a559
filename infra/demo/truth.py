"""The truth behind the demonstration's questions, from the sample extracts themselves.

Only a fictional county has a truth file that says who is who. It is read here and nowhere in the lab.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from infra.demo.questions import BEFORE, FROM, TERM


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Exact counts by absence band."""

    pupils: dict[str, int]
    sessions_missed: dict[str, float]
    suspects: dict[str, int]


def read_truth(county: Path) -> Truth:
    """Count what the questions ask, with every person known by the truth file."""
    pupil, nominal = _persons(county / "truth" / "people.jsonl")
    school = pd.concat(pd.read_parquet(path) for path in sorted(county.glob("school_attendance-*.parquet")))
    school = school[school["term"] == TERM]
    bands = school.assign(person=school["pupil_id"].map(pupil)).dropna(subset=["absence_band"])
    police = pd.concat(pd.read_csv(path, dtype=str) for path in sorted(county.glob("police_incidents-*.csv")))
    when = pd.to_datetime(police["occurred_at"], format="%d/%m/%Y %H:%M")
    police = police[
        (police["incident_type"] == "antisocial behaviour")
        & (police["nominal_role"] == "suspect")
        & (when >= FROM)
        & (when < BEFORE)
    ]
    suspects = bands[bands["person"].isin(set(police["nominal_id"].map(nominal)))]
    return Truth(
        pupils=bands.groupby("absence_band")["person"].nunique().to_dict(),
        sessions_missed=bands.groupby("absence_band")["absence_sessions"].mean().to_dict(),
        suspects=suspects.groupby("absence_band")["person"].nunique().to_dict(),
    )


def _persons(file: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Return who stands behind each pupil id and each nominal id."""
    pupil: dict[str, int] = {}
    nominal: dict[str, int] = {}
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            person = json.loads(line)
            keys = person["keys"]
            pupil |= dict.fromkeys(keys.get("school_attendance", ()), person["person"])
            nominal |= dict.fromkeys(keys.get("police_incidents", ()), person["person"])
    return pupil, nominal
