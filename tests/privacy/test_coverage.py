"""Every kind of figure, many answers: its interval holds the truth as often as it says, whatever the truth.

Counts and sums hold exactly as often as whole noise of their scale says, on both sides. Quotients, variances and
quantiles say "at least 95": they may hold more often, where the noise leaves little to say, and never less. Speed: the
noise is drawn by numpy from the distribution that OpenDP draws from; `test_the_same_through_opendp` does every kind
once through OpenDP itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
import pytest
from drawn import answers, copied, exact_coverage, held, noised
from offences import offence, plan_of, question, ref
from shares import at_least, exactly, off

from datalab.engine.noise import OpenDPNoise
from datalab.engine.reference import ReferenceEngine
from datalab.privacy.answer import dress
from datalab.privacy.bounds import in_steps
from datalab.privacy.estimate import count
from datalab.privacy.estimate.noise_size import half_width
from datalab.privacy.plan import Cells, FigureKind, Flag, Part, Plan, Price
from datalab.query.model import (
    Compare,
    CountRows,
    CountUnits,
    Deviation,
    Mean,
    Measure,
    Operator,
    Quantile,
    Ratio,
    Sum,
    UnitRows,
    Variance,
)

ANSWERS = 4_000
"""A share of 95 % is off by 0.34 % a standard error."""
NOISE = OpenDPNoise()
DELTA = Fraction(1, 10**6)
LOSS, MINUTES = ref("loss"), ref("minutes")
CHARGED = Compare(column=ref("charged"), operator=Operator.EQ, value=True)
VALUES = {
    "even": lambda n: np.linspace(-20, 500, n),
    "one": lambda n: np.full(n, 130.0),
    "ends": lambda n: np.where(np.arange(n) % 2 == 0, -20.0, 500.0),
    "rare": lambda n: np.where(np.arange(n) % 50 == 0, 500.0, 10.0),
    "end": lambda n: np.full(n, -20.0),
}
"""Values of minutes, which lie between -20 and 500: spread out, all one, at both ends, few large, all at one end."""


def plan_for(*measures: Measure, rho: Fraction, **asked: object) -> tuple[Plan, Price]:
    """Return the plan of a question and its price."""
    plan = plan_of(question(*measures, rho=rho, rows_per_unit=2, rows_per_cell=1, **asked))  # type: ignore[arg-type]  # passed on
    return plan, NOISE.price(plan)


def moments(plan: Plan, values: np.ndarray) -> dict[str, list[int]]:
    """Return the true vectors of a plan of one cell, of these values of minutes."""
    truth = {}
    for part in plan.parts:
        fixed = part.value.fixed if part.value else None
        whole = [fixed.to_fixed(float(value)) for value in values] if fixed else []
        centre = fixed.centre if fixed else 0
        match part.kind.value:
            case "rows" | "units":
                truth[part.name] = [len(values)] if not _binned(part) else _bins(part, values)
            case "sum":
                truth[part.name] = [sum(whole)]
            case "centred_sum":
                truth[part.name] = [sum(value - centre for value in whole)]
            case "centred_squares":
                truth[part.name] = [sum(in_steps((value - centre) ** 2, part.step) for value in whole)]
    return truth


def _binned(part: Part) -> bool:
    return bool(part.keys) and part.keys[-1].bin is not None


def _bins(part: Part, values: np.ndarray) -> list[int]:
    bin_ = part.keys[-1].bin
    assert bin_ is not None
    counts = [0] * bin_.count
    for value in values:
        counts[(bin_.fixed.to_fixed(float(value)) - bin_.fixed.lower) // bin_.width] += 1
    return counts


def shares_of_amounts(rho: Fraction, true: int, number: int) -> Iterator[tuple[str, float, float]]:
    """Yield for counts and a sum: the kind, the share of intervals that hold the truth, and what it should be."""
    plan, price = plan_for(CountRows(), CountUnits(), Sum(column=LOSS, name="loss"), rho=rho)
    truth = {"rows": [true], "units": [true], "loss": [true * 10**8]}
    found = answers(plan, price, truth, np.random.default_rng(1), number)
    for figure, (estimates,) in zip(plan.figures, found, strict=True):
        value = plan.part(figure.parts[0]).value
        share = held(estimates, truth[figure.name][0] / (10.0**value.fixed.exponent if value else 1))
        yield figure.kind.value, share, exact_coverage(price.scale(figure.parts[0]))


@pytest.mark.parametrize("rho", [Fraction(1, 1000), Fraction(1, 10), Fraction(1)])
@pytest.mark.parametrize("true", [0, 3, 1_000])
def test_counts_and_sums(rho: Fraction, true: int, measured: Callable[..., None]) -> None:
    """Intervals of counts and sums hold the truth as often as whole noise says: 95 of 100, or more by its steps."""
    for kind, share, expected in shares_of_amounts(rho, true, 2 * ANSWERS):
        assert exactly(kind, share, expected, 2 * ANSWERS, measured), kind


@pytest.mark.parametrize(("times", "what"), [(0.95, "narrower"), (1.05, "wider")])
def test_a_width_that_is_off_is_noticed(
    times: float, what: str, monkeypatch: pytest.MonkeyPatch, measured: Callable[..., None]
) -> None:
    """Intervals 5 % too narrow or too wide are told from right ones: the test above sees either side."""
    monkeypatch.setattr(count, "half_width", lambda *asked: round(times * half_width(*asked)))
    for kind, share, expected in shares_of_amounts(Fraction(1, 1000), 1_000, 2 * ANSWERS):
        allowed = f"{expected:.3f} ± {off(expected, 2 * ANSWERS):.3f}: exact"
        measured(f"{kind}, intervals 5 % {what}", f"{share:.3f}", allowed, control=True)
        assert abs(share - expected) > off(expected, 2 * ANSWERS)


@pytest.mark.parametrize("rows", [1, 2, 8, 40, 400])
@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("rho", [Fraction(1, 100), Fraction(2)])
def test_means_variances_and_deviations(rho: Fraction, values: str, rows: int, measured: Callable[..., None]) -> None:
    """In tiny groups and large ones, whatever the values, intervals hold the truth in at least 95 of 100 answers."""
    measures = (
        Mean(column=MINUTES, name="mean"),
        Variance(column=MINUTES, name="variance"),
        Deviation(column=MINUTES, name="deviation"),
    )
    plan, price = plan_for(*measures, rho=rho)
    true = VALUES[values](rows).astype(int).astype(float)
    found = answers(plan, price, moments(plan, true), np.random.default_rng(2), ANSWERS)

    trues = {"mean": true.mean(), "variance": true.var(), "deviation": true.std()}
    for (estimates,), (kind, value) in zip(found, trues.items(), strict=True):
        assert at_least(kind, held(estimates, value), ANSWERS, measured)


SHARE = Ratio(top=CountRows(where=CHARGED), bottom=CountRows(), name="share")
RATE = Ratio(top=CountRows(where=CHARGED), bottom=CountUnits(), name="rate", per=1000)
LOSSES = Ratio(top=Sum(column=LOSS, name=""), bottom=CountRows(), name="loss_share")


@pytest.mark.parametrize("ratio", [SHARE, RATE, LOSSES], ids=lambda ratio: ratio.name)
@pytest.mark.parametrize(("top", "bottom"), [(0, 5), (3, 10), (10, 10), (1, 400), (150, 400), (400, 400)])
@pytest.mark.parametrize("rho", [Fraction(1, 100), Fraction(1)])
def test_shares_and_rates(rho: Fraction, top: int, bottom: int, ratio: Ratio, measured: Callable[..., None]) -> None:
    """Shares, rates and ratios of a sum to rows hold the truth in at least 95 of 100 answers."""
    plan, price = plan_for(ratio, rho=rho)
    above, below = plan.parts
    value = ratio.per * top / bottom
    if isinstance(above.value, Flag):
        top = top * above.value.fixed.upper - bottom * above.value.fixed.centre
    elif above.value is not None:
        top *= above.value.fixed.magnitude // 3
        value = top / bottom / 10.0**above.value.fixed.exponent
    truth = {above.name: [top], below.name: [bottom]}
    ((estimates,),) = answers(plan, price, truth, np.random.default_rng(3), ANSWERS)

    assert at_least(f"ratio: {ratio.name}", held(estimates, value), ANSWERS, measured)


def quantile_of(values: np.ndarray, level: float) -> float:
    """Return the least value at or below which at least that share of the values lie."""
    ordered = np.sort(values)
    return float(ordered[max(math.ceil(level * len(ordered) - 1e-9) - 1, 0)])


@pytest.mark.parametrize("rows", [1, 9, 60, 2_000])
@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("level", [Fraction(1, 100), Fraction(1, 2), Fraction(9, 10)])
def test_quantiles(level: Fraction, values: str, rows: int, measured: Callable[..., None]) -> None:
    """A quantile lies in its interval in at least 95 of 100 answers, whether there is one row or many."""
    plan, price = plan_for(Quantile(column=MINUTES, name="quantile", level=level, bins=64), rho=Fraction(1, 20))
    true = VALUES[values](rows).astype(int).astype(float)
    ((estimates,),) = answers(plan, price, moments(plan, true), np.random.default_rng(4), ANSWERS // 2)

    share = held(estimates, quantile_of(true, float(level)))
    assert at_least("quantile", share, ANSWERS // 2, measured)


@pytest.mark.parametrize("units", [30, 3_000])
def test_rows_of_a_unit(units: int, measured: Callable[..., None]) -> None:
    """How many rows 95 of 100 units do not exceed lies in its interval in at least 95 of 100 answers."""
    asked = question(UnitRows(name="rows_of_unit", level=Fraction(19, 20)), rows_per_unit=60, rho=Fraction(1, 20))
    plan = plan_of(asked)
    price = NOISE.price(plan)
    (part,) = plan.parts
    rows = np.random.default_rng(0).geometric(0.1, units)
    truth = [0] * len(part.edges)
    for each in rows:
        truth[int(np.searchsorted(part.edges, each, side="right")) - 1] += 1
    rng = np.random.default_rng(5)
    estimates = [
        dress(plan, price, noised(plan, price, {part.name: truth}, rng), epsilon=0, delta=DELTA).cells[0].estimates[0]
        for _ in range(1_000)
    ]

    assert at_least("rows of a unit", held(estimates, quantile_of(rows, 0.95)), 1_000, measured)


def test_a_share_among_the_kept_rows(measured: Callable[..., None]) -> None:
    """From rows to interval, with people who have more rows than count: shares hold the truth of the kept rows."""
    asked = Ratio(top=CountRows(where=CHARGED), bottom=CountRows(), name="share")
    plan = plan_of(question(asked, rows_per_unit=5, rows_per_cell=5, rho=Fraction(1, 20)))
    rows = [offence(f"u{unit}", charged=turn < 4) for unit in range(60) for turn in range(40)]
    truth = ReferenceEngine().cells(plan, {"offences": rows}).vectors
    ((estimates,),) = answers(plan, NOISE.price(plan), truth, np.random.default_rng(8), ANSWERS)
    values = [one.value for one in estimates if one.value is not None]

    assert at_least("share among the kept rows", held(estimates, 0.1), ANSWERS, measured)
    assert np.mean(values) == pytest.approx(0.1, abs=0.01)


EVERY = (
    CountRows(),
    CountUnits(),
    Sum(column=MINUTES, name="total"),
    Mean(column=MINUTES, name="mean"),
    Variance(column=MINUTES, name="variance"),
    Deviation(column=MINUTES, name="deviation"),
    Quantile(column=MINUTES, name="quantile", level=Fraction(1, 2)),
    Ratio(top=Sum(column=MINUTES, name=""), bottom=CountUnits(), name="ratio"),
)


def test_the_same_through_opendp(measured: Callable[..., None]) -> None:
    """Every kind of figure holds its truth in at least 95 of 100 answers with noise that OpenDP itself drew."""
    plan, price = plan_for(*EVERY, rho=Fraction(3))
    values = VALUES["even"](200).astype(int).astype(float)
    truth = moments(plan, values)
    many = copied(plan, 2_000)
    cells = Cells(vectors={part.name: tuple(truth[part.name]) * 2_000 for part in plan.parts})
    answered = dress(many, price, NOISE.draw(many, cells), epsilon=0, delta=DELTA).cells
    wanted = (
        200,
        200,
        values.sum(),
        values.mean(),
        values.var(),
        values.std(),
        quantile_of(values, 0.5),
        values.mean(),
    )

    for place, value in enumerate(wanted):
        figure = plan.figures[place]
        share = held([cell.estimates[place] for cell in answered], value)
        kind = f"{figure.kind.value}, noise drawn by OpenDP"
        if figure.kind in (FigureKind.ROWS, FigureKind.UNITS, FigureKind.SUM):
            assert exactly(kind, share, exact_coverage(price.scale(figure.parts[0])), 2_000, measured), figure.name
        else:
            assert at_least(kind, share, 2_000, measured), figure.name
