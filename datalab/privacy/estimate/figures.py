"""Every figure of an answer: which method makes it of which noisy vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from datalab.privacy.bounds import FixedPoint
from datalab.privacy.estimate.bins import Shape, shape_of
from datalab.privacy.estimate.count import totals
from datalab.privacy.estimate.estimate import Estimate
from datalab.privacy.estimate.mean import means
from datalab.privacy.estimate.noise_size import CONFIDENCE, each_of
from datalab.privacy.estimate.quantile import quantiles, read_off, unit_rows
from datalab.privacy.estimate.ratio import ratios
from datalab.privacy.estimate.search import found
from datalab.privacy.estimate.share import shares
from datalab.privacy.estimate.together import together
from datalab.privacy.estimate.variance import variances
from datalab.privacy.plan import Bin, Cells, Figure, FigureKind, Flag, Part, Plan, Price

Column = list[Estimate]
"""A figure in every cell of one table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noisy:
    """What a figure is made of: the plan, its noise, and the vectors that came out."""

    plan: Plan
    price: Price
    cells: Cells
    confidence: float = CONFIDENCE
    """Of each interval."""

    def vector(self, part: Part) -> tuple[int, ...]:
        """Return the noisy vector of a part."""
        return self.cells.vectors[part.name]

    def scale(self, part: Part) -> float:
        """Return the scale of a part's noise."""
        return self.price.scale(part.name)


def columns_of(figure: Figure, noisy: Noisy) -> tuple[Column, ...]:
    """Return a figure in every cell, table by table."""
    return _METHODS[figure.kind](figure, noisy)


def confidence_of(plan: Plan) -> float:
    """Return the confidence of each interval: more where cells are chosen, so that all hold at once."""
    return CONFIDENCE if plan.question.query.top is None else each_of(plan.size)


def fixed_of(part: Part) -> FixedPoint:
    """Return how the numbers that a part sums are whole ones."""
    if part.value is None:
        message = "A sum has a column."
        raise AssertionError(message)
    return part.value.fixed


def _amount(figure: Figure, noisy: Noisy) -> tuple[Column, ...]:
    parts = noisy.plan.parts_of(figure)
    scales = tuple(noisy.scale(part) for part in parts)
    vectors = tuple(noisy.vector(part) for part in parts)
    alone = len(parts) == 1
    if alone and not noisy.plan.question.query.nonnegative:
        return (totals(parts[0], vectors[0], scale=scales[0], confidence=noisy.confidence),)
    return together(noisy.plan, parts, vectors, scales, confidence=noisy.confidence)


def _units(figure: Figure, noisy: Noisy) -> tuple[Column, ...]:
    """Return units table by table: no table is a sum of another, so they are not made to agree."""
    plan = noisy.plan
    return tuple(
        column
        for table, name in zip(plan.tables, figure.parts, strict=True)
        for column in _amount(
            replace(figure, parts=(name,)), replace(noisy, plan=replace(plan, keys=table.keys, tables=(table,)))
        )
    )


def _mean(figure: Figure, noisy: Noisy) -> tuple[Column, ...]:
    rows, total = noisy.plan.parts_of(figure)
    return (
        means(
            fixed_of(total),
            noisy.vector(rows),
            noisy.vector(total),
            scales=(noisy.scale(rows), noisy.scale(total)),
            confidence=noisy.confidence,
        ),
    )


def _spread(figure: Figure, noisy: Noisy, *, root: bool) -> tuple[Column, ...]:
    rows, total, squares = noisy.plan.parts_of(figure)
    return (
        variances(
            fixed_of(total),
            (noisy.vector(rows), noisy.vector(total), noisy.vector(squares)),
            scales=(noisy.scale(rows), noisy.scale(total), noisy.scale(squares)),
            step=squares.step,
            confidence=noisy.confidence,
            root=root,
        ),
    )


def _ratio(figure: Figure, noisy: Noisy) -> tuple[Column, ...]:
    top, bottom = noisy.plan.parts_of(figure)
    if isinstance(top.value, Flag):
        return (
            shares(
                top.value.fixed,
                noisy.vector(bottom),
                noisy.vector(top),
                scales=(noisy.scale(bottom), noisy.scale(top)),
                per=figure.per,
                confidence=noisy.confidence,
            ),
        )
    return (
        ratios(
            (top, bottom),
            noisy.vector(top),
            noisy.vector(bottom),
            scales=(noisy.scale(top), noisy.scale(bottom)),
            per=figure.per,
            confidence=noisy.confidence,
        ),
    )


def bin_of(part: Part) -> Bin:
    """Return the bins of a quantile's part."""
    bin_ = part.keys[-1].bin
    if bin_ is None:
        message = "A quantile's parts are by bins."
        raise AssertionError(message)
    return bin_


def _quantile(figure: Figure, noisy: Noisy) -> tuple[Column, ...]:
    parts = noisy.plan.parts_of(figure)
    bin_ = bin_of(parts[0])
    if parts[0].search is not None:
        drawn, scale = noisy.vector(parts[0]), noisy.scale(parts[0])
        return (read_off(bin_, found(parts[0], drawn, scale, confidence=noisy.confidence)),)
    shape = quantile_shape(figure, noisy.plan, noisy.price)
    vectors = [noisy.vector(part) for part in parts]
    return (quantiles(bin_, shape, vectors, confidence=noisy.confidence),)


def _unit_rows(figure: Figure, noisy: Noisy) -> tuple[Column, ...]:
    (part,) = noisy.plan.parts_of(figure)
    shape = quantile_shape(figure, noisy.plan, noisy.price)
    return (unit_rows(part.edges, shape, noisy.vector(part), confidence=noisy.confidence),)


def quantile_shape(figure: Figure, plan: Plan, price: Price) -> Shape:
    """Return the shape of a quantile's distribution: its bins, levels and noise."""
    parts = plan.parts_of(figure)
    scales = tuple(price.scale(part.name) for part in parts)
    level = float(figure.level if figure.level is not None else Fraction(1, 2))
    if figure.kind is FigureKind.UNIT_ROWS:
        return Shape(levels=((1, len(parts[0].edges)),), scales=scales, level=level)
    return shape_of(parts, scales, level)


_METHODS: dict[FigureKind, Callable[[Figure, Noisy], tuple[Column, ...]]] = {
    FigureKind.ROWS: _amount,
    FigureKind.UNITS: _units,
    FigureKind.SUM: _amount,
    FigureKind.MEAN: _mean,
    FigureKind.VARIANCE: partial(_spread, root=False),
    FigureKind.DEVIATION: partial(_spread, root=True),
    FigureKind.QUANTILE: _quantile,
    FigureKind.RATIO: _ratio,
    FigureKind.UNIT_ROWS: _unit_rows,
}
