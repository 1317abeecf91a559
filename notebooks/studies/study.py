"""A study: its questions, and what their answers tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from datalab.query.model import Question
from notebooks.studies.counts import Counts
from notebooks.studies.interval import Interval

CONFIDENCE = 0.95
"""Of intervals, where nothing else is stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a study finds."""

    name: str
    """For people: `persistent absence, rate ratio`."""
    interval: Interval
    """Covers the noise and the chance in which events happened."""
    none: float
    """What it would be without an effect."""

    @property
    def found(self) -> bool:
        """Whether the effect is told apart from none: the whole interval is above it."""
        return self.interval.low > self.none


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Questions, and how findings are worked out of their answers."""

    title: str
    questions: Mapping[str, Question]
    """By a name of the study's own."""
    read: Callable[[Mapping[str, Counts], float], tuple[Finding, ...]]
    """From the answers, by the questions' names, and a confidence, to findings."""

    def findings(self, answers: Mapping[str, Counts], confidence: float = CONFIDENCE) -> tuple[Finding, ...]:
        """Return what the answers tell.

        Args:
            answers: counts by the questions' names, from `counts_of`.
            confidence: of the intervals, such as 0.95.
        """
        return self.read(answers, confidence)

    def price(self) -> dict[str, Fraction]:
        """Return what the questions cost in rho, by dataset: a linked question is charged to each of its datasets."""
        total: dict[str, Fraction] = {}
        for question in self.questions.values():
            for dataset in (question.query.dataset, *(join.dataset for join in question.query.joins)):
                total[dataset] = total.get(dataset, Fraction(0)) + question.rho
        return total
