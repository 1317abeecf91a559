"""Figures that are held at 0 or above: sums of their noises, and of what their error is made up."""

from __future__ import annotations

from fractions import Fraction

import pytest
from offences import plan_of, question, ref

from datalab.engine.noise import OpenDPNoise
from datalab.privacy.accuracy import expected, preview
from datalab.privacy.accuracy.foreseen import FORESEEN_VALUES
from datalab.privacy.tables import Layout, held, table_variances
from datalab.query.model import CountRows, Table

NOISE = OpenDPNoise()
DELTA = Fraction(1, 10**6)
TABLES = ((0, 1), (0,), (1,), ())


@pytest.mark.parametrize("labels", [4, 30, 400])
@pytest.mark.parametrize("keys", [(0, 1), (0,)], ids=["a cell", "a margin"])
@pytest.mark.parametrize("variances", [(100.0, 1.0, 1.0, 0.1), (9.0, 9.0, 9.0, 9.0)], ids=["known margins", "alike"])
def test_the_noises_of_all_cells_add_up_to_the_totals(
    labels: int, keys: tuple[int, ...], variances: tuple[float, ...]
) -> None:
    """However many go together and however little, the variances of both sums are those of what they add up to."""
    layout = Layout(sizes=(labels, labels), members=tuple(map(frozenset, TABLES)))
    figure = held(layout, variances, frozenset(keys), whole=frozenset({0, 1}))
    told = dict(zip(TABLES, table_variances(layout, variances), strict=True))
    cell = figure.deviation**2

    def of_sum(cells: int, coupled: tuple[float, ...]) -> float:
        return cell * (cells + (coupled[0] if coupled else 0.0))

    own, others = figure.own, figure.others
    assert of_sum(own.cells, own.coupled) == pytest.approx(told[keys], abs=1e-6 * cell * own.cells)
    assert figure.variance == pytest.approx(told[keys])
    assert of_sum(others.cells, others.coupled) == pytest.approx(
        told[()] - told[keys] - 2 * figure.across, abs=1e-6 * cell * others.cells
    )


def test_what_is_said_of_values_that_are_found_out_says_of_how_many() -> None:
    """Held figures lose what is raised to 0 in cells of values that nobody knows yet: so many are foreseen."""
    asked = question(CountRows(), by=[ref("code")], discover=ref("code"), nonnegative=True)
    (shown,) = preview(plan_of(asked), NOISE, DELTA).measures
    (listed,) = preview(plan_of(question(CountRows(), by=[ref("kind")], nonnegative=True)), NOISE, DELTA).measures

    assert f"as if {FORESEEN_VALUES:,} values were found out" in shown.assumes
    assert "found out" not in listed.assumes


def test_rounding_of_the_cells_that_are_added_up_counts() -> None:
    """Cells are told in thousandths: each that a margin adds up is off by half of one more."""
    by = (ref("kind"), ref("ward"))
    plan = plan_of(question(CountRows(), by=by, tables=(Table(by=by), Table(by=by[:1])), nonnegative=True))
    for table, cells in ((0, 1), (1, len(plan.keys[1].labels))):
        held = expected(plan.figures[0], plan, NOISE.price(plan), table=table).held
        assert held is not None
        assert held.at_most - held.figure.within(held.confidence) == pytest.approx(cells / 2_000)
