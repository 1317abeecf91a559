"""Sums of the noises of a table that is held at 0 or above: of one figure's cells, and of all others."""

from __future__ import annotations

import pytest

from datalab.privacy.tables import Layout, held, table_variances

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
