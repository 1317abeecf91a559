"""Rows of offences, visits and rates at random: missing values, numbers that are none, far dates, duplicates."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

from hypothesis import strategies as st
from offence_tables import YEAR, Row, offence, visit

UNITS = st.sampled_from(["u1", "u2", "u3", "a-unit-with-a-name-of-more-than-thirty-two-bytes", "ü"])
NUMBERS = st.one_of(
    st.none(),
    st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf, 99.95, 99.9499999, 1e308, -1e308, 5e-324, 0.005]),
    st.floats(-200, 200),
)
WHOLES = st.one_of(st.none(), st.integers(-600, 600), st.sampled_from([2**63 - 1, -(2**63), 500, 501, -20, -21]))
WARDS = st.sampled_from(["north", "south", "elsewhere", None])
DATES = st.one_of(
    st.dates(*YEAR),
    st.dates(date(2024, 4, 25), date(2024, 5, 10)),
    st.sampled_from([date(1, 1, 1), date(9999, 12, 31), date(1969, 12, 31), date(2023, 12, 31), date(2025, 1, 1)]),
)
MOMENTS = st.one_of(
    st.datetimes(datetime(1950, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - hypothesis wants naive ends
    st.datetimes(datetime(2024, 4, 25), datetime(2024, 5, 10)),  # noqa: DTZ001 - as above
    st.sampled_from(
        [
            datetime(1, 1, 1),  # noqa: DTZ001 - as above
            datetime(9999, 12, 31, 23, 59, 59, 999999),  # noqa: DTZ001 - as above
            datetime(1969, 12, 31, 23, 59, 59, 999999),  # noqa: DTZ001 - as above
            datetime(2024, 3, 31, 1, 30),  # noqa: DTZ001 - as above
            datetime(2024, 8, 31, 23, 30),  # noqa: DTZ001 - as above
        ]
    ),
).map(lambda moment: moment.replace(tzinfo=UTC))


def _some(row: st.SearchStrategy[Row], most: int) -> st.SearchStrategy[list[Row]]:
    """Draw none, few or many rows, of which some stand twice; hypothesis alone would draw few nearly always."""
    number = st.sampled_from([most, most // 4, most, 1, most, 0])
    several = number.flatmap(lambda n: st.lists(row, min_size=n, max_size=n))
    return st.tuples(several, st.sampled_from([0, 0, 3])).map(lambda drawn: drawn[0] + drawn[0][: drawn[1]])


OFFENCE_ROWS = _some(
    st.builds(
        offence,
        UNITS | st.none(),
        kind=st.sampled_from(["arson", "burglary", "theft", "outside the list"]),
        ward=WARDS,
        age_band=st.sampled_from(["5-9", "10-14", "15+"]),
        charged=st.sampled_from([True, False, None]),
        grade=st.sampled_from([1, 2, 3, None]),
        minutes=WHOLES,
        loss=NUMBERS,
        on=DATES,
        at=st.none() | MOMENTS,
        code=st.sampled_from(["X", "Y", "", None]),
    ),
    40,
)
VISIT_ROWS = _some(
    st.builds(
        visit,
        UNITS | st.none(),
        clinic=st.sampled_from(["a", "b", None]),
        days=WHOLES,
        unbounded=WHOLES,
        ward=WARDS,
        seen_on=st.none() | DATES,
        seen_at=st.none() | MOMENTS,
    ),
    12,
)
RATE_ROWS = st.lists(
    st.fixed_dictionaries(
        {"ward": st.sampled_from(["north", "south", "north"]), "people": WHOLES, "counted_on": st.none() | DATES}
    ),
    max_size=4,
)
TABLES = st.fixed_dictionaries({"offences": OFFENCE_ROWS, "visits": VISIT_ROWS, "rates": RATE_ROWS})
"""Every table that a question of `questions` may read."""
