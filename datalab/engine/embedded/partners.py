"""Which rows have a partner in a window, or another row of their unit, found with one look for each row.

Possible partners are put into groups of one key and time:

    key, time -> how many rows, what one of them holds, the time of the next group of that key

The first group from a window's begin says whether there is a partner (an as-of join); where the row itself is all of
that group, the next one does. Without a window the group of the row's key says it. No pairs are looked at: a unit with
very many rows would else hold up the answer, and so be noticed. What is meant is written in
`datalab.engine.reference.joins`.
"""

from __future__ import annotations

from dataclasses import dataclass

from datalab.engine.embedded.derived import reach
from datalab.engine.partner_columns import PartnerColumns
from datalab.query.model import Keep


@dataclass(frozen=True, slots=True, kw_only=True)
class Partners(PartnerColumns):
    """Writes how the rows `a` that are kept are told by the groups `b` of their possible partners."""

    def groups(self, side: str) -> str:
        """Return the query of the groups of a source's rows."""
        made = [f"{theirs} AS {key}" for key, (_, theirs) in self.keys.items()]
        by, known, next_group = list(self.keys), "", ""
        if self.link.within is not None:
            at, _, _ = reach(self.link.within, self.names)
            made, by, known = [*made, f"{at} AS near_at"], [*by, "near_at"], f"WHERE {at} IS NOT NULL"
            next_group = f", lead(near_at) OVER (PARTITION BY {', '.join(self.keys)} ORDER BY near_at) AS near_next"
        held = "".join(f", first({like}) AS {like}" for like in self.alike)
        made += [f"{theirs} AS {like}" for like, (_, theirs) in self.alike.items()]
        grouped = ", ".join(by)
        return (
            f"SELECT {grouped}, count(*) AS near_rows{held}{next_group if self.link.another else ''} "
            f"FROM (SELECT {', '.join(made)} FROM {side} {known}) GROUP BY {grouped}"
        )

    def kept(self, rows: str, columns: list[str], groups: str) -> str:
        """Return the query of the rows that are kept."""
        meet = [f"a.{mine} = b.{key}" for key, (mine, _) in self.keys.items()]
        looked_up = f"{rows} AS a LEFT JOIN {groups} AS b"
        if self.link.within is not None:
            _, earliest, _ = reach(self.link.within, self.names)
            looked_up = f"(SELECT *, {earliest} AS near_from FROM {rows}) AS a ASOF LEFT JOIN {groups} AS b"
            meet.append("a.near_from <= b.near_at")
        shown = ", ".join(f"a.{column}" for column in columns)
        keep = self._has_one if self.link.keep is Keep.ANY else f"NOT {self._has_one}"
        return f"SELECT {shown} FROM {looked_up} ON {' AND '.join(meet)} WHERE {keep}"

    @property
    def _has_one(self) -> str:
        """Return the condition that a row has a partner, never missing."""
        in_window, next_in_window = "b.near_rows IS NOT NULL", "false"
        if self.link.within is not None:
            _, _, latest = reach(self.link.within, self.names)
            in_window, next_in_window = f"b.near_at <= {latest}", f"coalesce(b.near_next <= {latest}, false)"
        if not self.link.another:
            return f"coalesce({in_window}, false)"
        same = [f"a.{mine} IS NOT DISTINCT FROM b.{like}" for like, (mine, _) in self.alike.items()]
        itself = f"b.near_rows = 1 AND {' AND '.join(same) or 'true'}"
        return f"coalesce({in_window} AND (NOT ({itself}) OR {next_in_window}), false)"
