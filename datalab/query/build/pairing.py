"""Joins as they are written in Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from datalab.errors import QueryError
from datalab.query.build.argument import Argument
from datalab.query.build.column import Col, Condition, column, condition, stated
from datalab.query.model import MAX_WINDOW, ColumnRef, Derived, First, Join, Keep, On, Window

Pairs = Mapping[str, str] | Iterable[tuple[str | Col, str | Col]]
"""Columns that have to be equal: those of the rows so far, and those of the joined dataset."""

_DAYS = 'days("occurred_at", "arrived_at", 0, 30)'
_ON = Argument("join(on)", 'join("areas", on={"ward": "ward"})')


def days(
    own: str | Col,
    other: str | Col,
    at_least: int | None = None,
    at_most: int | None = None,
    *,
    more_than: int | None = None,
    fewer_than: int | None = None,
) -> Window:
    """Return a window: so many days from an event of the rows so far to one of the joined dataset; below 0 looks back.

    `days("occurred_at", "arrived_at", 0, 30)`: arrived within 30 days of the incident. `days("on", "seen_on",
    more_than=0)`: seen on a later day; of moments no end can be left out so. Without one end it reaches a century.

    Raises:
        QueryError: if neither end is stated, or one twice.
    """
    ends = {"at_least": at_least, "more_than": more_than, "at_most": at_most, "fewer_than": fewer_than}
    told = {name: Argument(f"days({name})", _DAYS).days(end) for name, end in ends.items() if end is not None}
    if not told or {"at_least", "more_than"} <= set(told) or {"at_most", "fewer_than"} <= set(told):
        raise QueryError(
            "A window has one least number of days, or one most, or both.",
            why=f"It was given {', '.join(told) or 'neither'}.",
            remedy=f"Write {_DAYS}.",
        )
    return Window(
        own=stated(own),
        other=stated(other),
        at_least=told.get("at_least", told.get("more_than", -MAX_WINDOW)),
        at_most=told.get("at_most", told.get("fewer_than", MAX_WINDOW)),
        above="more_than" in told,
        below="fewer_than" in told,
    )


def joined(
    dataset: str,
    *,
    keep: Keep,
    where: Condition | None,
    on: Pairs | None,
    within: Window | None,
    first: str | Col | None,
    last: str | Col | None,
) -> tuple[Join, tuple[Derived, ...]]:
    """Return a join and the derived columns that it is on.

    Raises:
        QueryError: if its condition reads derived columns, or both the first and the last row are to be kept.
    """
    called = Argument("join(dataset)", 'join("visits")').text(dataset)
    kept = None if where is None else condition(where, "join(where)")
    if kept is not None and kept.derive:
        raise QueryError(
            f"The condition on {called} reads {kept.derive[0].name}, a derived column.",
            why="Derived columns belong to the question's own dataset.",
            remedy="Use columns of the joined dataset's contract there, or filter the question's own rows.",
        )
    if within is not None:
        Argument("join(within)", f'join("visits", within={_DAYS})').kind(Window, within, "a number of days between two")
    pairs = _pairs(on)
    join = Join(
        dataset=called,
        where=None if kept is None else kept.predicate,
        keep=keep,
        on=tuple(On(own=own.ref, other=other) for own, other in pairs),
        within=within,
        first=first_of(first, last),
    )
    return join, tuple(derived for own, _ in pairs for derived in own.derive)


def _pairs(on: Pairs | None) -> list[tuple[Col, ColumnRef]]:
    if on is None:
        return []
    listed = [_ON.items(pair) for pair in (on.items() if isinstance(on, Mapping) else _ON.items(on))]
    if any(len(pair) != 2 for pair in listed):  # noqa: PLR2004 - an own column and another's
        raise _ON.refused("two columns are needed in each pair", on)
    return [(column(own), stated(other)) for own, other in listed]  # type: ignore[arg-type]  # both check what they get


def first_of(first: str | Col | None, last: str | Col | None) -> First | None:
    """Return which row of each unit is kept; raises QueryError if it is two."""
    if first is not None and last is not None:
        raise QueryError("One row of each unit cannot be the first and the last.", remedy="State one of the two.")
    kept = first if first is not None else last
    return None if kept is None else First(column=stated(kept), last=last is not None)
