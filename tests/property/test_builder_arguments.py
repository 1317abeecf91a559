"""The builder called with whatever Python holds: it builds what a file can hold, or refuses with a call that works."""

from __future__ import annotations

import inspect
import itertools
import json
import math
import operator
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalab.errors import QueryError
from datalab.query import build
from datalab.query.build import Amount, Asking, Col, Condition, ask, col, days, rows, units
from datalab.query.document import question_from_json, question_to_document
from datalab.query.model import Question, Window

COUNTED = ask("incidents").count_rows()
HOSTILE: dict[str, Any] = {
    "None": None,
    "nan": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
    "huge": 10**5000,
    "2**63": 2**63,
    "negative": -1,
    "zero": 0,
    "true": True,
    "half": 0.5,
    "text": "4",
    "empty": "",
    "control": "a\x1b[2J",
    "reordered": "a\u202eb",
    "surrogate": "\ud800",
    "long": "x" * 10_000,
    "exponent": "1e999999999",
    "bytes": b"ward",
    "list": ["ward"],
    "deep list": [[["ward"]]],
    "dict": {"ward": 1},
    "set": {1, "a", None},
    "endless": itertools.repeat("ward"),
    "object": object(),
    "function": lambda: 1,
    "class": int,
    "Decimal": Decimal("1.5"),
    "Decimal nan": Decimal("sNaN"),
    "Decimal huge": Decimal("1e9999"),
    "Fraction": Fraction(3, 7),
    "Fraction huge": Fraction(10**5000 + 1, 3),
    "complex": 1j,
    "date": date(2024, 1, 31),
    "datetime": datetime(2024, 1, 31, 12, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    "timedelta": timedelta(days=1.5),
    "int64": np.int64(4),
    "float64": np.float64(0.25),
    "float32": np.float32(0.1),
    "bool of numpy": np.True_,
    "str of numpy": np.str_("ward"),
    "datetime64": np.datetime64("2024-01-31"),
    "array": np.array([1, 2]),
    "NaT": pd.NaT,
    "NA": pd.NA,
    "Timestamp": pd.Timestamp("2024-01-31", tz="UTC"),
    "Series": pd.Series([1, 2]),
    "column": col("ward"),
    "derived": build.month("occurred_at"),
    "condition": col("ward") == "north",
    "amount": rows(),
    "window": days("occurred_at", "arrived_at", 0, 30),
    "asking": COUNTED,
}
"""What an author may write by mistake, and what a hostile one would."""
NORTH = col("ward") == "north"
WITH_PARTNER = {
    "dataset": "visits", "where": NORTH, "on": {"ward": "ward"}, "within": HOSTILE["window"], "first": "arrived_at",
}  # fmt: skip
OF_COLUMN = {"of": "minutes", "where": NORTH, "name": "minutes_typical"}
CALENDARS = ("day", "week", "month", "quarter", "year", "academic_year", "financial_year")
CALENDARS += ("hour", "weekday", "month_of_year")
CALENDAR = {"column": "occurred_at", "name": "occurred_month"}
CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "ask": (ask, {"dataset": "incidents"}),
    "col": (col, {"name": "ward", "of": "visits"}),
    "band": (build.band, {"column": "minutes", "edges": (15, 60), "name": "minutes_group"}),
    "recode": (build.recode, {"column": "kind", "groups": (("theft", "arson"), "fraud"), "name": "kind_merged"}),
    "clamp": (build.clamp, {"column": "minutes", "lower": 0, "upper": 90, "name": "minutes_low"}),
    "combine": (build.combine, {"weights": {"minutes": 2}, "constant": 1, "name": "minutes_score"}),
    "days_between": (build.days_between, {"earlier": "occurred_at", "later": "closed_at", "name": "days_open"}),
    **{name: (getattr(build, name), CALENDAR) for name in CALENDARS},
    "days": (
        days,
        {
            "own": "occurred_at",
            "other": "arrived_at",
            "at_least": 0,
            "at_most": 30,
            "more_than": None,
            "fewer_than": None,
        },
    ),
    "rows": (rows, {"where": NORTH}),
    "units": (units, {"where": NORTH}),
    "total": (build.total, {"of": "minutes", "where": NORTH}),
    "Col.is_in": (col("kind").is_in, {"values": ["theft", "arson"]}),
    "Col.is_missing": (col("kind").is_missing, {}),
    "Asking.where": (COUNTED.where, {"conditions": (NORTH,)}),
    "Asking.first": (COUNTED.first, {"by": "occurred_at"}),
    "Asking.last": (COUNTED.last, {"by": "occurred_at"}),
    "Asking.join": (COUNTED.join, {**WITH_PARTNER}),
    "Asking.having": (COUNTED.having, {**WITH_PARTNER}),
    "Asking.without": (COUNTED.without, {**WITH_PARTNER}),
    "Asking.group_by": (COUNTED.group_by, {"columns": ("ward",)}),
    "Asking.discover": (COUNTED.discover, {"by": "code"}),
    "Asking.tables": (COUNTED.tables, {"tables": (("ward", "kind"), ()), "weights": [2, 1]}),
    "Asking.margins": (COUNTED.group_by("ward", "kind").margins, {}),
    "Asking.nonnegative": (COUNTED.nonnegative, {}),
    "Asking.histogram": (ask("incidents").histogram, {"of": "minutes", "edges": (15, 60), "name": "rows"}),
    "Asking.most_frequent": (COUNTED.group_by("ward").most_frequent, {"cells": 5}),
    "Asking.titled": (COUNTED.titled, {"title": "Incidents"}),
    "Asking.spend": (COUNTED.spend, {"rows_per_unit": 4, "rows_per_cell": 2, "rho": "1/20"}),
    "Asking.count_rows": (COUNTED.count_rows, {"where": NORTH, "name": "north_rows"}),
    "Asking.count_units": (COUNTED.count_units, {"where": NORTH, "name": "north_units"}),
    **{f"Asking.{name}": (getattr(COUNTED, name), OF_COLUMN) for name in ("sum", "mean", "variance", "deviation")},
    "Asking.median": (COUNTED.median, {**OF_COLUMN, "bins": 128}),
    "Asking.quantile": (COUNTED.quantile, {**OF_COLUMN, "level": 0.9, "bins": 128}),
    "Asking.share": (COUNTED.share, {"of": NORTH, "name": "north_share"}),
    "Asking.ratio": (COUNTED.ratio, {"top": rows(), "bottom": units(), "per": 1_000, "name": "rate"}),
    "Asking.unit_rows": (COUNTED.unit_rows, {"level": "19/20", "name": "rows_per_unit_high"}),
}
"""Every public call of the builder, with arguments that work."""
UNSTATED = {"last", "epsilon", "delta"}
"""Parameters that stand instead of others."""
PLACES = [(name, place) for name, (_, stated) in CALLS.items() for place in stated]
PLACES += [("Asking.join", "last"), ("Asking.spend", "epsilon"), ("Asking.spend", "delta")]
OPERATORS: tuple[Callable[[Any, Any], Any], ...] = (
    *(operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge),
    *(operator.and_, operator.or_, operator.xor, operator.contains),
    *(operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow),
)

