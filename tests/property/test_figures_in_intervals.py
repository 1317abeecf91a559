"""Whatever the noise, a figure lies in its own interval: nothing is released that contradicts itself."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from offences import plan_of, question, ref

from datalab.engine.noise import OpenDPNoise
from datalab.privacy.answer import dress
from datalab.privacy.digits import AMOUNTS
from datalab.privacy.plan import Cells
from datalab.query.model import (
    Compare,
    CountRows,
    CountUnits,
    Deviation,
    Mean,
    Operator,
    Quantile,
    Question,
    Ratio,
    Sum,
    Table,
    Variance,
)

CHARGED = Compare(column=ref("charged"), operator=Operator.EQ, value=True)
MINUTES, LOSS = ref("minutes"), ref("loss")
SINGLE = question(
    CountRows(),
    CountUnits(),
    Sum(column=LOSS, name="loss_sum"),
    Sum(column=MINUTES, name="minutes_sum"),
    Mean(column=MINUTES, name="minutes_mean"),
    Variance(column=MINUTES, name="minutes_variance"),
    Deviation(column=MINUTES, name="minutes_deviation"),
    Quantile(column=MINUTES, name="minutes_median", level=Fraction(1, 2), bins=8),
    Ratio(top=CountRows(where=CHARGED), bottom=CountRows(), name="share"),
    Ratio(top=Sum(column=LOSS, name=""), bottom=CountUnits(), name="rate", per=1000),
)
TOGETHER = question(
    CountRows(),
    Sum(column=LOSS, name="loss_sum"),
    by=[ref("kind"), ref("ward")],
    tables=(Table(by=(ref("kind"), ref("ward"))), Table(by=(ref("kind"),)), Table(by=())),
)
HELD = replace(TOGETHER, query=replace(TOGETHER.query, nonnegative=True))
ALONE = question(CountRows(), CountUnits(), Sum(column=LOSS, name="loss_sum"), by=[ref("kind")], nonnegative=True)
APART = replace(HELD, query=replace(HELD.query, tables=(Table(by=(ref("kind"),)), Table(by=(ref("ward"),)))))
TOP = replace(ALONE, query=replace(ALONE.query, top=2))
NUMBERS = st.integers(-3_000, 3_000) | st.integers(-(2**50), 2**50)


@settings(deadline=None, max_examples=150)
@given(data=st.data(), asked=st.sampled_from([SINGLE, TOGETHER, HELD, ALONE, APART, TOP]))
def test_every_figure_lies_in_its_own_interval(data: st.DataObject, asked: Question) -> None:
    """Counts far below 0, shares above 1, sums of nothing: the interval that is told holds the figure that is told."""
    plan = plan_of(asked)
    vectors = {
        part.name: tuple(data.draw(st.lists(NUMBERS, min_size=part.size, max_size=part.size))) for part in plan.parts
    }
    price = OpenDPNoise().price(plan)
    answer = dress(plan, price, Cells(vectors=vectors), epsilon=0.0, delta=Fraction(1, 10**6))

    for cell in answer.cells:
        for measure, one in zip(answer.measures, cell.estimates, strict=True):
            if one.value is None:
                continue
            slack = 0.0 if measure.kind in AMOUNTS else 1e-9 * (1 + abs(one.value))
            assert one.low is None or one.low <= one.value + slack, measure.name
            assert one.high is None or one.value - slack <= one.high, measure.name
            assert not asked.query.nonnegative or (one.low or 0) >= 0, measure.name
