"""Examples of questions as data: a table, a question, the bounded cells; they are tests and documentation at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from offence_tables import Row, offence, visit

from datalab.query import build
from datalab.query.model import Question

FULL = {
    "offences": offence,
    "visits": visit,
    "rates": lambda _unit, **values: values,
    "lessons": lambda unit, **values: {"unit_id": unit, **values},
    "terms": lambda _unit, **values: values,
}
"""How a row is made whole where an example names some of its columns only."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """One question of one small table, and everything that leaves the engine before the noise."""

    says: str
    """What it shows, as a sentence without a full stop."""
    python: str
    """The question in the builder, without its price."""
    tables: Mapping[str, str]
    """Tables by name: a line of column names, then a line a row; `-` where a value is missing."""
    cells: Mapping[str, Mapping[tuple[str, ...], int]]
    """Each vector by name: its cells by their labels; those left out are 0."""
    rows_per_unit: int = 10
    rows_per_cell: int | None = None
    values: tuple[str, ...] = ()
    """Values that the noise let through, where unlisted ones are asked for."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Units by value before the noise, where unlisted ones are asked for."""

    @property
    def question(self) -> Question:
        """The question that the Python text builds."""
        asking: Any = eval(self.python, dict(vars(build)))  # noqa: S307 - the examples' own text
        question: Question = asking.spend(rho="0.5", rows_per_unit=self.rows_per_unit, rows_per_cell=self.rows_per_cell)
        return question

    @property
    def rows(self) -> dict[str, list[Row]]:
        """The tables as rows; columns that the example does not name take a plain value."""
        return {name: [_row(name, record) for record in records_of(text)] for name, text in self.tables.items()}


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """Questions of one kind."""

    title: str
    text: str
    examples: tuple[Example, ...]


def records_of(text: str) -> list[dict[str, str]]:
    """Return the records of a table that is written as lines of words."""
    names, *lines = (line.split() for line in text.strip().splitlines())
    return [dict(zip(names, line, strict=True)) for line in lines]


def _row(table: str, record: Mapping[str, str]) -> Row:
    values = {name: _value(name, text) for name, text in record.items()}
    return FULL[table](values.pop("unit_id", None), **values)


def _value(name: str, text: str) -> Any:
    if text == "-":
        return None
    if name in ("minutes", "days", "people", "grade"):
        return int(text)
    if name == "loss":
        return float(text)
    if name in ("on", "seen_on", "starts_on", "ends_on"):
        return date.fromisoformat(text)
    if name in ("at", "seen_at"):
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    return text
