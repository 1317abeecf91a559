"""Columns whose values lie close together and far from 0, such as years, dates as numbers, or counters."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from offences import POLICY, SCHEMAS, offence, question, ref

from datalab.contract.model import Bounds
from datalab.engine.reference import ReferenceEngine
from datalab.privacy.compile import compile_question
from datalab.privacy.plan import Plan
from datalab.query.model import Mean, Measure, Quantile, Sum, Variance

LOWER, UPPER = 10**9, 10**9 + 100
VALUE = LOWER + 4
PEOPLE = 500


def planned(figure: Measure) -> Plan:
    """Compile a figure of a column with a narrow range."""
    columns = tuple(
        replace(one, bounds=Bounds(lower=LOWER, upper=UPPER, unit="minutes")) if one.name == "minutes" else one
        for one in SCHEMAS["offences"].columns
    )
    schemas = {**SCHEMAS, "offences": replace(SCHEMAS["offences"], columns=columns)}
    return compile_question(question(figure, rows_per_unit=4, rows_per_cell=4), schemas, POLICY)


@pytest.mark.parametrize("kind", [Mean, Variance])
def test_a_mean_of_a_narrow_range_keeps_its_digits(kind: type[Mean | Variance]) -> None:
    """Without noise the sum over the rows is the value to a thousandth of the range."""
    plan = planned(kind(column=ref("minutes"), name="minutes"))
    rows = [offence(f"u{number}", minutes=VALUE) for number in range(PEOPLE)]
    vectors = ReferenceEngine().cells(plan, {"offences": rows}).vectors
    total = plan.part("minutes/sum").value
    assert total is not None

    centre = Fraction(total.fixed.centre) / Fraction(10) ** total.fixed.exponent
    mean = centre + Fraction(vectors["minutes/sum"][0], PEOPLE) / Fraction(10) ** total.fixed.exponent

    assert vectors["minutes/values"] == (PEOPLE,)
    assert abs(mean - VALUE) <= Fraction(UPPER - LOWER, 1000)


def test_bins_of_a_narrow_range_tell_its_values_apart() -> None:
    """A quantile has the steps that it asks for, as far as the range holds so many."""
    plan = planned(Quantile(column=ref("minutes"), name="minutes", level=Fraction(1, 2), bins=64))

    (keys,) = {part.bounded_at for part in plan.parts}
    assert keys[-1].bin is not None
    assert keys[-1].bin.count > 32


def test_a_sum_of_a_narrow_range_is_bounded_by_its_values() -> None:
    """A sum, which the values themselves add up to, loses the digits that its noise hides."""
    part = planned(Sum(column=ref("minutes"), name="minutes")).part("minutes")

    assert part.magnitude * part.rows_per_cell <= 2**29
