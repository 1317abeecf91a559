"""Released counts with the noise that is known to be in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from datalab.errors import StateError
from datalab.privacy.answer import ALL, Answer
from datalab.query.model import Question

__all__ = ["ALL", "Counts", "Labels", "counts_of"]

Labels = tuple[str, ...]
_SCALE = re.compile(r"\bscale ([0-9.e+-]+)")
"""How an answer states the standard deviation of its noise, one for each table, in order."""


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
    """Return the counts of an answer, and the variance of their noise as the answer states it.

    Interval ends are whole numbers and would give the variance only roughly. Where several tables were made to agree,
    each is a little more certain than its own noise; what is returned is that of its own noise.

    Raises:
        StateError: if the question asked for anything but one count.
    """
    scales = [float(scale) for scale in _SCALE.findall(answer.mechanism)]
    tables = question.query.tables
    if len(answer.measures) != 1 or len(scales) != max(1, len(tables)):
        raise StateError("The answer is not that of one count.", remedy="Ask for rows, or for units, alone.")
    by_columns = {frozenset(str(ref) for ref in table.by): scale for table, scale in zip(tables, scales, strict=False)}
    values: dict[Labels, float] = {}
    variances: dict[Labels, float] = {}
    for cell in answer.cells:
        shown = frozenset(key for key, label in zip(answer.keys, cell.keys, strict=True) if label != ALL)
        (estimate,) = cell.estimates
        if estimate.value is None:
            raise StateError("A cell of the answer holds no count.", remedy="Ask for rows, or for units, alone.")
        values[cell.keys] = float(estimate.value)
        variances[cell.keys] = (by_columns[shown] if tables else scales[0]) ** 2
    return Counts(values=values, variances=variances)
