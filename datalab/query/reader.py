"""Reading question documents: strict, bounded in size and depth, and never surprised.

Whatever bytes arrive, the outcome is a `Question` or a `QueryError` that names the place; nothing else is raised.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NoReturn
from unicodedata import bidirectional, category

from datalab.errors import QueryError
from datalab.query.model import (
    AllOf,
    AnyOf,
    ColumnRef,
    Compare,
    CountRows,
    CountUnits,
    IsIn,
    IsMissing,
    Join,
    Literal,
    Mean,
    Measure,
    Not,
    Operator,
    Predicate,
    Query,
    Question,
    Sum,
)

FORMAT = 1
"""Version of the question document."""
MAX_QUESTION_BYTES = 64 * 1024
"""Largest question that is read, where the caller states no other limit."""
MAX_DEPTH = 16
"""Deepest nesting of conditions."""
MAX_ITEMS = 1_000
"""Longest list anywhere in a question."""
MAX_NODES = 2_000
"""Most conditions in one question."""
MAX_TEXT = 500
"""Longest text anywhere in a question, in characters."""
_RHO = re.compile(r"\d{1,18}(?:\.\d{1,18}|/[1-9]\d{0,17})?")
MAX_COUNT = 2**31 - 1
_ABSENT = object()
_NOT_TEXT = {"Cc", "Cs"}
_REORDERS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""Bidirectional controls make a text read otherwise than it is, and a reviewer reads titles (Unicode TR 36, 3.1)."""


def question_from_json(text: str | bytes, *, max_bytes: int = MAX_QUESTION_BYTES) -> Question:
    """Read a question from JSON text.

    Raises:
        QueryError: if the text is too large, is not JSON, or is not a question; it names the place.
    """
    try:
        raw = text.encode() if isinstance(text, str) else bytes(text)
        if len(raw) > max_bytes:
            raise QueryError(
                "The question is too large.",
                why=f"The lab reads at most {max_bytes:,} bytes.",
                remedy="Shorten its lists of values.",
            )
        document = json.loads(raw.decode(), object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        line = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise QueryError(
            f"The question is not JSON that the lab reads{line}.",
            why="It must be UTF-8 JSON with finite numbers, no repeated keys and little nesting.",
            remedy="Write it with the builder, or compare it with the example in the documentation.",
        ) from None
    return question_from_document(document)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) != len(pairs):
        message = "repeated key"
        raise ValueError(message)
    return keys


def _constant(_: str) -> NoReturn:
    message = "not a finite number"
    raise ValueError(message)


def question_from_document(document: object) -> Question:
    """Read a question from JSON values.

    Raises:
        QueryError: at the first place that is not as a question document must be.
    """
    return _Reader().question(document)


def _fail(place: str, what: str, remedy: str = "") -> NoReturn:
    raise QueryError(f"{place}: {what}.", remedy=remedy)


class _Reader:
    """Reads one document, counting its conditions."""

    def __init__(self) -> None:
        self._nodes = 0

    def question(self, document: object) -> Question:
        keys = {"format", "dataset", "measures", "rho", "rows_per_unit", "rows_per_cell"}
        node = _node(document, "question", needed=keys, allowed={"where", "joins", "group_by", "title"})
        if type(node["format"]) is not int or node["format"] != FORMAT:
            _fail("format", "this format is not known", f'Write "format": {FORMAT}.')
        return Question(
            query=Query(
                dataset=_text(node["dataset"], "dataset"),
                measures=tuple(_measure(m, place) for m, place in _items(node["measures"], "measures")),
                group_by=tuple(_column(c, place) for c, place in _items(node.get("group_by", []), "group_by")),
                where=self._condition(node.get("where", _ABSENT), "where"),
                joins=tuple(self._join(j, place) for j, place in _items(node.get("joins", []), "joins")),
            ),
            rho=_rho(node["rho"]),
            rows_per_unit=_count(node["rows_per_unit"], "rows_per_unit"),
            rows_per_cell=_count(node["rows_per_cell"], "rows_per_cell"),
            title=_text(node.get("title", ""), "title"),
        )

    def _join(self, value: object, place: str) -> Join:
        node = _node(value, place, needed={"dataset"}, allowed={"where"})
        dataset = _text(node["dataset"], f"{place}.dataset")
        return Join(dataset=dataset, where=self._condition(node.get("where", _ABSENT), f"{place}.where"))

    def _condition(self, value: object, place: str) -> Predicate | None:
        return None if value is _ABSENT else self._predicate(value, place, depth=1)

    def _predicate(self, value: object, place: str, *, depth: int) -> Predicate:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            _fail(place, f"conditions nest deeper than {MAX_DEPTH} or are more than {MAX_NODES}", "Simplify them.")
        if not isinstance(value, Mapping):
            _fail(place, "this must be a condition", 'Write an object with "is".')
        match value.get("is"):
            case "compare":
                node = _node(value, place, needed={"is", "column", "operator", "value"})
                return Compare(
                    column=_column(node["column"], f"{place}.column"),
                    operator=_operator(node["operator"], f"{place}.operator"),
                    value=_literal(node["value"], f"{place}.value"),
                )
            case "in":
                node = _node(value, place, needed={"is", "column", "values"})
                values = tuple(_literal(v, p) for v, p in _items(node["values"], f"{place}.values"))
                return IsIn(column=_column(node["column"], f"{place}.column"), values=values)
            case "missing":
                node = _node(value, place, needed={"is", "column"})
                return IsMissing(column=_column(node["column"], f"{place}.column"))
            case "not":
                node = _node(value, place, needed={"is", "predicate"})
                return Not(predicate=self._predicate(node["predicate"], f"{place}.predicate", depth=depth + 1))
            case "all" | "any" as kind:
                node = _node(value, place, needed={"is", "predicates"})
                items = _items(node["predicates"], f"{place}.predicates")
                terms = tuple(self._predicate(term, p, depth=depth + 1) for term, p in items)
                return AllOf(predicates=terms) if kind == "all" else AnyOf(predicates=terms)
            case _:
                _fail(
                    f"{place}.is", "this kind of condition is not known", "Known: compare, in, missing, not, all, any."
                )


