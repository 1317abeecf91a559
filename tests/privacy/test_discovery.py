"""Values that no contract lists: told where many units have them, and not where one unit alone does."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from offences import POLICY, SCHEMAS, offence, plan_of, question, ref
from scipy.stats import beta

from datalab.engine import noise
from datalab.engine.noise import DISCOVERY, OpenDPNoise
from datalab.engine.reference import ReferenceEngine
from datalab.privacy.answer import answer_question
from datalab.privacy.budget import Budget
from datalab.privacy.compile import compile_question
from datalab.privacy.plan import Discovery, Plan
from datalab.query.model import CountRows, CountUnits, Quantile

NOISE = OpenDPNoise()
FAILURE = 0.001
ALONE = 60_000
"""Values that one unit alone has, each in its own world."""


def plan_with(*, delta: Fraction, values_per_unit: int = 1, rho: Fraction = Fraction(1, 10)) -> Plan:
    """Return a plan that finds out codes, at a delta that can be measured."""
    asked = question(CountRows(), CountUnits(), by=[ref("code")], discover=ref("code"), rho=rho)
    plan = plan_of(replace(asked, rows_per_unit=values_per_unit, rows_per_cell=1))
    assert plan.discovery is not None
    return replace(plan, discovery=replace(plan.discovery, delta=delta))


def discovery_of(plan: Plan) -> Discovery:
    """Return what is found out."""
    assert plan.discovery is not None
    return plan.discovery


def told_alone(plan: Plan, *, lowered_by: int = 0) -> tuple[float, float]:
    """Return the Clopper-Pearson ends of how often a value of one unit is told, each at `FAILURE`.

    A lower threshold is the same as higher counts: noise does not depend on what it is added to.
    """
    told = len(NOISE.discover(plan, {f"v{i}": 1 + lowered_by for i in range(ALONE)}))
    low = float(beta.ppf(FAILURE, told, ALONE - told + 1)) if told else 0.0
    return low, float(beta.ppf(1 - FAILURE, told + 1, ALONE - told))


@pytest.mark.parametrize("rho", [Fraction(1, 10), Fraction(3)])
@pytest.mark.parametrize("values_per_unit", [1, 4])
def test_a_value_of_one_unit_is_told_no_more_often_than_delta(
    values_per_unit: int, rho: Fraction, measured: Callable[..., None]
) -> None:
    """The chance that any of one unit's own values is told is at most delta, and not far below: it is tight."""
    delta = Fraction(1, 50)
    plan = plan_with(delta=delta, values_per_unit=values_per_unit, rho=rho)
    low, high = (1 - (1 - each) ** values_per_unit for each in told_alone(plan))

    what = f"a value of one unit is told; rho {rho}, {values_per_unit} values a unit"
    measured(what, f"{low:.4f}", f"{float(delta):.4f}")
    assert low <= delta
    assert rho > 1 or high >= delta / 2  # small noise has few steps to choose a threshold from


def test_a_threshold_too_low_is_caught(measured: Callable[..., None]) -> None:
    """The same test finds a threshold that is a scale too low."""
    plan = plan_with(delta=Fraction(1, 50))
    scale = next(part.scale for part in NOISE.price(plan).parts if part.part == DISCOVERY)

    low, _ = told_alone(plan, lowered_by=math.ceil(scale))

    measured("a threshold one scale too low", f"{low:.4f}", "0.0200", control=True)
    assert low > Fraction(1, 50)


def test_the_tail_of_continuous_noise_would_be_too_little(
    monkeypatch: pytest.MonkeyPatch, measured: Callable[..., None]
) -> None:
    """Without the step by which thresholds are priced lower, the stated delta is exceeded where noise is small."""
    monkeypatch.setattr(noise, "STEP", 0)
    delta = Fraction(5, 100)

    low, _ = told_alone(plan_with(delta=delta, rho=Fraction(3, 2)))

    measured("thresholds priced by the tail of continuous noise", f"{low:.4f}", f"{float(delta):.4f}", control=True)
    assert low > delta


