"""What is sold for percent of a supposed figure, against releases of data that has that figure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from drawn import answers, noised
from offences import plan_of, question, ref
from shaped import HELD, Rows, cells_of, true_of
from shares import enough

from datalab.engine.noise import OpenDPNoise
from datalab.errors import QueryError
from datalab.privacy.accuracy.assumed import Assumed
from datalab.privacy.accuracy.supposed import cell_supposed
from datalab.privacy.answer import Estimate, dress
from datalab.privacy.estimate.ratio import step_of
from datalab.privacy.wish import Of, Wish, aim_of, kept_for, least_budget
from datalab.query.model import (
    Clamp,
    Compare,
    CountRows,
    CountUnits,
    Derived,
    Deviation,
    Mean,
    Measure,
    Operator,
    Quantile,
    Question,
    Ratio,
    Sum,
    UnitRows,
)

NOISE = OpenDPNoise()
LOSS, MINUTES = ref("loss"), ref("minutes_held")
CHARGED = Compare(column=ref("charged"), operator=Operator.EQ, value=True)
ROWS = 2_000
CLAIM = 0.95
SUMS = Ratio(top=Sum(column=LOSS, name=""), bottom=Sum(column=MINUTES, name=""), name="loss")
EACH = Ratio(top=CountRows(name=""), bottom=CountUnits(name=""), name="loss")
CHARGED_EACH = Ratio(top=CountRows(where=CHARGED, name=""), bottom=CountUnits(name=""), name="loss")
SPENT_EACH = Ratio(top=Sum(column=LOSS, name=""), bottom=CountUnits(name=""), name="loss")
SPREAD = Deviation(column=LOSS, name="loss")


def asked(measure: Measure, most: int = 1, rho: Fraction = Fraction(1, 100), **rest: object) -> Question:
    """Return the question about one figure of people with up to so many rows."""
    return question(measure, rho=rho, rows_per_unit=most, rows_per_cell=most, derive=(HELD,), **rest)  # type: ignore[arg-type]  # passed on


def sold(one: Question, supposed: float, percent: float = 5) -> tuple[Question, float]:
    """Return the question at the price of percent of a supposed figure, and what they come to."""
    wish = Wish(measure="loss", within=percent, of=Of.PERCENT, group_size=ROWS, supposed=supposed)
    found = least_budget(one, wish, compiled=plan_of, noise=NOISE, most=Fraction(100))
    return found, aim_of(wish, plan_of(found)).within


def near(estimates: list[Estimate], truth: float, within: float) -> float:
    """Return the share of figures that are so near to the truth."""
    return float(np.mean([one.value is not None and abs(one.value - truth) <= within for one in estimates]))


def released(one: Question, truth: dict[str, list[int]], releases: int) -> list[Estimate]:
    """Return releases of the question's first cell where its true vectors are these."""
    plan = plan_of(one)
    whole = {part.name: [*truth[part.name], *[0] * (part.size - len(truth[part.name]))] for part in plan.parts}
    return answers(plan, NOISE.price(plan), whole, np.random.default_rng(5), releases)[0][0]


@pytest.mark.parametrize("ratio", [0.05, 0.4, 2.0, 10.0])
def test_ratios_of_sums_are_kept_at_what_is_supposed(
    ratio: float, measured: Callable[..., None], releases: int
) -> None:
    """Of pounds a minute, with both sides as large as values spread evenly let them be, 95 of 100 are as wished."""
    minutes = np.linspace(0, min(500.0, 99.95 / ratio), ROWS)
    rows = Rows(values={"minutes_held": minutes, "loss": minutes * ratio}, charged=np.ones(ROWS, dtype=bool))
    found, within = sold(asked(SUMS), ratio)
    truth = cells_of(plan_of(found), rows)
    share = near(released(found, truth, releases), true_of(plan_of(found).figures[0], plan_of(found), rows), within)
    what = f"ratio of sums supposed {ratio:g}: within the wish"

    assert enough(what, share, CLAIM, releases, measured)