DECIDED_LEFT = (operator.contains, operator.mod, operator.pow)
"""What a text or a fraction on the left does without asking what stands on its right, as arrays do with all."""


def called(name: str, changes: dict[str, Any]) -> Any:
    """Return what a call gives with some of its arguments changed."""
    function, stated = CALLS[name]
    arguments = {**stated, **changes}
    if "last" in changes:
        arguments.pop("first", None)
    if "epsilon" in changes or "delta" in changes:
        arguments = {"rho": None, "epsilon": 1.0} | {key: arguments[key] for key in arguments if key != "rho"}
    starred = [one.name for one in inspect.signature(function).parameters.values() if one.kind is one.VAR_POSITIONAL]
    if not starred:
        return function(**arguments)
    many = arguments.pop(starred[0])
    before = [arguments.pop(one) for one in ("column", "of") if one in arguments]
    return function(*before, *(many if isinstance(many, tuple) else (many,)), **arguments)


def asked_with(made: Any) -> Question:
    """Return a whole question with what a call gave, whatever it is a part of."""
    match made:
        case Question():
            return made
        case Col():
            return asked_with(COUNTED.group_by(made))
        case Condition():
            return asked_with(COUNTED.where(made))
        case Amount():
            return asked_with(ask("incidents").ratio(top=made, bottom=units()))
        case Window():
            return asked_with(COUNTED.join("visits", within=made))
        case Asking():
            return made.spend(rho="1/20", rows_per_unit=4)
        case _:
            message = f"{type(made)} is no part of a question"
            raise AssertionError(message)


