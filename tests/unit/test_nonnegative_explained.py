"""What is said of figures that are held at 0 or above: that they agree is said of several tables alone."""

from __future__ import annotations

from fractions import Fraction

import pytest
from offences import SCHEMAS, question, ref

from datalab.query.explain import explain
from datalab.query.model import ColumnRef, CountRows, CountUnits, Measure, Table

KIND, WARD = ref("kind"), ref("ward")
HELD = "After the noise, none of the figures is left below 0"
TAKEN = ": what that adds to some cells is taken off others, down to 0."
AGREE = "are made to agree with each other and none of them is left below 0."
TABLES = (Table(by=(KIND, WARD)), Table(by=(KIND,)))


@pytest.mark.parametrize(
    ("measures", "by", "tables", "said"),
    [
        ((CountRows(),), (), (), f"{HELD}."),
        ((CountRows(),), (KIND,), (), f"{HELD}{TAKEN}"),
        ((CountRows(),), (), TABLES[:1], f"{HELD}{TAKEN}"),
        ((CountRows(),), (), TABLES, f"After the noise, the figures {AGREE}"),
        (
            (CountRows(), CountUnits()),
            (),
            TABLES,
            f"After the noise, the figures, but those of different people, {AGREE}",
        ),
        ((CountUnits(),), (), TABLES, f"{HELD}{TAKEN}"),
    ],
    ids=["one cell", "one table", "one table of several", "tables", "tables of rows and people", "tables of people"],
)
def test_only_figures_of_several_tables_are_said_to_agree(
    measures: tuple[Measure, ...], by: tuple[ColumnRef, ...], tables: tuple[Table, ...], said: str
) -> None:
    """One table has nothing to agree with; people are counted in each table by itself."""
    asked = question(*measures, by=by, tables=tables, nonnegative=True)
    lines = explain(asked, SCHEMAS, epsilon=1, delta=Fraction(1, 10**6)).splitlines()

    assert [line for line in lines if "left below 0" in line] == [said]
