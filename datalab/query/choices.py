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
from dataclasses import dataclass

from datalab.query.derive import derived_schemas
from datalab.query.model import Derived, Query, Question
from datalab.query.naming import MAX_WORDS, VOCABULARY, chosen, own_words, value_words, words_of
from datalab.query.schema import ViewSchema
from datalab.query.stated import stated_values

DIGIT = math.log2(10)
"""Bits of a decimal digit."""
BYTE = 8
"""Bits of a byte of UTF-8."""


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
    with_derived = derived_schemas(query, schemas)
    datasets = dict.fromkeys((query.dataset, *(join.dataset for join in query.joins)))
    known = VOCABULARY | words_of(schemas[dataset] for dataset in datasets)
    lists = (query.measures, query.group_by, query.derive, query.tables, query.joins)
    return Choices(
        names=sum(
            name_bits(
                len(named.name.split("_")),
                len(
                    known
                    | value_words(query, with_derived, named)
                    | (frozenset() if isinstance(named, Derived) else own_words(named))
                ),
            )
            for named in chosen(query)
        ),
        values=sum(_value_bits(query, with_derived)),
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
    for value, column in stated_values(query, schemas):
        listed = None if column is None else column.values
        yield _literal_bits(value) if listed is None else math.log2(max(len(listed), 1))


def _literal_bits(value: object) -> float:
    if isinstance(value, bool):
        return 1.0
    if isinstance(value, str):
        return float(BYTE * len(value.encode(errors="surrogatepass")))
    return _number_bits(value)


def _number_bits(value: object) -> float:
    """Return the length of a number as it is written, sign and point counted as digits."""
    return DIGIT * len(str(value))
