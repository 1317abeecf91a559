"""Intervals, previews and answers as documents: arithmetic that can be checked by hand."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import numpy as np
import pytest
from offences import offence, plan_of, question, ref

from datalab.engine.noise import OpenDPNoise
from datalab.engine.reference import ReferenceEngine
from datalab.errors import IntegrityError
from datalab.privacy.accuracy import Z, half_width, preview
from datalab.privacy.answer import Estimate, answer_from_document, answer_question, answer_to_document, dress
from datalab.privacy.estimate.fieller import quotients
from datalab.privacy.plan import Cells
from datalab.query.model import CountRows, CountUnits, Mean, Sum

DELTA = Fraction(1, 10**6)
KIND = ref("kind")


@pytest.mark.parametrize(("scale", "width"), [(0.0, 0), (0.3, 0), (1.0, 2), (3.0, 6), (30.0, 59), (1000.0, 1960)])
def test_half_width_is_the_smallest_that_holds_95_in_100(scale: float, width: int) -> None:
    """The half width of discrete Gaussian noise is a whole number: about 1.96 scales, exact where scales are small."""
    assert half_width(scale) == width


def fieller(top: float, bottom: float, top_scale: float, bottom_scale: float, **limits: float) -> tuple[float, ...]:
    """Return value, low and high of one quotient."""
    found = quotients(
        top=np.array([float(top)]),
        bottom=np.array([float(bottom)]),
        top_variance=top_scale**2,
        bottom_variance=bottom_scale**2,
        z=Z,
        **limits,
    )
    return float(found.value[0]), float(found.low[0]), float(found.high[0])


def test_fieller_equals_the_normal_interval_where_the_count_is_exact() -> None:
    """With no noise below the line, a ratio's interval is that of its top."""
    assert fieller(500, 100, 10, 0) == pytest.approx((5, 5 - Z / 10, 5 + Z / 10))


def test_fieller_solves_its_equation() -> None:
    """Each end is a ratio at which the test statistic is exactly z."""
    _, *ends = fieller(-700, 100, 40, 9)

    for end in ends:
        assert abs(-700 - end * 100) / math.hypot(40.0, end * 9.0) == pytest.approx(Z)


@pytest.mark.parametrize("bottom", [-100, 0, 10, 17])
def test_a_count_lost_in_noise_has_no_ratio(bottom: int) -> None:
    """Where the count may be nothing, no mean is stated, and the interval is all that is possible."""
    value, low, high = fieller(5, bottom, 9, 9, lowest=-20, highest=30)

    assert math.isnan(value)
    assert (low, high) == (-20, 30)


def test_a_rate_over_almost_nothing_still_has_a_lower_end() -> None:
    """Where only the bottom is lost in noise, a rate that cannot be negative is at least something: the other root."""
    value, low, high = fieller(1_000, 10, 9, 9, lowest=0)

    assert math.isnan(value)
    assert abs(1_000 - low * 10) / math.hypot(9, low * 9) == pytest.approx(Z)
    assert high == math.inf


def test_a_ratio_of_a_vector_to_itself_is_known() -> None:
    """Full covariance leaves Fieller's set one point."""
    found = quotients(
        top=np.array([80.0]), bottom=np.array([80.0]), top_variance=25.0, bottom_variance=25.0, covariance=25.0, z=Z
    )

    assert (found.low[0], found.value[0], found.high[0]) == pytest.approx((1, 1, 1))


def test_preview_states_cost_and_error_without_data() -> None:
    """The preview's figures are those of the noise that will be drawn."""
    plan = plan_of(
        question(CountRows(), CountUnits(), Sum(column=ref("loss"), name="loss"), Mean(column=ref("loss"), name="mean"),
                 by=[KIND], rho=Fraction(1, 10), rows_per_unit=4, rows_per_cell=2)
    )  # fmt: skip
    shown = preview(plan, OpenDPNoise(), DELTA)
    rows, units, loss, mean = shown.measures

    assert (shown.cells, shown.cost.nano_rho) == (3, 10**8)
    assert shown.epsilon == pytest.approx(2.142)
    assert (rows.unit, units.unit, loss.unit, mean.unit) == ("rows", "people", "GBP", "GBP")
    assert rows.half_width == half_width(math.sqrt(8 / (2 * 0.02)))
    assert units.half_width == half_width(math.sqrt(3 / (2 * 0.02)))
    assert loss.expected_error == pytest.approx(99.95 * math.sqrt(8 / 0.04) * math.sqrt(2 / math.pi))
    assert mean.half_width is None
    assert [count for count, _ in mean.by_count] == [10, 100, 1_000, 10_000]
    assert mean.by_count[-1][1] < mean.by_count[-2][1] <= 99.95 / 2


