"""Joins as they are written in Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from datalab.errors import QueryError
from datalab.query.build.column import Col, Condition, column, stated
from datalab.query.model import Derived, First, Join, Keep, On, Window

Pairs = Mapping[str, str] | Iterable[tuple[str | Col, str | Col]]
"""Columns that have to be equal: those of the rows so far, and those of the joined dataset."""


def days(own: str | Col, other: str | Col, at_least: int, at_most: int) -> Window:
    """Return a window: so many days from an event of the rows so far to one of the joined dataset; below 0 looks back.

    `days("occurred_at", "arrived_at", 0, 30)`: arrived within 30 days of the incident.
    """
    return Window(own=stated(own), other=stated(other), at_least=at_least, at_most=at_most)


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
    if where is not None and where.derive:
        raise QueryError(
            f"The condition on {dataset} reads {where.derive[0].name}, a derived column.",
            why="Derived columns belong to the question's own dataset.",
            remedy="Use columns of the joined dataset's contract there, or filter the question's own rows.",
        )
    pairs = tuple(on.items()) if isinstance(on, Mapping) else tuple(on or ())
    owns = [column(own) for own, _ in pairs]
    join = Join(
        dataset=dataset,
        where=None if where is None else where.predicate,
        keep=keep,
        on=tuple(On(own=own.ref, other=stated(other)) for own, (_, other) in zip(owns, pairs, strict=True)),
        within=within,
        first=first_of(first, last),
    )
    return join, tuple(derived for own in owns for derived in own.derive)


def first_of(first: str | Col | None, last: str | Col | None) -> First | None:
    """Return which row of each unit is kept; raises QueryError if it is two."""
    if first is not None and last is not None:
        raise QueryError("One row of each unit cannot be the first and the last.", remedy="State one of the two.")
    kept = first if first is not None else last
    return None if kept is None else First(column=stated(kept), last=last is not None)
