"""The table of a preview: error, interval and difference of each figure, and of each size where it depends on that."""

from __future__ import annotations

import io
from fractions import Fraction

import pytest
from offences import plan_of, question, ref
from rich.console import Console

from datalab.cli.tables import preview_table
from datalab.engine.noise import OpenDPNoise
from datalab.errors import QueryError
from datalab.privacy.accuracy import EXAMPLE_COUNTS, Preview, preview
from datalab.privacy.digits import significant
from datalab.query.model import CountRows, Mean

NOISE = OpenDPNoise()
DELTA = Fraction(1, 10**6)
PLAN = plan_of(
    question(
        CountRows(),
        Mean(column=ref("minutes"), name="minutes_mean"),
        rho=Fraction(1, 10),
        rows_per_unit=1,
        rows_per_cell=1,
    )
)


def rows_shown(shown: Preview) -> list[list[str]]:
    """Return the cells of the table's rows, as they are printed."""
    text = io.StringIO()
    Console(file=text, width=200).print(preview_table(shown))
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.getvalue().splitlines() if "│" in line]


def test_each_size_has_its_own_error_beside_its_interval() -> None:
    """Of a mean the expected error and the difference seen are told for each size, with the same noise as the rest."""
    shown = preview(PLAN, NOISE, DELTA)
    (sizes,) = (one.sizes for one in shown.measures if one.sizes)

    means = rows_shown(shown)[1:]

    assert [row[0] for row in means] == ["minutes_mean", *[""] * (len(EXAMPLE_COUNTS) - 1)]
    for row, size in zip(means, sizes, strict=True):
        assert row[3] == f"in groups of {size.count:,}: {size.within}"
        told = ["-", "-"] if size.no_use else [significant(size.expected_error), significant(size.visible_difference)]
        assert [row[2], row[4]] == told
    assert any(row[2] != "-" for row in means)


def test_the_size_that_is_stated_is_the_one_shown() -> None:
    """One size of a group is priced and shown alone; a group without rows is refused."""
    (size,) = (size for one in preview(PLAN, NOISE, DELTA, group_sizes=(400,)).measures for size in one.sizes)

    assert size.count == 400
    with pytest.raises(QueryError, match="at least one row"):
        preview(PLAN, NOISE, DELTA, group_sizes=(0,))