@pytest.mark.parametrize("delta", [Fraction(1, 10**9), Fraction(1, 10**6), Fraction(1, 3)])
@pytest.mark.parametrize("values_per_unit", [1, 7, 100])
def test_the_threshold_is_the_least_that_delta_allows(delta: Fraction, values_per_unit: int) -> None:
    """Cost is within both shares, and one step lower would cost more delta; the stored line costs the same again."""
    plan = plan_with(delta=delta, values_per_unit=values_per_unit)
    price = next(part for part in NOISE.price(plan).parts if part.part == DISCOVERY)
    share = discovery_of(plan).share

    assert Budget(share.nano_rho, math.ceil(delta * 10**18)).covers(price.cost)
    assert price.cost.nano_rho >= share.nano_rho - 2
    assert NOISE.recost(f"{DISCOVERY}: {price.mechanism}") == price.cost
    if price.threshold > 2:
        lower = price.mechanism.replace(f"threshold {price.threshold}", f"threshold {price.threshold - 1}")
        assert NOISE.recost(f"{DISCOVERY}: {lower}").delta > delta


@pytest.mark.parametrize(
    "counts",
    [
        {},
        {"": 10**6},
        {"\x00": 10**6, "\x00a": 10**6},
        {"\ud800": 10**6},
        {"a": 2**200, "b": -(2**200)},
        {"ü" * 99: 10**6},
    ],
)
def test_no_text_or_number_makes_it_fail(counts: dict[str, int]) -> None:
    """Whatever the values are called and however many units have them, the answer is a sorted list of them."""
    told = NOISE.discover(plan_with(delta=Fraction(1, 10**9)), counts)

    assert told == tuple(sorted(value for value, count in counts.items() if count > 10**5))


def test_the_answer_has_the_values_that_were_told() -> None:
    """Common codes become groups, in order, with one for missing ones; a rare code is nowhere; the cost has a delta."""
    rows = [offence(f"u{i}", code="ZY"[i % 2]) for i in range(2_000)]
    rows += [offence("rare", code="secret"), *(offence(f"n{i}", code=None) for i in range(300))]
    plan = plan_with(delta=Fraction(1, 10**9), rho=Fraction(1))
    answer = answer_question(plan, {"offences": rows}, engine=ReferenceEngine(), noise=NOISE, delta=Fraction(1, 10**6))

    assert [cell.keys for cell in answer.cells] == [("Y",), ("Z",), ("(missing)",)]
    assert [cell.estimates[0].value for cell in answer.cells] == pytest.approx([1_000, 1_000, 300], abs=15)
    assert answer.cost == NOISE.price(plan).total
    assert 0 < answer.cost.delta <= Fraction(1, 10**9)
    assert answer.threshold > 1
    assert "rarer values" in answer.covers


def test_nothing_told_is_an_answer_too() -> None:
    """Where no value is common enough, the answer has the group of missing values alone."""
    plan = plan_with(delta=Fraction(1, 10**9))
    answer = answer_question(
        plan,
        {"offences": [offence("u", code="secret")]},
        engine=ReferenceEngine(),
        noise=NOISE,
        delta=Fraction(1, 10**6),
    )

    assert [cell.keys for cell in answer.cells] == [("(missing)",)]


def test_no_more_values_are_told_than_an_answer_may_have() -> None:
    """Of more values than there may be cells, those that most units have are told; groups and missing values count."""
    limits = replace(POLICY, max_cells=24)
    asked = question(CountRows(), by=[ref("code"), ref("kind")], discover=ref("code"), rho=Fraction(1))
    plan = compile_question(asked, SCHEMAS, limits)
    kinds, missing = len(plan.keys[1].labels), 1
    counts = {f"v{number:02}": 10_000 * (number + 1) for number in range(40)}

    told = NOISE.discover(plan, counts)

    assert told == tuple(sorted(counts)[-(24 // kinds - missing) :])
    assert 0 < plan.with_values(told).size <= 24


def test_bins_of_values_found_out_are_limited_too() -> None:
    """The finer a quantile is, the fewer values may be found out beside it."""
    median = Quantile(column=ref("minutes"), name="median", level=Fraction(1, 2), bins=1_024)
    asked = question(median, by=[ref("code")], discover=ref("code"), rho=Fraction(1))
    plan = compile_question(asked, SCHEMAS, replace(POLICY, max_cells=160))

    assert discovery_of(plan).most == 160 * 64 // 1_024 - 1