SPREADS: dict[str, Callable[[float], np.ndarray]] = {
    "around the middle": lambda size: 49.975 + size * np.where(np.arange(ROWS) % 2, 1.0, -1.0),
    "at the low end": lambda size: _two_ends(size, 0.0),
    "at the high end": lambda size: _two_ends(size, 99.95),
    "even, from 0": lambda size: np.linspace(0, min(size * math.sqrt(12), 99.95), ROWS),
}


def _two_ends(size: float, most: float) -> np.ndarray:
    """Return values at the ends of the range alone, of which few are at the other, that are spread so much."""
    few = (1 - math.sqrt(max(1 - (2 * size / 99.95) ** 2, 0.0))) / 2
    return np.where(np.arange(ROWS) < round(few * ROWS), 99.95 - most, most)


@pytest.mark.parametrize("size", [4.0, 12.0, 28.0, 48.0])
def test_deviations_are_kept_at_what_is_supposed(size: float, measured: Callable[..., None], releases: int) -> None:
    """Whatever values have that standard deviation, 95 of 100 are as wished."""
    found, within = sold(asked(SPREAD), size, percent=10)
    plan = plan_of(found)
    for name, values in SPREADS.items():
        rows = Rows(values={"loss": values(size)}, charged=np.ones(ROWS, dtype=bool))
        truth = true_of(plan.figures[0], plan, rows)
        if abs(truth / size - 1) > 0.02:
            continue  # few values cannot be spread so much
        share = near(released(found, cells_of(plan, rows), releases), truth, within)
        what = f"deviation supposed {size:g}, {name}: within the wish"
        assert enough(what, share, CLAIM, releases, measured), name
    wish = Wish(measure="loss", within=10, of=Of.PERCENT, group_size=ROWS, supposed=size)
    assert "any data whose standard deviation is as supposed" in kept_for(wish, plan)


@pytest.mark.parametrize(
    ("measure", "sizes"),
    [(EACH, (1, 6, 11, 12)), (CHARGED_EACH, (0.2, 3, 11)), (SPENT_EACH, (5, 300, 1_100))],
    ids=["rows a person", "charged rows a person", "pounds a person"],
)
def test_rates_are_kept_at_what_is_supposed(
    measure: Ratio, sizes: tuple[float, ...], measured: Callable[..., None], releases: int
) -> None:
    """In groups, where people can run out of rows, 95 of 100 rates of that size are as wished, small ones and large."""
    for size in sizes:
        found, within = sold(asked(measure, 12, by=[ref("kind")]), size)
        plan = plan_of(found)
        top, bottom = plan.parts_of(plan.figures[0])
        unit = 1.0 if top.value is None else 10.0**top.value.fixed.exponent
        share = near(
            released(found, {bottom.name: [ROWS], top.name: [round(size * unit * ROWS)]}, releases), size, within
        )
        what = f"{top.kind} a person supposed {size:g} of R 12: within the wish"

        assert enough(what, share, CLAIM, releases, measured), size


@pytest.mark.parametrize(("level", "size"), [(0.5, 12.0), (0.5, 80.0), (0.95, 40.0), (0.05, 30.0)])
def test_quantiles_are_kept_at_what_is_supposed(
    level: float, size: float, measured: Callable[..., None], releases: int
) -> None:
    """Of values that lie evenly on each side of the supposed quantile 95 of 100 are as wished."""
    measure = Quantile(column=LOSS, name="loss", level=Fraction(level).limit_denominator(100), bins=256)
    ranks = (np.arange(ROWS) + 0.5) / ROWS
    values = np.where(ranks < level, ranks / level * size, size + (ranks - level) / (1 - level) * (99.95 - size))
    found, within = sold(asked(measure), size, percent=10)
    plan = plan_of(found)
    rows = Rows(values={"loss": values}, charged=np.ones(ROWS, dtype=bool))
    truth = true_of(plan.figures[0], plan, rows)
    share = near(released(found, cells_of(plan, rows), releases), truth, within)
    what = f"p{100 * level:g} supposed {size:g}: within the wish"

    assert enough(what, share, CLAIM, releases, measured)
    wish = Wish(measure="loss", within=10, of=Of.PERCENT, group_size=ROWS, supposed=size)
    assert f"supposed, {size:g} GBP" in kept_for(wish, plan)


