"""What a group by a column whose values nobody lists is refused with: the nearest that works, in both languages."""

from __future__ import annotations

import re

import pytest
from sql_contracts import CONTRACTS, POLICY, submitted

from datalab.errors import QueryError
from datalab.privacy.compile import compile_question
from datalab.query.build import Asking, ask, band, month

BUILDER = re.compile(r'(band|month|discover)\("(\w+)"(?:, ([\d.-]+))?\)')
SQL = re.compile(r"in SQL ((?:GROUP BY )?\w+\([^()]*\))")


def grouped(way: re.Match[str]) -> Asking:
    """Ask what a refusal names in the builder's words."""
    kind, column, edge = way.groups()
    asking = ask("visits").count_rows()
    if kind == "discover":
        return asking.discover(column)
    return asking.group_by(band(column, float(edge)) if kind == "band" else month(column))


@pytest.mark.parametrize(
    ("column", "ways"),
    [
        ("minutes", ["band", "discover"]),
        ("cost", ["band"]),
        ("born", ["month", "discover"]),
        ("arrived_at", ["month"]),
    ],
)
def test_a_group_whose_values_are_not_listed_is_refused_with_what_works(column: str, ways: list[str]) -> None:
    """Every way that a refusal names, in the builder's words and in SQL, passes the checks of a submitted question."""
    with pytest.raises(QueryError) as raised:
        submitted(f"SELECT {column}, COUNT(*) AS rows FROM visits GROUP BY {column}")  # noqa: S608 - read, never run
    said = str(raised.value)

    named = list(BUILDER.finditer(said))
    assert [way[1] for way in named if f'"{column}"' in way[0]] == ways
    for way in named:
        compile_question(grouped(way).spend(rho="1/10", rows_per_unit=4), CONTRACTS, POLICY)
    written = SQL.findall(said)
    assert len(written) == len(ways)
    for text in written:
        group = text.removeprefix("GROUP BY ")
        shown = column if group.startswith("unlisted") else f"{group} AS {column}_month" if "DATE" in group else group
        submitted(f"SELECT {shown}, COUNT(*) AS rows FROM visits GROUP BY {group}")  # noqa: S608 - read, never run
