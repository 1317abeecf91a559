"""What an author chose freely in a question, and how much of a message it could carry, in bits.

A question leaves with its answer, so whoever knows a secret could write it into the question: into names, values, and
the order of things. Each choice is counted as the logarithm of how many there were: a name's words from the words that
may stand in it, a category from its list, an order from all orders. Where nothing limits a choice but its length
(numbers, texts), its own length counts. That is the length of one code for the question, so over all questions that an
author might have asked, no message is shorter on average (Kraft's inequality; Cover and Thomas, chapter 5).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

from datalab.query.columns import resolve
from datalab.query.derive import derived_schemas
from datalab.query.model import DEFAULT_BINS, ColumnRef, Compare, IsIn, Query, Question, Recode
from datalab.query.naming import MAX_WORDS, VOCABULARY, chosen_names, words_of
from datalab.query.schema import ViewSchema

DIGIT = math.log2(10)
"""Bits of a decimal digit."""
BYTE = 8
"""Bits of a byte of UTF-8."""
_NO_VALUES = frozenset({"name", "dataset", "title", "rho", "rows_per_unit", "rows_per_cell", "last", "nonnegative"})
_UNSAID = frozenset({("per", 1), ("weight", 1), ("bins", DEFAULT_BINS), ("constant", 0), ("level", Fraction(1, 2))})
"""Values that are what they are where an author says nothing, and the median."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """How many bits each kind of choice could carry at most."""

    names: float
    """Of figures and derived columns, where they are not those given anyway."""
    values: float
    """In conditions, derived columns, levels, windows, weights."""
    order: float
    """Of figures, groups, derived columns, tables and joins; conditions are put in one order when they are asked."""
    price: float
    """The budget, and how many rows of a unit count."""

    @property
    def total(self) -> float:
        """All of it."""
        return self.names + self.values + self.order + self.price


def choices_of(question: Question, schemas: Mapping[str, ViewSchema]) -> Choices:
    """Return how much of a message a question could carry.

    Args:
        question: one that `check` lets through.
        schemas: of what it asks, by dataset.
    """
    query = question.query
    datasets = dict.fromkeys((query.dataset, *(join.dataset for join in query.joins)))
    known = len(VOCABULARY | words_of(schemas[dataset] for dataset in datasets))
    lists = (query.measures, query.group_by, query.derive, query.tables, query.joins)
    return Choices(
        names=sum(name_bits(len(name.split("_")), known) for name in chosen_names(query)),
        values=sum(_value_bits(query, derived_schemas(query, schemas))),
        order=sum(math.log2(math.factorial(len(listed))) for listed in lists),
        price=_number_bits(question.rho) + _number_bits(question.rows_per_unit) + _number_bits(question.rows_per_cell),
    )


def name_bits(words: int, known: int) -> float:
    """Return how much a chosen name can carry: how long it is, and each of its words, none of which stands twice.

    Args:
        words: of the name.
        known: words that may stand in a name of the question.
    """
    return math.log2(MAX_WORDS) + math.log2(math.perm(max(known, words), words))


def _value_bits(query: Query, schemas: Mapping[str, ViewSchema]) -> Iterator[float]:
    for value, ref, dataset in _values(query, query.dataset):
        listed = None
        if ref is not None:
            resolved = resolve(ref, dataset)
            schema = schemas.get(resolved.dataset or dataset)
            column = None if schema is None else schema.column(resolved.name)
            listed = None if column is None else column.values
        yield _literal_bits(value) if listed is None else math.log2(max(len(listed), 1))


def _values(node: Any, dataset: str) -> Iterator[tuple[Any, ColumnRef | None, str]]:  # noqa: ANN401 - any node or value
    """Yield every value in a question, with the column and dataset that it is of; found without knowing the nodes."""
    if isinstance(node, Compare):
        yield node.value, node.column, dataset
    elif isinstance(node, IsIn):
        yield from ((value, node.column, dataset) for value in node.values)
    elif isinstance(node, Recode):
        yield from ((value, node.column, dataset) for group in node.groups for value in group)
    elif isinstance(node, tuple):
        for one in node:
            yield from _values(one, dataset)
    elif is_dataclass(node) and not isinstance(node, ColumnRef):
        inner = getattr(node, "dataset", dataset)
        for field in fields(node):
            value = getattr(node, field.name)
            if field.name in _NO_VALUES or (isinstance(value, int | Fraction) and (field.name, value) in _UNSAID):
                continue
            yield from _values(value, inner)
    elif not isinstance(node, ColumnRef | Enum) and node is not None:
        yield node, None, dataset


def _literal_bits(value: object) -> float:
    if isinstance(value, bool):
        return 1.0
    if isinstance(value, str):
        return float(BYTE * len(value.encode(errors="surrogatepass")))
    return _number_bits(value)


def _number_bits(value: object) -> float:
    """Return the length of a number as it is written, sign and point counted as digits."""
    return DIGIT * len(str(value))
