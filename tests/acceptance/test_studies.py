"""The seed studies on the sample county: planted effects are found through released answers alone, absent ones are not.

County and seed are fixed, the noise is the lab's own and cannot be. Seeds are such that the noise would have to be more
than four standard deviations out to hide what has to be found. True values are held against intervals of 99.99 %: at
95 % one test in twenty would fail by design. How often 95 % intervals hold is measured in docs/studies.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from county_truth import HOURS_WITHOUT_REPEATS, PLANTED, exact_counts
from study_lab import answered, studied_lab, switch_effects_off

from notebooks.studies import Finding, Study
from notebooks.studies.absence import ABSENCE
from notebooks.studies.attendance import ATTENDANCE
from notebooks.studies.burglary import BURGLARY

SURE = 0.9999
STUDIES = (ABSENCE, ATTENDANCE, BURGLARY)
RISK, PERSISTENT, SEVERE, OFTEN, SOON, NEAR, LATE = PLANTED
SMALL = {"people": 12_000, "seed": 13}
LARGE = {"people": 40_000, "seed": 31}
ABSENT = {RISK: 1.0, PERSISTENT: 1.0, SEVERE: 1.0, OFTEN: 1.0, SOON: 0.0, NEAR: 0.0}
"""True values in a county without the effects."""

pytestmark = [pytest.mark.spark, pytest.mark.timeout(1800)]


def _named(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


def _read(studies: tuple[Study, ...], answers: Mapping[str, object], confidence: float = 0.95) -> dict[str, Finding]:
    return _named(tuple(finding for study in studies for finding in study.findings(answers, confidence)))  # type: ignore[arg-type] # counts


def _missed(truth: Mapping[str, float], found: Mapping[str, Finding]) -> dict[str, str]:
    """Return the findings whose interval does not hold the truth."""
    return {name: str(found[name].interval) for name, true in truth.items() if not found[name].interval.holds(true)}


@pytest.mark.parametrize("planted", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["planted", "control"])
def test_absence_is_found_to_go_with_antisocial_behaviour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, planted: bool
) -> None:
    """In a small county the rate ratio of persistent absence is found, and is not where none was planted."""
    if not planted:
        switch_effects_off(monkeypatch)
    county, lab = studied_lab(tmp_path, **SMALL, datasets=("school_attendance", "police_incidents"))

    answers = answered(lab, ABSENCE)

    truth = {
        name: value for name, value in (PLANTED if planted else ABSENT).items() if name in (RISK, PERSISTENT, SEVERE)
    }
    assert _missed(truth, _read((ABSENCE,), answers, SURE)) == {}
    assert _read((ABSENCE,), answers)[PERSISTENT].found is planted
    exact = _read((ABSENCE,), exact_counts(county.folder))
    assert _missed({name: exact[name].interval.value for name in truth}, _read((ABSENCE,), answers, SURE)) == {}


@pytest.mark.slow
def test_the_studies_recover_every_planted_effect(tmp_path: Path) -> None:
    """All three studies hold every planted parameter, and tell from none what this county is large enough to show."""
    county, lab = studied_lab(tmp_path, **LARGE, datasets=("school_attendance", "police_incidents", "ae_attendances"))

    answers = {name: counts for study in STUDIES for name, counts in answered(lab, study).items()}

    found = _read(STUDIES, answers)
    assert _missed(PLANTED, _read(STUDIES, answers, SURE)) == {}
    assert [name for name in (PERSISTENT, OFTEN, SOON, NEAR, LATE) if not found[name].found] == []
    exact = _read(STUDIES, exact_counts(county.folder))
    assert _missed({name: exact[name].interval.value for name in PLANTED}, _read(STUDIES, answers, SURE)) == {}


@pytest.mark.slow
def test_the_studies_find_nothing_where_nothing_was_planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a county without the effects intervals hold their absence, and at most one chance finding is made at 95 %."""
    switch_effects_off(monkeypatch)
    _, lab = studied_lab(tmp_path, **LARGE, datasets=("school_attendance", "police_incidents", "ae_attendances"))

    answers = {name: counts for study in STUDIES for name, counts in answered(lab, study).items()}

    sure, found = _read(STUDIES, answers, SURE), _read(STUDIES, answers)
    assert _missed({**ABSENT, LATE: HOURS_WITHOUT_REPEATS}, sure) == {}
    assert [name for name in ABSENT if sure[name].found] == []
    assert sum(found[name].found for name in ABSENT) <= 1
