"""What is said of every kind of figure before it is asked: as exact as it then turns out, and at which price."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from drawn import answers
from offences import plan_of, question, ref

from datalab.engine.noise import OpenDPNoise
from datalab.errors import QueryError
from datalab.privacy.accuracy import (
    Z,
    bounding_bias,
    expected,
    half_width_of,
    in_words,
    preview,
    recommended_rows,
    visibility,
)
from datalab.privacy.accuracy.bias import cost_of_finding_out, rows_to_find_out
from datalab.privacy.answer import dress
from datalab.privacy.bounds import in_steps
from datalab.privacy.plan import Cells, FigureKind, Flag, Plan, Price
from datalab.privacy.wish import Wish, least_budget
from datalab.query.model import (
    Compare,
    CountRows,
    CountUnits,
    Deviation,
    First,
    Mean,
    Measure,
    Operator,
    Quantile,
    Question,
    Ratio,
    Sum,
    Table,
    UnitRows,
    Variance,
)

NOISE = OpenDPNoise()
DELTA = Fraction(1, 10**6)
MINUTES = ref("minutes")
CHARGED = Compare(column=ref("charged"), operator=Operator.EQ, value=True)
ROWS = 20_000
SHARE = Ratio(top=CountRows(where=CHARGED), bottom=CountRows(), name="minutes", per=100)
SIZED: dict[str, Measure] = {
    "mean": Mean(column=MINUTES, name="minutes"),
    "variance": Variance(column=MINUTES, name="minutes"),
    "deviation": Deviation(column=MINUTES, name="minutes"),
    "median": Quantile(column=MINUTES, name="minutes", level=Fraction(1, 2), bins=521),
    "share": SHARE,
}


def planned(measure: Measure, rho: Fraction = Fraction(1, 100), **rest: object) -> tuple[Plan, Price]:
    """Return the plan of a figure and its price."""
    plan = plan_of(question(measure, rho=rho, rows_per_unit=1, rows_per_cell=1, **rest))  # type: ignore[arg-type]  # passed on
    return plan, NOISE.price(plan)


def truth(plan: Plan) -> dict[str, list[int]]:
    """Return vectors of many rows that are as the preview assumes: values spread evenly, a share of one quarter."""
    values = np.rint(np.linspace(-20, 500, ROWS)).astype(int)
    found = {}
    for part in plan.parts:
        if part.keys and (bin_ := part.keys[-1].bin):
            found[part.name] = np.bincount((values - bin_.fixed.lower) // bin_.width, minlength=bin_.count).tolist()
        elif part.value is None:
            found[part.name] = [ROWS]
        elif isinstance(part.value, Flag):
            found[part.name] = [-ROWS * part.value.fixed.upper // 4]
        else:
            off = values * 10**part.value.fixed.exponent - part.value.fixed.centre
            squared = part.kind.value == "centred_squares"
            found[part.name] = [int(in_steps(off**2, part.step).sum() if squared else off.sum())]
    return found


@pytest.mark.parametrize("kind", SIZED)
def test_what_is_foreseen_comes_about(kind: str) -> None:
    """The half of the interval that is shown before is about the one of the answer, where data is as assumed."""
    plan, price = planned(SIZED[kind])
    foreseen = expected(plan.figure("minutes"), plan, price, count=ROWS)
    ((estimates,),) = answers(plan, price, truth(plan), np.random.default_rng(1), 400)
    halves = [(one.high - one.low) / 2 for one in estimates if one.low is not None and one.high is not None]
    values = [one.value for one in estimates if one.value is not None]

    # An interval of a median is read off single bins.
    assert np.mean(halves) == pytest.approx(foreseen.even, rel=0.35 if kind == "median" else 0.06)
    assert np.std(values) <= foreseen.deviation * 1.15


def test_every_kind_is_previewed() -> None:
    """Each figure has error, interval and least visible difference, by size where that matters."""
    measures = (
        CountRows(), CountUnits(), Sum(column=MINUTES, name="total"), Mean(column=MINUTES, name="mean"),
        Variance(column=MINUTES, name="variance"), Deviation(column=ref("loss"), name="deviation"),
        Quantile(column=ref("loss"), name="quantile", level=Fraction(9, 10)), replace(SHARE, name="share"),
    )  # fmt: skip
    shown = preview(plan_of(question(*measures)), NOISE, DELTA)
    rows_of_unit = preview(plan_of(question(UnitRows(name="typical_rows", level=Fraction(1, 2)))), NOISE, DELTA)

    for measure in (*shown.measures, *rows_of_unit.measures):
        if measure.sizes:
            assert measure.assumes
            widths = [one.half_width for one in measure.sizes]
            assert widths == sorted(widths, reverse=True)
            assert all(0 < one.expected_error < one.visible_difference for one in measure.sizes)
            assert measure.by_count == tuple((one.count, one.half_width) for one in measure.sizes)
            assert (measure.sizes[0].rank_error is not None) == (measure.measure in ("quantile", "typical_rows"))
        else:
            assert measure.half_width
            assert measure.visible_difference
    assert [bool(measure.sizes) for measure in shown.measures] == [False] * 3 + [True] * 5


@pytest.mark.parametrize(
    ("measure", "within", "size"),
    [
        (CountRows(), 12, None),
        (SIZED["mean"], 4, 900),
        (SIZED["variance"], 900, 4_000),
        (SIZED["deviation"], 3, 4_000),
        (SIZED["median"], 9, 5_000),
        (SHARE, 5, 2_000),
        (UnitRows(name="minutes", level=Fraction(1, 2)), 2, 500),
    ],
    ids=["rows", *SIZED, "rows of a unit"],
)
def test_the_least_budget_is_just_enough_for_any_figure(measure: Measure, within: float, size: int | None) -> None:
    """At the budget found a figure is as exact as wished; at one billionth less it is not."""
    asked: Question = question(measure, rows_per_unit=20, rows_per_cell=1)
    wish = Wish(measure=measure.name, within=within, group_size=size)
    found = least_budget(asked, wish, compiled=plan_of, noise=NOISE, most=Fraction(50))

    def width(rho: Fraction) -> float:
        plan = plan_of(replace(asked, rho=rho))
        return half_width_of(measure.name, plan, NOISE.price(plan), count=size)

    assert width(found.rho) <= within < width(found.rho - Fraction(1, 10**9))


@pytest.mark.parametrize("kind", SIZED)
def test_a_size_is_needed_where_it_matters(kind: str) -> None:
    """Nobody can say how exact a mean is without a size of the group."""
    plan, price = planned(SIZED[kind])

    with pytest.raises(QueryError, match="size of the group"):
        expected(plan.figure("minutes"), plan, price)


@pytest.mark.parametrize("times", [0.3, 1.0, 2.0])
def test_the_chance_to_see_a_finding_is_what_draws_show(times: float) -> None:
    """A difference of two counts is told from noise as often as said; one of the least visible size in 80 of 100."""
    plan, price = planned(CountRows())
    scale = price.scale("rows")
    least = visibility("rows", plan, price, difference=1).least
    difference = times * least
    said = visibility("rows", plan, price, difference=difference)
    noise = np.random.default_rng(2).normal(0, scale * math.sqrt(2), 40_000)
    seen = (np.abs(difference + noise) > Z * scale * math.sqrt(2)).mean()

    assert said.chance == pytest.approx(seen, abs=0.01)
    assert said.visible == (times >= 1)
    if times == 1:
        assert said.chance == pytest.approx(0.8, abs=1e-3)


def test_a_finding_needs_a_size() -> None:
    """Nothing, and what is no number, is no finding."""
    plan, price = planned(CountRows())
    for size in (0, math.nan):
        with pytest.raises(QueryError, match="size"):
            visibility("rows", plan, price, difference=size)


@pytest.mark.parametrize(
    "figure",
    [
        Quantile(column=MINUTES, level=Fraction(1, 2), bins=64, name="minutes"),
        Mean(column=MINUTES, name="minutes"),
        Ratio(top=CountRows(where=CHARGED, name=""), bottom=CountUnits(name=""), name="minutes"),
    ],
    ids=["median", "mean", "rate"],
)
def test_what_is_of_no_use_shows_no_finding(figure: Measure) -> None:
    """Where a figure's interval is all that is possible, or it has none, no difference counts; with more rows one does.

    The preview of groups of that size says the same.
    """
    asked = question(figure, rho=Fraction(1, 1000), rows_per_unit=4, rows_per_cell=2)
    plan = plan_of(asked)
    price = NOISE.price(plan)
    assert expected(plan.figure("minutes"), plan, price, count=5).no_use

    few, many = (visibility("minutes", plan, price, difference=2, count=count) for count in (5, 100_000))
    (shown,) = preview(plan, NOISE, DELTA, group_sizes=(5, 100_000)).measures

    assert (few.chance, few.visible, few.least) == (0.0, False, math.inf)
    assert in_words(few, 2).startswith("No difference can be counted on:")
    assert math.isfinite(many.least)
    assert [size.visible_difference for size in shown.sizes] == [few.least, many.least]


def test_bias_is_nothing_only_where_contracts_say_so() -> None:
    """With R and cap at what contracts allow nothing is left out; else that is unknown, and has a price."""
    plan = plan_of(question(CountRows(), rows_per_unit=40, rows_per_cell=40))
    sure = bounding_bias(plan, {"offences": 40})
    unsure = bounding_bias(plan, {"offences": 1_000})
    capped = bounding_bias(plan_of(question(CountRows(), rows_per_unit=40, rows_per_cell=2)), {"offences": 40})
    unstated = bounding_bias(plan, {})

    assert (sure.none, sure.recommended) == (True, 40)
    assert (unsure.none, unsure.recommended) == (False, 1_000)
    assert (capped.none, capped.recommended) == (False, 40)
    assert (unstated.none, unstated.recommended) == (False, None)
    assert "unknown" in unsure.text
    assert "10,000 units" in unsure.text
    public = bounding_bias(plan_of(question(CountRows(), dataset="rates")), {})
    assert public.none


def test_that_no_row_is_left_out_rests_on_contracts() -> None:
    """It is said on the condition that extracts keep to their limits, but where the first row of each unit is asked."""
    kept = "if extracts keep to their contracts' limits of rows a unit"
    whole = question(CountRows(), rows_per_unit=40, rows_per_cell=40)
    first = question(CountRows(), rows_per_unit=1, rows_per_cell=1, first=First(column=ref("at")))

    assert f"No row is left out {kept}" in bounding_bias(plan_of(whole), {"offences": 40}).text
    assert f"nothing would be left out {kept}" in bounding_bias(plan_of(whole), {"offences": 1_000}).text
    certain = bounding_bias(plan_of(first), {"offences": 1_000})
    assert (certain.none, kept in certain.text) == (True, False)


@pytest.mark.parametrize("asked", [1, 4, 60])
@pytest.mark.parametrize("most", [None, 80, 1_000])
def test_finding_out_is_advised_with_a_larger_r(asked: int, most: int | None) -> None:
    """The rows of a unit are to be asked with more rows than the question counts, at the price of so many."""
    wide = rows_to_find_out(asked, most)
    plan = plan_of(question(CountRows(), rows_per_unit=asked, rows_per_cell=asked))
    text = bounding_bias(plan, {"offences": most}).text

    assert asked < wide <= (most or wide)
    assert f"rows_per_unit={wide}" in text
    assert f"rho {cost_of_finding_out(wide, 1_000):.2g} for 1,000 units" in text


def unit_rows_plan(level: Fraction, rho: Fraction, *, most: int = 60) -> tuple[Plan, Price]:
    """Return the plan of the rows of a unit up to `most`, and its price."""
    plan = plan_of(question(UnitRows(name="typical_rows", level=level), rows_per_unit=most, rows_per_cell=1, rho=rho))
    return plan, NOISE.price(plan)


def test_finding_out_costs_about_what_is_said() -> None:
    """At the price that is stated the rank of the figure is within a fortieth of the units."""
    rho = Fraction(cost_of_finding_out(60, 1_000)).limit_denominator(10**9)
    plan, price = unit_rows_plan(Fraction(19, 20), rho)
    found = expected(plan.figure("typical_rows"), plan, price, count=1_000)

    assert found.rank_error == pytest.approx(0.025, rel=0.2)


def test_rows_are_recommended_from_an_answer() -> None:
    """The upper end of the interval is recommended; an answer about a smaller share, or none, recommends nothing."""
    plan, price = unit_rows_plan(Fraction(19, 20), Fraction(1))
    (part,) = plan.parts
    assert plan.figures[0].kind is FigureKind.UNIT_ROWS
    vector = tuple(1_000 if edge <= 8 else 0 for edge in part.edges)
    answer = dress(plan, price, Cells(vectors={part.name: vector}), epsilon=0, delta=DELTA)

    assert recommended_rows(answer, 0.95) == answer.cells[0].estimates[0].high
    assert recommended_rows(answer, Fraction(1, 2)) >= 8
    with pytest.raises(QueryError, match=r"0\.99"):
        recommended_rows(answer, 0.99)
    lost = dress(plan, price, Cells(vectors={part.name: (0,) * len(vector)}), epsilon=0, delta=DELTA)
    with pytest.raises(QueryError, match="too noisy"):
        recommended_rows(lost)


@pytest.mark.parametrize("most", [1, 4, 12])
def test_nothing_is_recommended_where_units_may_have_more_rows_than_count(most: int) -> None:
    """Where all units have as many rows as count or more, a larger R is to be asked with: R itself proves nothing."""
    plan, price = unit_rows_plan(Fraction(19, 20), Fraction(10), most=most)
    (part,) = plan.parts
    vector = (0,) * (len(part.edges) - 1) + (2_000,)
    answer = dress(plan, price, Cells(vectors={part.name: vector}), epsilon=0, delta=DELTA)

    assert answer.cells[0].estimates[0].value == most
    with pytest.raises(QueryError, match="larger R"):
        recommended_rows(answer, 0.95)


def test_the_widest_of_several_tables_is_meant() -> None:
    """A wish for a figure of several tables is met where its widest table meets it; each table has its own preview."""
    by = [ref("kind"), ref("ward")]
    tables = (Table(by=tuple(by)), Table(by=(by[0],)), Table(by=()))
    plan = plan_of(question(CountRows(), by=by, tables=tables, rows_per_unit=2, rows_per_cell=1))
    shown = preview(plan, NOISE, DELTA).measures

    assert len(shown) == 3
    assert half_width_of("rows", plan, NOISE.price(plan)) == max(one.half_width or 0 for one in shown)
