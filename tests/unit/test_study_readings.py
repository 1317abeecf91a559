"""The studies' questions and the post-processing of their answers, without a lab."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from datalab.contract.odcs.contract_file import parse_contract
from datalab.engine.noise import OpenDPNoise
from datalab.errors import StateError
from datalab.governance.policy import DEFAULT_POLICY
from datalab.privacy.answer import dress
from datalab.privacy.compile import compile_question
from datalab.privacy.plan import Cells, Plan
from datalab.query.build import ask
from datalab.query.model import Question
from datalab.query.schema import ViewSchema, view_schema
from datalab.sample.county import contract_texts
from notebooks.lab import Lab
from notebooks.studies import Finding, Study
from notebooks.studies.absence import ABSENCE
from notebooks.studies.attendance import ATTENDANCE, GROUPS
from notebooks.studies.burglary import BURGLARY, burglaries, near_repeats
from notebooks.studies.chart import chart
from notebooks.studies.counts import ALL, Counts, counts_of
from notebooks.studies.interval import Interval, difference, events, members, ratio, student

STUDIES = (ABSENCE, ATTENDANCE, BURGLARY)
GRANTED = Fraction(2)
"""rho that a custodian of the sample agencies grants for a dataset."""
DICE = np.random.default_rng(5)


@pytest.fixture(scope="module")
def schemas() -> dict[str, ViewSchema]:
    """What can be asked of the sample agencies."""
    contracts = [parse_contract(text, dataset) for dataset, text in contract_texts().items()]
    return {one.dataset: view_schema(one, [column.name for column in one.columns]) for one in contracts}


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.title)
def test_a_studys_questions_can_be_asked(study: Study, tmp_path: Path) -> None:
    """Each question of a study passes the checks that need no project, and can be saved for submission."""
    for dataset, text in contract_texts().items():
        (tmp_path / f"{dataset}.yaml").write_text(text)
    lab = Lab.from_contracts(tmp_path)

    for name, question in study.questions.items():
        lab.save(question, tmp_path / f"{name}.json")


def test_all_studies_together_cost_less_than_a_grant() -> None:
    """What the three studies cost of each dataset is within what its custodian grants."""
    spent: dict[str, Fraction] = {}
    for study in STUDIES:
        for dataset, rho in study.price().items():
            spent[dataset] = spent.get(dataset, Fraction(0)) + rho

    assert spent == {
        "school_attendance": Fraction(7, 20),
        "police_incidents": Fraction(3, 2),
        "ae_attendances": Fraction(3, 5),
    }
    assert max(spent.values()) <= GRANTED


def _answered(question: Question, schemas: dict[str, ViewSchema]) -> tuple[Plan, Counts]:
    """Return the counts of an answer in which every cell is 100 before the noise."""
    plan = compile_question(question, schemas, DEFAULT_POLICY)
    noise = OpenDPNoise()
    price = noise.price(plan)
    cells = {part.name: (100,) * math.prod(len(key.labels) for key in part.keys) for part in plan.parts}
    answer = dress(plan, price, noise.draw(plan, Cells(vectors=cells)), epsilon=1.0, delta=DEFAULT_POLICY.delta)
    return plan, counts_of(answer, question)


def test_the_noise_in_a_count_is_as_the_answer_states_it(schemas: dict[str, ViewSchema]) -> None:
    """Over many cells, released counts vary by the variance that is read from the answer, and not by another."""
    _, counts = _answered(burglaries(), schemas)
    cells = [labels for labels in counts.values if labels[-1] == ALL]
    spread = float(np.var([counts.value(*labels) for labels in cells]))
    stated = counts.variance(*cells[0])

    assert len(cells) == 24 * 24
    assert 1.0 < stated < 1.3
    assert abs(spread / stated - 1) < 5 * math.sqrt(2 / len(cells))
    assert counts.variance(ALL, ALL, "7") > 5 * stated


def test_an_answer_of_more_than_a_count_is_refused(schemas: dict[str, ViewSchema]) -> None:
    """A mean has two noisy parts, and so no one variance."""
    question = ask("police_incidents").mean("response_minutes").spend(rho="1/10", rows_per_unit=1)

    with pytest.raises(StateError, match="one count"):
        _answered(question, schemas)


COVERED: dict[str, tuple[float, Callable[[], Interval]]] = {
    "events": (9.0, lambda: events(DICE.poisson(9) + DICE.normal(0, 4), 16.0, 0.95)),
    "events, many": (400.0, lambda: events(DICE.poisson(400) + DICE.normal(0, 4), 16.0, 0.95)),
    "members": (50.0, lambda: members(50 + DICE.normal(0, 4), 16.0, 0.95)),
    "difference": (
        60.0,
        lambda: difference(*(events(DICE.poisson(m) + DICE.normal(0, 6), 36.0, 0.95) for m in (90, 30))),
    ),
    "rate ratio": (
        3.0,
        lambda: ratio(*(events(DICE.poisson(m) + DICE.normal(0, 4), 16.0, 0.95) for m in (120, 40))),
    ),
    "rate ratio of few": (
        5.0,
        lambda: ratio(*(events(DICE.poisson(m) + DICE.normal(0, 4), 16.0, 0.95) for m in (200, 40))),
    ),
}


@pytest.mark.parametrize(("truth", "draw"), COVERED.values(), ids=COVERED)
def test_intervals_hold_the_truth_as_often_as_they_say(truth: float, draw: Callable[[], Interval]) -> None:
    """Over 4,000 draws of events and noise, 95 % intervals hold the truth in 93.5 to 98 of 100."""
    held = sum(draw().holds(truth) for _ in range(4000)) / 4000

    assert 0.935 < held < 0.98


def test_a_ratio_over_what_may_be_nothing_has_no_upper_end() -> None:
    """Where the bottom's interval reaches 0 the ratio says only what it is at least."""
    found = ratio(events(40, 1, 0.95), members(2, 4, 0.95))

    assert found.high == math.inf
    assert 0 < found.low < found.value


