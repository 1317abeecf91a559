"""Derived columns as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar, assert_never

from datalab.query.model import (
    Band,
    Calendar,
    Clamp,
    Clock,
    ClockPart,
    DaysBetween,
    Derived,
    Expression,
    Linear,
    Period,
    Recode,
    Term,
)
from datalab.query.naming import default_column_name
from datalab.query.written.value import fail, items, kind_of, node, number, read_column, text, write_column

_NAMED = frozenset({"name"})
WordT = TypeVar("WordT", bound=StrEnum)


def read_derived(value: object, place: str) -> Derived:
    """Return a derived column; raises QueryError with the place."""
    expression = _expression(value, place)
    named = value if isinstance(value, Mapping) else {}
    name = text(named["name"], f"{place}.name") if "name" in named else default_column_name(expression)
    return Derived(name=name, expression=expression)


def _expression(value: object, place: str) -> Expression:  # noqa: PLR0911 - a case each
    match kind_of(value, "is", place):
        case "band":
            read = node(value, place, needed={"is", "column", "edges"}, allowed=_NAMED)
            edges = tuple(number(edge, at) for edge, at in items(read["edges"], f"{place}.edges"))
            return Band(column=read_column(read["column"], f"{place}.column"), edges=edges)
        case "calendar":
            read = node(value, place, needed={"is", "column", "period"}, allowed=_NAMED)
            period = _word(Period, read["period"], f"{place}.period")
            return Calendar(column=read_column(read["column"], f"{place}.column"), period=period)
        case "clock":
            read = node(value, place, needed={"is", "column", "part"}, allowed=_NAMED)
            part = _word(ClockPart, read["part"], f"{place}.part")
            return Clock(column=read_column(read["column"], f"{place}.column"), part=part)
        case "recode":
            read = node(value, place, needed={"is", "column", "groups"}, allowed=_NAMED)
            groups = tuple(
                tuple(text(one, spot) for one, spot in items(group, at))
                for group, at in items(read["groups"], f"{place}.groups")
            )
            return Recode(column=read_column(read["column"], f"{place}.column"), groups=groups)
        case "clamp":
            read = node(value, place, needed={"is", "column", "lower", "upper"}, allowed=_NAMED)
            return Clamp(
                column=read_column(read["column"], f"{place}.column"),
                lower=number(read["lower"], f"{place}.lower"),
                upper=number(read["upper"], f"{place}.upper"),
            )
        case "linear":
            read = node(value, place, needed={"is", "terms"}, allowed={"name", "constant"})
            return Linear(
                terms=tuple(_term(term, at) for term, at in items(read["terms"], f"{place}.terms")),
                constant=number(read.get("constant", 0), f"{place}.constant"),
            )
        case "days_between":
            read = node(value, place, needed={"is", "earlier", "later"}, allowed=_NAMED)
            return DaysBetween(
                earlier=read_column(read["earlier"], f"{place}.earlier"),
                later=read_column(read["later"], f"{place}.later"),
            )
        case _:
            known = "band, calendar, clock, recode, clamp, linear, days_between"
            return fail(f"{place}.is", "this kind of derived column is not known", f"Known: {known}.")


def _term(value: object, place: str) -> Term:
    read = node(value, place, needed={"column", "weight"})
    return Term(column=read_column(read["column"], f"{place}.column"), weight=number(read["weight"], f"{place}.weight"))


def _word(words: type[WordT], value: object, place: str) -> WordT:
    if not isinstance(value, str) or value not in set(words):
        fail(place, "this word is not known", f"Known: {', '.join(words)}.")
    return words(value)


def write_derived(derived: Derived) -> dict[str, Any]:
    """Return a derived column as JSON."""
    return {"name": derived.name, **_written(derived.expression)}


def _written(expression: Expression) -> dict[str, Any]:  # noqa: PLR0911 - a case each
    match expression:
        case Band(column=ref, edges=edges):
            return {"is": "band", "column": write_column(ref), "edges": [_number(edge) for edge in edges]}
        case Calendar(column=ref, period=period):
            return {"is": "calendar", "column": write_column(ref), "period": period.value}
        case Clock(column=ref, part=part):
            return {"is": "clock", "column": write_column(ref), "part": part.value}
        case Recode(column=ref, groups=groups):
            return {"is": "recode", "column": write_column(ref), "groups": [list(group) for group in groups]}
        case Clamp(column=ref, lower=lower, upper=upper):
            return {"is": "clamp", "column": write_column(ref), "lower": _number(lower), "upper": _number(upper)}
        case Linear(terms=terms, constant=constant):
            listed = [{"column": write_column(term.column), "weight": _number(term.weight)} for term in terms]
            return {"is": "linear", "terms": listed, **({"constant": _number(constant)} if constant else {})}
        case DaysBetween(earlier=earlier, later=later):
            return {"is": "days_between", "earlier": write_column(earlier), "later": write_column(later)}
        case _:
            assert_never(expression)


def _number(value: int | float) -> int | float:  # noqa: PYI041 - both are written
    """Write 10 and 10.0 one way: they are equal, and equal questions have equal text."""
    return int(value) if value == int(value) else value