def check_built_or_refused(build_it: Callable[[], Any], what: str) -> None:
    """Check that what is built is read back from its own JSON, and that a refusal says what works."""
    try:
        asked = asked_with(build_it())
    except QueryError as refused:
        assert refused.what  # noqa: PT017 - either outcome is right
        assert refused.remedy  # noqa: PT017 - as above
        return
    except Exception as error:
        error.add_note(f"It was given {what}.")
        raise
    text = json.dumps(question_to_document(asked))
    assert question_to_document(question_from_json(text, max_bytes=10**6)) == question_to_document(asked)


def test_every_public_call_and_every_parameter_is_tried() -> None:
    """No function, method or parameter of the builder is missing from the table of calls."""
    functions = {name for name in build.__all__ if inspect.isfunction(getattr(build, name))}
    methods = {
        f"{kind.__name__}.{name}"
        for kind in (Asking, Col)
        for name, _ in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_")
    }

    assert set(CALLS) == functions | methods
    for function, stated in CALLS.values():
        assert set(inspect.signature(function).parameters) - UNSTATED == set(stated)


@pytest.mark.parametrize("name", CALLS)
def test_each_call_of_the_table_works(name: str) -> None:
    """What is changed below is a call that works."""
    asked_with(called(name, {}))


@pytest.mark.parametrize(("name", "place"), PLACES, ids=[f"{name}({place})" for name, place in PLACES])
def test_a_wrong_argument_is_refused_with_a_call_that_works(name: str, place: str) -> None:
    """Whatever one argument is, the call builds what a file can hold, or is refused; nothing else is raised."""
    for what, argument in HOSTILE.items():
        check_built_or_refused(partial(called, name, {place: argument}), what)


@pytest.mark.parametrize("act", OPERATORS, ids=[act.__name__ for act in OPERATORS])
@pytest.mark.parametrize("known", [col("ward"), NORTH], ids=["column", "condition"])
def test_operators_describe_or_refuse(known: Any, act: Callable[[Any, Any], Any]) -> None:
    """A column and a condition beside anything, before or after an operator, describe a condition or are refused."""
    if isinstance(known, Condition) and act not in (operator.and_, operator.or_):
        return
    for what, other in HOSTILE.items():
        check_built_or_refused(partial(act, known, other), what)
        if act not in DECIDED_LEFT and not isinstance(other, np.ndarray | np.generic | pd.Series | type(pd.NA)):
            check_built_or_refused(partial(act, other, known), what)


@pytest.mark.parametrize("act", [operator.not_, operator.neg, operator.pos, operator.invert, abs, bool])
def test_a_column_alone_is_no_condition(act: Callable[[Any], Any]) -> None:
    """What Python would decide, or calculate, before any row is seen is refused."""
    with pytest.raises(QueryError):
        act(col("charged"))


LEAVES = st.one_of(
    st.sampled_from(sorted(set(HOSTILE) - {"endless"})).map(lambda key: HOSTILE[key]),
    *(st.integers(), st.floats(), st.text(max_size=6), st.decimals(), st.fractions(), st.datetimes()),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=4,
)


@given(name=st.sampled_from(sorted(CALLS)), data=st.data(), anything=ANYTHING)
@settings(deadline=None, max_examples=400)
def test_any_arguments_build_a_question_or_are_refused(name: str, data: st.DataObject, anything: Any) -> None:
    """The same holds for arguments at random, in whichever place."""
    places = [place for one, place in PLACES if one == name]
    if places:
        place = data.draw(st.sampled_from(places))
        check_built_or_refused(partial(called, name, {place: anything}), "something at random")