def test_an_answer_lists_every_cell_in_public_order() -> None:
    """Cells that hold nothing stand in the answer like any other."""
    plan = plan_of(question(CountRows(), Mean(column=ref("minutes"), name="mean"), by=[KIND, ref("ward")]))
    answer = answer_question(plan, {"offences": []}, engine=ReferenceEngine(), noise=OpenDPNoise(), delta=DELTA)

    assert answer.keys == ("kind", "ward")
    assert [cell.keys for cell in answer.cells] == list(plan.tables[0].cell_labels())
    assert answer.cells[2].keys == ("arson", "(missing)")
    assert [(m.name, m.kind, m.unit) for m in answer.measures] == [
        ("rows", "rows", "rows"),
        ("mean", "mean", "minutes"),
    ]


def test_estimates_are_cut_to_what_is_possible() -> None:
    """A noisy count stays as drawn, its interval passes 0 no further than it; a mean stays within the bounds."""
    plan = plan_of(
        question(
            CountRows(),
            Sum(column=ref("minutes"), name="total"),
            Mean(column=ref("loss"), name="mean"),
            rho=Fraction(6),
        )
    )
    noise = OpenDPNoise()
    price = noise.price(plan)
    width = {part: half_width(price.scale(part)) for part in ("rows", "total")}
    noisy = Cells(vectors={"rows": (-1,), "total": (-7 * 10**4,), "mean/values": (1_000,), "mean/sum": (10**12,)})
    (cell,) = dress(plan, price, noisy, epsilon=1.0, delta=DELTA).cells

    assert cell.estimates == (
        Estimate(value=-1, low=-1, high=width["rows"] - 1),
        Estimate(value=-7.0, low=-7 - width["total"] / 10**4, high=-7 + width["total"] / 10**4),
        Estimate(value=99.95, low=99.95, high=99.95),
    )
    lost = Cells(vectors=noisy.vectors | {"mean/values": (1,)})
    assert dress(plan, price, lost, epsilon=1.0, delta=DELTA).cells[0].estimates[2] == Estimate(
        value=None, low=0.0, high=99.95
    )


def test_public_answers_are_exact() -> None:
    """A question about public data gets the truth, at no cost, with intervals of no width."""
    plan = plan_of(question(CountRows(), Mean(column=ref("people"), name="mean"), dataset="rates", by=[ref("ward")]))
    rows = [{"ward": "north", "people": 5}, {"ward": "north", "people": 8}]
    answer = answer_question(plan, {"rates": rows}, engine=ReferenceEngine(), noise=OpenDPNoise(), delta=DELTA)

    assert answer.cells[0].estimates == (Estimate(value=2, low=2, high=2), Estimate(value=6.5, low=6.5, high=6.5))
    assert (answer.cost.nano_rho, answer.epsilon, answer.mechanism) == (0, 0.0, "exact: public data")


def test_an_answer_is_read_back() -> None:
    """An answer survives JSON, exactly; a document of another format is refused."""
    plan = plan_of(question(CountRows(), Mean(column=ref("loss"), name="mean"), by=[ref("charged")]))
    rows = [offence(f"u{i}", loss=i / 7) for i in range(500)]
    answer = answer_question(plan, {"offences": rows}, engine=ReferenceEngine(), noise=OpenDPNoise(), delta=DELTA)
    document = json.loads(json.dumps(answer_to_document(answer), allow_nan=False))

    assert answer_from_document(document) == answer
    with pytest.raises(IntegrityError):
        answer_from_document(document | {"format": 3})
