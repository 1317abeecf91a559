"""Three questions to ask of a cluster, and the rows to ask them of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

from offences import Row, offence, plan_of, question, ref, visit

from datalab.privacy.plan import Plan
from datalab.query.model import CountRows, Join, Mean, Quantile, Window

MARKER = "Marker7Zebra"
"""A value that stands in the data and must stand in no log."""
UNITS = 300
_WITHIN = Window(own=ref("on"), other=ref("seen_on"), at_least=0, at_most=10)

PLANS: Mapping[str, Plan] = {
    "a count by groups": plan_of(question(CountRows(), by=(ref("kind"), ref("ward")))),
    "a mean with a join within days": plan_of(
        question(
            Mean(column=ref("days", "visits"), name="days_mean"),
            by=(ref("kind"),),
            joins=(Join(dataset="visits", within=_WITHIN),),
        )
    ),
    "a median": plan_of(question(Quantile(column=ref("minutes"), name="median", level=Fraction(1, 2), bins=20))),
}


def rows() -> Mapping[str, list[Row]]:
    """Return the rows of both tables: more of a unit than a question takes, with missing values among them."""
    first = date(2024, 5, 1)
    offences = [
        offence(
            f"u{unit}",
            kind=("arson", "burglary", "theft")[(unit + number) % 3],
            ward=("north", "south", None)[(unit * number) % 3],
            minutes=None if (unit + number) % 11 == 0 else (unit * 7 + number * 31) % 560 - 40,
            on=first + timedelta(days=(unit + number * 5) % 60),
            code=MARKER,
        )
        for unit in range(UNITS)
        for number in range(unit % 7)
    ]
    visits = [
        visit(
            f"u{unit}",
            days=None if unit % 13 == 0 else (unit * 3 + number) % 35,
            seen_on=first + timedelta(days=(unit * 2 + number * 9) % 70),
        )
        for unit in range(0, UNITS, 2)
        for number in range(unit % 6)
    ]
    return {"offences": offences, "visits": visits}