def test_students_quantiles_are_those_of_the_tables() -> None:
    """For 23 degrees of freedom t is 2.0687 at 95 % and 2.8073 at 99 %."""
    assert student(0.95, 23) == pytest.approx(2.0687, abs=2e-4)
    assert student(0.99, 23) == pytest.approx(2.8073, abs=2e-3)


def _month_counts(clusters: float) -> Counts:
    """Return noisy counts of 24 wards over 15 months; each event brings `clusters` more to its own ward and month."""
    first = DICE.poisson(1.8, (24, 15))
    cells = first + DICE.binomial(first, clusters) + DICE.normal(0, 1.1, (24, 15))
    months = [f"2023-{month:02d}" for month in range(1, 13)] + ["2024-01", "2024-02", "2024-03"]
    values = {(f"ward {w}", month, ALL): float(cells[w, m]) for w in range(24) for m, month in enumerate(months)}
    return Counts(values=values, variances=dict.fromkeys(values, 1.21))


@pytest.mark.parametrize(("clusters", "pairs"), [(0.0, 0.0), (0.5, 1 / 3)])
def test_near_repeats_are_told_from_noise_and_chance(clusters: float, pairs: float) -> None:
    """Pairs beyond chance are estimated without bias, the noise's own pairs taken off; intervals hold as they say."""
    found = [near_repeats(_month_counts(clusters), 0.95) for _ in range(1500)]

    values = np.array([one.value for one in found])
    assert abs(values.mean() - pairs) < 4 * values.std() / math.sqrt(len(values)) + 0.01
    assert 0.91 < np.mean([one.holds(pairs) for one in found]) < 0.97


def test_noise_that_is_not_taken_off_looks_like_near_repeats() -> None:
    """Without the variance of the noise, pairs are found where there are none: the correction is what finds none."""
    counts = [_month_counts(0.0) for _ in range(100)]
    careless = [Counts(values=one.values, variances=dict.fromkeys(one.values, 0.0)) for one in counts]

    assert np.mean([near_repeats(one, 0.95).low > 0 for one in careless]) > 0.5


def test_a_chart_shows_every_finding_and_fills_what_was_found() -> None:
    """Findings stand one a row under a title that is escaped; only those apart from no effect are filled."""
    findings = [
        Finding(name=name, interval=Interval(value=2.0, low=low, high=3.0), none=1.0)
        for name, low in (("a < b", 0.5), ("c", 1.5))
    ]

    picture = chart(findings, "Rates & ratios")

    assert picture.startswith("<svg ")
    assert "Rates &amp; ratios" in picture
    assert "a &lt; b" in picture
    assert picture.count('fill="#1d70b8"') == 1


def test_groups_of_the_victims_question_are_those_that_are_read(schemas: dict[str, ViewSchema]) -> None:
    """The labels that the study looks up are labels of its question."""
    _, counts = _answered(ATTENDANCE.questions["victims"], schemas)

    assert {labels[0] for labels in counts.values} >= set(GROUPS)
