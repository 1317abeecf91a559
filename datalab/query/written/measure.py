"""Measures as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from datalab.query.model import (
    DEFAULT_BINS,
    CountRows,
    CountUnits,
    Deviation,
    Mean,
    Measure,
    Quantile,
    Ratio,
    Sum,
    UnitRows,
    Variance,
)
from datalab.query.naming import named_by_default
from datalab.query.written.condition import Conditions, write_where
from datalab.query.written.value import (
    ABSENT,
    count,
    fail,
    items,
    kind_of,
    level,
    node,
    read_column,
    text,
    write_column,
)

_OF_COLUMN: dict[object, type[Sum | Mean | Variance | Deviation]] = {
    "sum": Sum,
    "mean": Mean,
    "variance": Variance,
    "deviation": Deviation,
}
_WORDS = {kind: word for word, kind in _OF_COLUMN.items()}


def read_measures(value: object, place: str, conditions: Conditions) -> tuple[Measure, ...]:
    """Return the measures of a question; raises QueryError with the place."""
    return tuple(_measure(one, at, conditions) for one, at in items(value, place))


def _measure(value: object, place: str, conditions: Conditions) -> Measure:
    kind = kind_of(value, "measure", place)
    optional = {"name", "where"}
    measure: Measure
    match kind:
        case "rows" | "units" | "sum":
            measure = _amount(value, place, conditions, allowed=optional)
        case "mean" | "variance" | "deviation":
            read = node(value, place, needed={"measure", "column"}, allowed=optional)
            ref, where = read_column(read["column"], f"{place}.column"), _where(read, place, conditions)
            measure = _OF_COLUMN[kind](column=ref, name="", where=where)
        case "quantile":
            read = node(value, place, needed={"measure", "column", "level"}, allowed={*optional, "bins"})
            measure = Quantile(
                column=read_column(read["column"], f"{place}.column"),
                name="",
                level=level(read["level"], f"{place}.level"),
                bins=count(read.get("bins", DEFAULT_BINS), f"{place}.bins"),
                where=_where(read, place, conditions),
            )
        case "ratio":
            read = node(value, place, needed={"measure", "top", "bottom"}, allowed={"name", "per"})
            measure = Ratio(
                top=_amount(read["top"], f"{place}.top", conditions, allowed={"where"}),
                bottom=_amount(read["bottom"], f"{place}.bottom", conditions, allowed={"where"}),
                name="",
                per=count(read.get("per", 1), f"{place}.per"),
            )
        case "unit_rows":
            read = node(value, place, needed={"measure", "level"}, allowed={"name"})
            measure = UnitRows(name="", level=level(read["level"], f"{place}.level"))
        case _:
            known = "rows, units, sum, mean, variance, deviation, quantile, ratio, unit_rows"
            fail(f"{place}.measure", "this measure is not known", f"Known: {known}.")
    return _named(measure, value, place)


def _named(measure: Measure, value: object, place: str) -> Measure:
    stated = value.get("name", ABSENT) if isinstance(value, Mapping) else ABSENT
    return named_by_default(measure, None if stated is ABSENT else text(stated, f"{place}.name"))


def _amount(value: object, place: str, conditions: Conditions, *, allowed: set[str]) -> CountRows | CountUnits | Sum:
    kind = kind_of(value, "measure", place)
    match kind:
        case "rows" | "units":
            where = _where(node(value, place, needed={"measure"}, allowed=allowed), place, conditions)
            return CountRows(name="", where=where) if kind == "rows" else CountUnits(name="", where=where)
        case "sum":
            read = node(value, place, needed={"measure", "column"}, allowed=allowed)
            where = _where(read, place, conditions)
            return Sum(column=read_column(read["column"], f"{place}.column"), name="", where=where)
        case _:
            return fail(f"{place}.measure", "this is not an amount", "Known: rows, units, sum.")


def _where(read: Any, place: str, conditions: Conditions) -> Any:  # noqa: ANN401 - JSON values
    return conditions.read(read.get("where", ABSENT), f"{place}.where")


def write_measure(measure: Measure) -> dict[str, Any]:
    """Return a measure as JSON."""
    return {**_written(measure), "name": measure.name}


def _written(measure: Measure) -> dict[str, Any]:  # noqa: PLR0911 - a case each
    match measure:
        case CountRows(where=where):
            return {"measure": "rows", **write_where(where)}
        case CountUnits(where=where):
            return {"measure": "units", **write_where(where)}
        case Sum(column=ref, where=where) | Mean(column=ref, where=where):
            return {"measure": _WORDS[type(measure)], "column": write_column(ref), **write_where(where)}
        case Variance(column=ref, where=where) | Deviation(column=ref, where=where):
            return {"measure": _WORDS[type(measure)], "column": write_column(ref), **write_where(where)}
        case Quantile(column=ref, level=at, bins=bins, where=where):
            finer = {} if bins == DEFAULT_BINS else {"bins": bins}
            return {"measure": "quantile", "column": write_column(ref), "level": str(at), **finer, **write_where(where)}
        case Ratio(top=top, bottom=bottom, per=per):
            stated = {} if per == 1 else {"per": per}
            return {"measure": "ratio", "top": _written(top), "bottom": _written(bottom), **stated}
        case UnitRows(level=at):
            return {"measure": "unit_rows", "level": str(at)}
        case _:
            assert_never(measure)