@pytest.mark.parametrize(("most", "level", "size"), [(20, 0.5, 4), (20, 0.9, 10), (100, 0.5, 30), (100, 0.9, 60)])
def test_rows_of_a_unit_are_kept_at_what_is_supposed(
    most: int, level: float, size: int, measured: Callable[..., None], releases: int
) -> None:
    """Beyond 16 rows they are told in ranges: at whichever end of its range the truth lies, 95 of 100 are as wished."""
    measure = UnitRows(name="loss", level=Fraction(level).limit_denominator(10))
    found, within = sold(asked(measure, most), size, percent=30)
    plan = plan_of(found)
    ranks = (np.arange(ROWS) + 0.5) / ROWS
    rows = np.where(ranks < level, ranks / level * size, size + (ranks - level) / (1 - level) * (most - size))
    edges = [*plan.parts[0].edges, 10**9]
    truth = np.histogram(np.ceil(rows), bins=edges)[0].tolist()
    price, rng = NOISE.price(plan), np.random.default_rng(5)
    drawn = (noised(plan, price, {plan.parts[0].name: truth}, rng) for _ in range(releases))
    estimates = [dress(plan, price, one, epsilon=0, delta=Fraction(1, 10**6)).cells[0].estimates[0] for one in drawn]
    share = near(estimates, size, within)
    what = f"rows of a unit supposed {size} of R {most}: within the wish"

    assert enough(what, share, CLAIM, releases, measured)


def test_a_supposed_figure_is_not_sold_alike() -> None:
    """What other data than the supposed costs is not what is sold: deviations of 4 cost much more than those of 28."""
    small, large = (sold(replace(asked(SPREAD)), size, percent=1_000 / size)[0].rho for size in (4.0, 28.0))

    assert small > 5 * large


@pytest.mark.parametrize(
    ("measure", "most", "supposed", "told"),
    [
        (SPREAD, 1, 60, "from 0 to 49.975 GBP"),
        (Mean(column=LOSS, name="loss"), 1, 200, "from 0 to 99.95 GBP"),
        (Quantile(column=LOSS, name="loss", level=Fraction(1, 2), bins=64), 1, -3, "from 0 to 99.95 GBP"),
        (EACH, 12, 13, "from 1 to 12"),
        (CHARGED_EACH, 12, 13, "from 0 to 12"),
        (SPENT_EACH, 2, 300, "from 0 to 199.9"),
        (
            Ratio(top=CountRows(where=CHARGED, name=""), bottom=CountRows(name=""), name="loss", per=100),
            1,
            140,
            "to 100",
        ),
        (UnitRows(name="loss", level=Fraction(1, 2)), 12, 40, "from 1 to 12 rows"),
        (CountRows(name="loss"), 1, -5, "0 or more"),
    ],
    ids=[
        "deviation",
        "mean",
        "median",
        "rows each",
        "charged rows each",
        "pounds each",
        "share",
        "rows of a unit",
        "count",
    ],
)
def test_a_figure_that_cannot_be_is_not_supposed(measure: Measure, most: int, supposed: float, told: str) -> None:
    """What is beyond the bounds is refused with what is possible."""
    with pytest.raises(QueryError, match="cannot be") as refused:
        sold(asked(measure, most), supposed)

    assert told in refused.value.why


def test_what_is_supposed_of_amounts_below_0_is_made_up_with_their_sign() -> None:
    """Pounds for each minute too early: less than 0 below the line, and so is the ratio."""
    early = Derived(name="minutes_held", expression=Clamp(column=ref("minutes"), lower=-20, upper=0))
    ratio = Ratio(top=Sum(column=LOSS, name=""), bottom=Sum(column=ref("minutes_held"), name=""), name="loss")
    plan = plan_of(question(ratio, derive=(early,), rows_per_unit=1, rows_per_cell=1))
    figure = plan.figures[0]
    top, bottom = plan.parts_of(figure)
    for assumed in Assumed:
        vectors = cell_supposed(figure, plan, assumed, ROWS, -40.0).vectors
        (above,), (below,) = vectors[top.name], vectors[bottom.name]

        assert below < 0 < above
        assert above / below * step_of(top, bottom) == pytest.approx(-40, rel=1e-3)
