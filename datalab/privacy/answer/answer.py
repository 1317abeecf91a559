"""Whole answers: what the reviewer sees and the bundle carries."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from datalab.privacy.budget import Budget
from datalab.privacy.estimate.estimate import Estimate

ALL = "(all)"
"""Label of a column that a table adds up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCell:
    """One group: its labels in the order of `Answer.keys`, its figures in the order of `Answer.measures`."""

    keys: tuple[str, ...]
    """`(all)` for a column that this cell adds up; `(missing)` for rows without a value."""
    estimates: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMeasure:
    """One column of figures."""

    name: str
    kind: str
    """As `datalab.privacy.plan.FigureKind`."""
    unit: str
    covers: str = ""
    """What this figure's intervals cover; empty in answers of format 1, which say it once for all figures."""
    level: str = ""
    """Of a quantile: the share of rows (or units), such as `1/2`."""
    per: int = 1
    """Of a ratio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer; stored answers are read for as long as the lab lives: new fields come last, with a default."""

    keys: tuple[str, ...]
    """Names of the grouping columns; a joined dataset's with its name before."""
    measures: tuple[AnswerMeasure, ...]
    cells: tuple[AnswerCell, ...]
    """Every cell that could exist, in a public order, so that its presence says nothing; or, where asked so, those of
    values that were found out, or with the largest noisy first figures."""
    cost: Budget
    epsilon: float
    """The cost as an epsilon at `delta`, rounded up; 0 for public data."""
    delta: Fraction
    confidence: float
    covers: str
    """What the intervals cover and what not."""
    mechanism: str
    software: str
    threshold: int = 0
    """Where values were found out: those are missing that fewer units than about this have; 0 where none were."""