def _node(value: object, place: str, *, needed: set[str], allowed: frozenset[str] | set[str] = frozenset()) -> Any:  # noqa: ANN401 - JSON values
    if not isinstance(value, Mapping):
        _fail(place, "this must be an object")
    missing = sorted(needed - value.keys())
    if missing:
        _fail(place, f"{', '.join(missing)} is missing", "Add it.")
    unknown = sorted(str(key)[:40] for key in value.keys() - needed - allowed)
    if unknown:
        _fail(place, f"unknown key {', '.join(unknown[:5])}", f"Known: {', '.join(sorted(needed | allowed))}.")
    return value


def _items(value: object, place: str) -> list[tuple[object, str]]:
    if not isinstance(value, list | tuple):
        _fail(place, "this must be a list")
    if len(value) > MAX_ITEMS:
        _fail(place, f"the list is longer than {MAX_ITEMS}", "Shorten it.")
    return [(item, f"{place}[{index}]") for index, item in enumerate(value)]


def _text(value: object, place: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        _fail(place, f"this must be a text of at most {MAX_TEXT} characters")
    if any(category(char) in _NOT_TEXT or bidirectional(char) in _REORDERS for char in value):
        _fail(place, "control characters, lone surrogates and marks that reorder text are not allowed", "Remove them.")
    return value


def _count(value: object, place: str) -> int:
    if type(value) is not int or not 0 < value <= MAX_COUNT:
        _fail(place, f"this must be a whole number from 1 to {MAX_COUNT:,}")
    return value


def _rho(value: object) -> Fraction:
    if not isinstance(value, str) or not _RHO.fullmatch(value) or not value.isascii():
        _fail("rho", "a budget is written exactly, as a text", 'Write "0.05" or "1/20".')
    return Fraction(value)


def _column(value: object, place: str) -> ColumnRef:
    if isinstance(value, str):
        return ColumnRef(name=_text(value, place))
    node = _node(value, place, needed={"column", "dataset"})
    return ColumnRef(name=_text(node["column"], f"{place}.column"), dataset=_text(node["dataset"], f"{place}.dataset"))


def _operator(value: object, place: str) -> Operator:
    if not isinstance(value, str) or value not in set(Operator):
        _fail(place, "this operator is not known", f"Known: {', '.join(Operator)}.")
    return Operator(value)


def _literal(value: object, place: str) -> Literal:
    match value:
        case bool():
            return value
        case str():
            return _text(value, place)
        case int() if -(2**63) <= value < 2**63:
            return value
        case float() if math.isfinite(value):
            return value
        case _:
            _fail(place, "this must be a text, true, false, a finite number or a whole number of at most 64 bits")


def _measure(value: object, place: str) -> Measure:
    kind = value.get("measure") if isinstance(value, Mapping) else None
    match kind:
        case "rows" | "units":
            node = _node(value, place, needed={"measure", "name"})
            name = _text(node["name"], f"{place}.name")
            return CountRows(name=name) if kind == "rows" else CountUnits(name=name)
        case "sum" | "mean":
            node = _node(value, place, needed={"measure", "column", "name"})
            name, ref = _text(node["name"], f"{place}.name"), _column(node["column"], f"{place}.column")
            return Sum(column=ref, name=name) if kind == "sum" else Mean(column=ref, name=name)
        case _:
            _fail(f"{place}.measure", "this measure is not known", "Known: rows, units, sum, mean.")
