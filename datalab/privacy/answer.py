"""Answers: noisy cells in people's units, with intervals, cost, and what the intervals cover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, TypeVar

from datalab.errors import IntegrityError
from datalab.privacy.accuracy import CONFIDENCE, half_width, ratio_interval, unit_of
from datalab.privacy.budget import Budget
from datalab.privacy.plan import Cells, Engine, Noise, Part, Plan, Price

FORMAT = 1
"""Version of the answer document."""
COVERS_NOISE = (
    "Each interval holds the bounded truth in 95 of 100 answers. It covers the noise alone: not rows left out beyond "
    "the limits per unit, not values clamped to their stated bounds, not the chance in which events happened at all."
)
COVERS_NOTHING = "Public data: the figures are exact."

TableT = TypeVar("TableT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One figure of one cell."""

    value: float | int | None
    """Noisy figure, unrounded and unclipped (a count may be negative); None for a mean over too few rows to say."""
    low: float | int
    """Lower end of the 95 % interval, cut to what is possible."""
    high: float | int
    """Upper end of the 95 % interval, cut to what is possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCell:
    """One group: its labels in the order of `Answer.keys`, its figures in the order of `Answer.measures`."""

    keys: tuple[str, ...]
    estimates: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMeasure:
    """One column of figures."""

    name: str
    kind: str
    """`rows`, `units`, `sum` or `mean`."""
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer: what the reviewer sees and the bundle carries."""

    keys: tuple[str, ...]
    """Names of the grouping columns; a joined dataset's with its name before."""
    measures: tuple[AnswerMeasure, ...]
    cells: tuple[AnswerCell, ...]
    """Every cell that could exist, in a public order; a cell's presence says nothing about the data."""
    cost: Budget
    epsilon: float
    """The cost as an epsilon at `delta`, rounded up; 0 for public data."""
    delta: Fraction
    confidence: float
    covers: str
    """What the intervals cover and what not."""
    mechanism: str
    software: str


def answer_question(
    plan: Plan, tables: Mapping[str, TableT], *, engine: Engine[TableT], noise: Noise, delta: Fraction
) -> Answer:
    """Compute, noise and dress the answer of a plan. The caller has reserved `noise.price(plan).total` before.

    Raises:
        InternalError: if the engine cannot read the tables; its text holds nothing from them.
    """
    price = noise.price(plan)
    noisy = noise.draw(plan, engine.cells(plan, tables))
    return dress(plan, price, noisy, epsilon=noise.epsilon(price.total, delta), delta=delta)


def dress(plan: Plan, price: Price, noisy: Cells, *, epsilon: float, delta: Fraction) -> Answer:
    """Turn noisy integer vectors into an answer: only post-processing, no data."""
    query = plan.question.query
    columns = [_estimates(measure.name, plan, price, noisy) for measure in query.measures]
    return Answer(
        keys=tuple(key.column.name if key.column.dataset == query.dataset else str(key.column) for key in plan.keys),
        measures=tuple(_label(measure.name, plan) for measure in query.measures),
        cells=tuple(
            AnswerCell(keys=labels, estimates=tuple(column[cell] for column in columns))
            for cell, labels in enumerate(plan.cell_labels())
        ),
        cost=price.total,
        epsilon=epsilon,
        delta=delta,
        confidence=CONFIDENCE,
        covers=COVERS_NOTHING if plan.exact else COVERS_NOISE,
        mechanism=price.mechanism,
        software=price.software,
    )


def _label(measure: str, plan: Plan) -> AnswerMeasure:
    parts = [part for part in plan.parts if part.measure == measure]
    kind = "mean" if len(parts) > 1 else parts[0].kind.value
    return AnswerMeasure(name=measure, kind=kind, unit=unit_of(parts[-1], plan))


def _estimates(measure: str, plan: Plan, price: Price, noisy: Cells) -> list[Estimate]:
    parts = [part for part in plan.parts if part.measure == measure]
    if len(parts) == 1:
        (part,) = parts
        width = half_width(price.scale(part.name))
        return [_total(part, figure, width) for figure in noisy.vectors[part.name]]
    values, total = parts
    scales = price.scale(values.name), price.scale(total.name)
    pairs = zip(noisy.vectors[values.name], noisy.vectors[total.name], strict=True)
    return [_mean(total, count, centred, scales) for count, centred in pairs]


def _total(part: Part, figure: int, width: int) -> Estimate:
    low, high = figure - width, figure + width
    if part.value is None or part.value.fixed.lower >= 0:
        low, high = max(low, 0), max(high, 0)
    elif part.value.fixed.upper <= 0:
        low, high = min(low, 0), min(high, 0)
    return Estimate(value=_shown(part, figure), low=_shown(part, low), high=_shown(part, high))


def _mean(part: Part, count: int, centred: int, scales: tuple[float, float]) -> Estimate:
    if part.value is None:
        message = "A mean has a column."
        raise AssertionError(message)
    fixed = part.value.fixed
    lowest, highest = fixed.to_value(fixed.lower), fixed.to_value(fixed.upper)
    interval = ratio_interval(top=centred, bottom=count, top_scale=scales[1], bottom_scale=scales[0])
    if interval is None:
        return Estimate(value=None, low=lowest, high=highest)

    def shown(offset: float) -> float:
        return min(max(fixed.to_value(Fraction(offset) + fixed.centre), lowest), highest)

    return Estimate(value=shown(centred / count), low=shown(interval.low), high=shown(interval.high))


def _shown(part: Part, figure: int) -> float | int:
    if part.value is None or part.value.fixed.exponent == 0:
        return figure
    return part.value.fixed.to_value(figure)


def answer_to_document(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON values."""
    document = asdict(answer)
    return {
        "format": FORMAT,
        **document,
        "cost": str(answer.cost.rho),
        "delta": str(answer.delta),
        "keys": list(answer.keys),
        "measures": [asdict(measure) for measure in answer.measures],
        "cells": [
            {
                "keys": list(cell.keys),
                "estimates": [[estimate.value, estimate.low, estimate.high] for estimate in cell.estimates],
            }
            for cell in answer.cells
        ],
    }


def answer_from_document(document: Mapping[str, Any]) -> Answer:
    """Read an answer that `answer_to_document` wrote.

    Raises:
        IntegrityError: if the document is of another format.
    """
    if document.get("format") != FORMAT:
        raise IntegrityError(
            "This stored answer is not of a format that this version reads.",
            remedy="Read it with the version of the lab that wrote it.",
        )
    return Answer(
        keys=tuple(document["keys"]),
        measures=tuple(AnswerMeasure(**measure) for measure in document["measures"]),
        cells=tuple(
            AnswerCell(
                keys=tuple(cell["keys"]),
                estimates=tuple(Estimate(value=v, low=low, high=high) for v, low, high in cell["estimates"]),
            )
            for cell in document["cells"]
        ),
        cost=Budget.ceil(Fraction(document["cost"])),
        epsilon=document["epsilon"],
        delta=Fraction(document["delta"]),
        confidence=document["confidence"],
        covers=document["covers"],
        mechanism=document["mechanism"],
        software=document["software"],
    )
