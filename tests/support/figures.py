"""Questions about one figure of each kind: what previews say of it is held against releases."""

from __future__ import annotations

from fractions import Fraction

from offences import question, ref
from shaped import HELD

from datalab.query.model import (
    Compare,
    CountRows,
    CountUnits,
    Deviation,
    Mean,
    Measure,
    Operator,
    Quantile,
    Question,
    Ratio,
    Sum,
    Variance,
)

LOSS = ref("loss")
CHARGED = Compare(column=ref("charged"), operator=Operator.EQ, value=True)
BINS = 128
"""Of a quantile."""


def _quantile(percent: int) -> Measure:
    return Quantile(column=LOSS, name="loss", level=Fraction(percent, 100), bins=BINS)


KINDS: dict[str, Measure] = {
    "count": CountRows(name="rows"),
    "units": CountUnits(name="units"),
    "sum": Sum(column=LOSS, name="loss"),
    "mean": Mean(column=LOSS, name="loss"),
    "variance": Variance(column=LOSS, name="loss"),
    "standard deviation": Deviation(column=LOSS, name="loss"),
    "share of rows": Ratio(top=CountRows(where=CHARGED, name=""), bottom=CountRows(name=""), name="charged_share"),
    "rate": Ratio(top=CountRows(where=CHARGED, name=""), bottom=CountUnits(name=""), name="rate", per=1000),
    "share of a sum": Ratio(
        top=Sum(column=LOSS, where=CHARGED, name=""), bottom=Sum(column=LOSS, name=""), name="loss_share"
    ),
    "ratio of sums": Ratio(top=Sum(column=LOSS, name=""), bottom=Sum(column=ref("minutes_held"), name=""), name="loss"),
    "median": _quantile(50),
    **{f"p{percent:02}": _quantile(percent) for percent in (5, 75, 95, 99)},
}
"""Of losses, and of the rows that were charged; minutes are `shaped.HELD`."""


def asked(kind: str, rho: Fraction, *, most: int = 1, cell: int = 1) -> Question:
    """Return the question about one figure, of people with up to so many rows and so many of them in a cell."""
    derive = (HELD,) if kind == "ratio of sums" else ()
    return question(KINDS[kind], rho=rho, rows_per_unit=most, rows_per_cell=cell, derive=derive)
