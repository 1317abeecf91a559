"""Released counts with the noise that is known to be in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from datalab.errors import StateError
from datalab.privacy.answer import Answer
from datalab.privacy.bounds import sensitivity
from datalab.query.model import CountUnits, Question

Labels = tuple[str, ...]
ALL = "(all)"
"""Label of a column that a table adds up, where a question asks for several tables."""
MANY = 10**9
"""Cells, where there are more than one unit's rows can reach: the noise no longer depends on how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """One count for each group."""

    values: Mapping[Labels, float]
    """Noisy counts as they were released; a small one may be negative."""
    variances: Mapping[Labels, float]
    """Of the noise in each; 0 where a count is exact."""

    def value(self, *labels: str) -> float:
        """Return one count."""
        return self.values[labels]

    def variance(self, *labels: str) -> float:
        """Return the variance of the noise in one count."""
        return self.variances[labels]


def counts_of(answer: Answer, question: Question) -> Counts:
    """Return the first figure of an answer, which counts rows or units, with the variance of its noise.

    Raises:
        StateError: if a cell holds no figure.
    """
    values: dict[Labels, float] = {}
    variances: dict[Labels, float] = {}
    for cell in answer.cells:
        (estimate, *_) = cell.estimates
        if estimate.value is None:
            raise StateError("A cell of the answer holds no count.", remedy="Ask for rows or units first.")
        values[cell.keys] = float(estimate.value)
        variances[cell.keys] = noise_variance(question, _share(question, answer.keys, cell.keys))
    return Counts(values=values, variances=variances)


def noise_variance(question: Question, share: Fraction = Fraction(1)) -> float:
    """Return the variance of the noise in a count: sensitivity squared over twice the budget (Bun and Steinke 2016).

    The interval of a released count is made of whole numbers and would give it only roughly; bounds and budget are the
    author's own.

    Args:
        question: one that counts rows or units and nothing else.
        share: of the question's budget that this count's table has.
    """
    units = isinstance(question.query.measures[0], CountUnits)
    squared = sensitivity(
        rows_per_unit=question.rows_per_unit,
        rows_per_cell=1 if units else question.rows_per_cell,
        cells=MANY if question.query.group_by else 1,
        magnitude=1,
    ).l2_squared
    return float(squared / (2 * question.rho * share))


def _share(question: Question, keys: Labels, labels: Labels) -> Fraction:
    """Return which share of the budget the table has that a cell belongs to."""
    tables = question.query.tables
    if not tables:
        return Fraction(1)
    shown = {key for key, label in zip(keys, labels, strict=True) if label != ALL}
    mine = next(table for table in tables if {str(ref) for ref in table.by} == shown)
    return Fraction(mine.weight, sum(table.weight for table in tables))
