"""Joins as JSON."""

from __future__ import annotations

from typing import Any

from datalab.query.model import First, Join, Keep, On, Window
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
    read = node(value, place, needed={"own", "other", "at_least", "at_most"})
    return Window(
        own=read_column(read["own"], f"{place}.own"),
        other=read_column(read["other"], f"{place}.other"),
        at_least=whole(read["at_least"], f"{place}.at_least", least=-MAX_DAYS, most=MAX_DAYS),
        at_most=whole(read["at_most"], f"{place}.at_most", least=-MAX_DAYS, most=MAX_DAYS),
    )


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
            "at_least": join.within.at_least,
            "at_most": join.within.at_most,
        }
    return document | write_first(join.first)


def write_first(first: First | None) -> dict[str, Any]:
    """Return which row of each unit is kept as JSON; nothing where all are."""
    if first is None:
        return {}
    return {"first": {"column": write_column(first.column), **({"last": True} if first.last else {})}}
