"""From noisy vectors to an answer: only post-processing, no data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from datalab.privacy.answer.answer import ALL, Answer, AnswerCell, AnswerMeasure
from datalab.privacy.answer.covering import covered, covered_by
from datalab.privacy.estimate.figures import Noisy, columns_of, confidence_of
from datalab.privacy.estimate.noise_size import CONFIDENCE
from datalab.privacy.plan import Cells, Engine, Figure, Noise, Plan, PlanTable, Price

TableT = TypeVar("TableT")


def answer_question(
    plan: Plan, tables: Mapping[str, TableT], *, engine: Engine[TableT], noise: Noise, delta: Fraction
) -> Answer:
    """Compute, noise and dress the answer of a plan. The caller has reserved `noise.price(plan).total` before.

    Raises:
        InternalError: if the engine cannot read the tables; its text holds nothing from them.
    """
    price = noise.price(plan)
    if plan.discovery is not None:
        plan = plan.with_values(noise.discover(plan, engine.counts(plan, tables)))
    noisy = noise.draw(plan, engine.cells(plan, tables))
    return dress(plan, price, noisy, epsilon=noise.epsilon(price.total, delta), delta=delta)


def dress(plan: Plan, price: Price, noisy: Cells, *, epsilon: float, delta: Fraction) -> Answer:
    """Turn noisy integer vectors into an answer.

    Args:
        plan: the question's; with the values that were found out, where any were.
        price: of the plan.
        noisy: vectors as they were drawn.
        epsilon: the price as an epsilon.
        delta: at which it is stated.
    """
    query = plan.question.query
    made_of = Noisy(plan=plan, price=price, cells=noisy, confidence=confidence_of(plan))
    columns = [columns_of(figure, made_of) for figure in plan.figures]
    cells = [
        AnswerCell(keys=keys, estimates=tuple(column[number][place] for column in columns))
        for number, table in enumerate(plan.tables)
        for place, keys in enumerate(_labels(plan, table))
    ]
    return Answer(
        keys=tuple(key.column.name if key.column.dataset == query.dataset else str(key.column) for key in plan.keys),
        measures=tuple(_measure(figure, plan) for figure in plan.figures),
        cells=tuple(cells if query.top is None else largest(cells, query.top)),
        cost=price.total,
        epsilon=epsilon,
        delta=delta,
        confidence=CONFIDENCE,
        covers=covered(plan),
        mechanism=price.mechanism,
        software=price.software,
        threshold=next((part.threshold for part in price.parts if part.threshold), 0),
    )


def largest(cells: Sequence[AnswerCell], most: int) -> list[AnswerCell]:
    """Return the cells whose first figure is largest, largest first; of equal ones, the first in the public order."""

    def rank(cell: AnswerCell) -> float:
        value = cell.estimates[0].value
        return float("inf") if value is None else -value

    return sorted(cells, key=rank)[:most]


def _labels(plan: Plan, table: PlanTable) -> Iterator[tuple[str, ...]]:
    """Yield the labels of each cell of a table by all keys of the plan."""
    places = {key.column: place for place, key in enumerate(table.keys)}
    for labels in table.cell_labels():
        yield tuple(labels[places[key.column]] if key.column in places else ALL for key in plan.keys)


def _measure(figure: Figure, plan: Plan) -> AnswerMeasure:
    return AnswerMeasure(
        name=figure.name,
        kind=figure.kind.value,
        unit=figure.unit,
        covers=covered_by(figure, plan),
        level="" if figure.level is None else str(figure.level),
        per=figure.per,
    )
