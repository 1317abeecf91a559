"""Joins as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datalab.query.model import MAX_WINDOW, First, Join, Keep, On, Window
from datalab.query.written.condition import Conditions, write_where
from datalab.query.written.value import (
    ABSENT,
    MAX_DAYS,
    fail,
    flag,
    items,
    node,
    read_column,
    text,
    whole,
    write_column,
)


def read_join(value: object, place: str, conditions: Conditions) -> Join:
    """Return a join; raises QueryError with the place."""
    read = node(value, place, needed={"dataset"}, allowed={"where", "keep", "on", "within", "first"})
    return Join(
        dataset=text(read["dataset"], f"{place}.dataset"),
        where=conditions.read(read.get("where", ABSENT), f"{place}.where"),
        keep=_keep(read.get("keep", Keep.PAIRS), f"{place}.keep"),
        on=tuple(_on(pair, at) for pair, at in items(read.get("on", []), f"{place}.on")),
        within=_window(read.get("within", ABSENT), f"{place}.within"),
        first=read_first(read.get("first", ABSENT), f"{place}.first"),
    )


def read_first(value: object, place: str) -> First | None:
    """Return which row of each unit is kept, or None where all are; raises QueryError with the place."""
    if value is ABSENT:
        return None
    read = node(value, place, needed={"column"}, allowed={"last"})
    return First(
        column=read_column(read["column"], f"{place}.column"), last=flag(read.get("last", False), f"{place}.last")
    )


def _keep(value: object, place: str) -> Keep:
    if not isinstance(value, str) or value not in set(Keep):
        fail(place, "this word is not known", f"Known: {', '.join(Keep)}.")
    return Keep(value)


def _on(value: object, place: str) -> On:
    read = node(value, place, needed={"own", "other"})
    return On(own=read_column(read["own"], f"{place}.own"), other=read_column(read["other"], f"{place}.other"))


def _window(value: object, place: str) -> Window | None:
    if value is ABSENT:
        return None
    read = node(value, place, needed={"own", "other"}, allowed={"at_least", "more_than", "at_most", "fewer_than"})
    at_least, above = _end(read, "at_least", "more_than", place, -MAX_WINDOW)
    at_most, below = _end(read, "at_most", "fewer_than", place, MAX_WINDOW)
    if not {"at_least", "more_than", "at_most", "fewer_than"} & set(read):
        fail(place, "a window has no end", 'State how many days: "at_least": 0, "at_most": 30.')
    return Window(
        own=read_column(read["own"], f"{place}.own"),
        other=read_column(read["other"], f"{place}.other"),
        at_least=at_least,
        at_most=at_most,
        above=above,
        below=below,
    )


def _end(read: Mapping[str, object], closed: str, opened: str, place: str, furthest: int) -> tuple[int, bool]:
    """Return an end of a window, and whether it is itself left out; the furthest where none is stated."""
    if closed in read and opened in read:
        fail(f"{place}.{opened}", f"{closed} stands beside it", "State one of the two.")
    name = opened if opened in read else closed
    if name not in read:
        return furthest, False
    return whole(read[name], f"{place}.{name}", least=-MAX_DAYS, most=MAX_DAYS), name == opened


def write_join(join: Join) -> dict[str, Any]:
    """Return a join as JSON."""
    document: dict[str, Any] = {"dataset": join.dataset, **write_where(join.where)}
    if join.keep is not Keep.PAIRS:
        document["keep"] = join.keep.value
    if join.on:
        document["on"] = [{"own": write_column(pair.own), "other": write_column(pair.other)} for pair in join.on]
    if join.within is not None:
        document["within"] = {
            "own": write_column(join.within.own),
            "other": write_column(join.within.other),
            "more_than" if join.within.above else "at_least": join.within.at_least,
            "fewer_than" if join.within.below else "at_most": join.within.at_most,
        }
    return document | write_first(join.first)


def write_first(first: First | None) -> dict[str, Any]:
    """Return which row of each unit is kept as JSON; nothing where all are."""
    if first is None:
        return {}
    return {"first": {"column": write_column(first.column), **({"last": True} if first.last else {})}}
