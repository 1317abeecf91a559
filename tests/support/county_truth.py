"""What the studies should find: their counts from the sample county's files, with everybody known by the truth folder.

Exact counts go through the same post-processing as released ones, so what they give is what the studies would find
without noise and with every person recognised. People are those of `truth/people.jsonl`; bounds are not applied, except
that each victim's burglaries count once, as the study asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from datalab.contract.odcs.contract_file import parse_contract
from datalab.sample.county import contract_texts
from datalab.sample.lives import effects
from notebooks.studies.absence import BANDS, OLD_ENOUGH, TERMS
from notebooks.studies.attendance import ADULT, DOMESTIC, GROUPS, OTHERS, WITHIN
from notebooks.studies.counts import ALL, Counts, Labels

PLANTED = {
    "antisocial behaviour, 5% to under 10% missed over under 5%: rate ratio": 1.5,
    "antisocial behaviour, 10% to under 50% missed over under 5%: rate ratio": 3.0,
    "antisocial behaviour, 50% or more missed over under 5%: rate ratio": 5.0,
    "A&E, victims of domestic incidents over other victims: rate ratio": effects.AE_RATE_RATIO,
    f"A&E, share of victims' visits that an incident brought within {WITHIN} days": effects.AE_SOON_AFTER,
    "burglary, near repeats: pairs in one ward and month beyond chance, a burglary": 0.345,
    "burglary, from 18:00 to midnight over a quarter of the day: ratio": 1.44,
}
"""True values by finding. The first five are planted as they stand. The last two are what the planted process gives
(0.4 offspring a burglary, 5 days later on average, at most 4 doors away; hours as `calendar.a_moment` draws them):
means of the exact findings over 40 counties of 40,000 people, standard errors 0.009 and 0.012."""
HOURS_WITHOUT_REPEATS = 1.68
"""The last one where no burglary sets off another: 4 times the chance that 24 (1 - u^1.6) is 18 or more."""


def exact_counts(county: Path) -> dict[str, Counts]:
    """Return the exact counts that all questions of all studies ask for, by the questions' names."""
    people = _people(county / "truth" / "people.jsonl")
    police, visits, terms = _police(county, people), _visits(county, people), _terms(county, people)
    return {**_absence(police, terms), **_attendance(police, visits), **_burglary(police)}


def _people(file: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            person = json.loads(line)
            for dataset, keys in person["keys"].items():
                found.setdefault(dataset, {}).update(dict.fromkeys(keys, person["person"]))
    return found


def _police(county: Path, people: dict[str, dict[str, int]]) -> pd.DataFrame:
    police = pd.concat(pd.read_csv(path, dtype=str) for path in sorted(county.glob("police_incidents-*.csv")))
    at = pd.to_datetime(police["occurred_at"], format="%d/%m/%Y %H:%M")
    return police.assign(unit=police["nominal_id"].map(people["police_incidents"]), at=at)


def _visits(county: Path, people: dict[str, dict[str, int]]) -> pd.DataFrame:
    visits = pd.concat(pd.read_csv(path, dtype=str) for path in sorted(county.glob("ae_attendances-*.csv.gz")))
    unit = visits["hospital_number"].map(people["ae_attendances"])
    return visits.assign(unit=unit, at=pd.to_datetime(visits["arrived_at"]))[["attendance_id", "unit", "at"]]


def _terms(county: Path, people: dict[str, dict[str, int]]) -> pd.DataFrame:
    school = pd.concat(pd.read_parquet(path) for path in sorted(county.glob("school_attendance-*.parquet")))
    school = school[school["year_group"].isin(OLD_ENOUGH)]
    return school.assign(unit=school["pupil_id"].map(people["school_attendance"]))[["unit", "term", "absence_band"]]


def _counts(values: dict[Labels, float]) -> Counts:
    return Counts(values=values, variances=dict.fromkeys(values, 0.0))


def _by(labels: Iterable[str], column: pd.Series) -> Counts:
    counted = column.value_counts()
    return _counts({(label,): float(counted.get(label, 0)) for label in labels})


def _absence(police: pd.DataFrame, terms: pd.DataFrame) -> dict[str, Counts]:
    is_suspect = (police["incident_type"] == "antisocial behaviour") & (police["nominal_role"] == "suspect")
    suspects = police[is_suspect]
    begins = pd.to_datetime([first for first, _ in TERMS.values()])
    term = [list(TERMS)[place - 1] for place in begins.searchsorted(suspects["at"], side="right")]
    pairs = suspects.assign(term=term).merge(terms, on=["unit", "term"])
    return {"pupil_terms": _by(BANDS, terms["absence_band"]), "incidents": _by(BANDS, pairs["absence_band"])}


def _attendance(police: pd.DataFrame, visits: pd.DataFrame) -> dict[str, Counts]:
    victims = police[(police["nominal_role"] == "victim") & police["age_band"].isin(ADULT)]
    domestic, others = (victims[victims["incident_type"].isin(kinds)] for kinds in ((DOMESTIC,), OTHERS))
    near = visits.merge(domestic[["unit", "at"]], on="unit", suffixes=("", "_incident"))
    days = (near["at"] - near["at_incident"]).dt.total_seconds() / 86_400
    windows = {"after": (days >= 0) & (days <= WITHIN), "before": (days <= 0) & (days >= -WITHIN)}
    numbers = {
        "either": len(set(domestic["unit"]) | set(others["unit"])),
        "visits": visits["unit"].isin(domestic["unit"]).sum(),
        "others_visits": visits["unit"].isin(others["unit"]).sum(),
        **{name: near[window]["attendance_id"].nunique() for name, window in windows.items()},
    }
    units = {(group,): float(rows["unit"].nunique()) for group, rows in zip(GROUPS, (domestic, others), strict=True)}
    return {"victims": _counts(units), **{name: _counts({(): float(number)}) for name, number in numbers.items()}}


def _burglary(police: pd.DataFrame) -> dict[str, Counts]:
    happened = police[(police["incident_type"] == "burglary") & (police["nominal_role"] == "victim")]
    once = happened.sample(frac=1, random_state=1).drop_duplicates("unit")
    ward = parse_contract(contract_texts()["police_incidents"], "police_incidents").column("ward")
    assert ward is not None
    assert ward.domain is not None
    months = [str(month) for month in pd.period_range("2023-01", "2024-12", freq="M")]
    by_place = once.groupby(["ward", once["at"].dt.strftime("%Y-%m")]).size()
    by_hour = once["at"].dt.hour.value_counts()
    values: dict[Labels, float] = {
        (name, month, ALL): float(by_place.get((name, month), 0)) for name in ward.domain for month in months
    }
    values |= {(ALL, ALL, str(hour)): float(by_hour.get(hour, 0)) for hour in range(24)}
    return {"burglaries": _counts(values)}
