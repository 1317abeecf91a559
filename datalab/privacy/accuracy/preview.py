"""Previews: what a question would cost and how exact it would be; no data, no budget."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from datalab.privacy.accuracy.expected import SIZED, Expected, expected
from datalab.privacy.accuracy.foreseen import how_they_hold
from datalab.privacy.accuracy.held_error import FITTED, UNFITTED, held_words, is_fitted
from datalab.privacy.accuracy.missing import missing
from datalab.privacy.accuracy.possible import unit_of
from datalab.privacy.accuracy.power import least_seen, table_name
from datalab.privacy.accuracy.said import assumes
from datalab.privacy.accuracy.size import check_size
from datalab.privacy.accuracy.telling import Telling, tellings
from datalab.privacy.budget import Budget
from datalab.privacy.digits import significant
from datalab.privacy.plan import Figure, FigureKind, Noise, PartKind, Plan, Price
from datalab.query.explain.words import UNITS

EXAMPLE_COUNTS = (10, 100, 1_000, 10_000)
"""Group sizes for which an error is shown that depends on the number of rows, which nobody knows yet."""
RARE = 0.01
"""Share of answers without a value that is not worth a word."""
MEAN_SIZE = math.sqrt(2 / math.pi)
"""Mean |x| of a normal distribution, in standard deviations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizePreview:
    """Expected error of a figure in groups of one size."""

    count: int
    """Rows in the group: with a value, below the line, or units for rows of a unit."""
    expected_error: float
    half_width: float
    """Half of the 95 % interval: the wider of `even` and `skewed`."""
    even: float
    """Half of the interval where values are spread evenly over the stated range."""
    skewed: float
    """Half of the interval where they are skewed."""
    at_most: float
    """95 of 100 figures are no further off, whatever the data; infinite where nothing says."""
    visible_difference: float
    rank_error: float | None = None
    """Of quantiles: how far the share of the rows below the figure can be from the one asked for, whatever the data."""
    ranks: tuple[float, float] | None = None
    """Of quantiles: between which shares of the rows 95 of 100 figures lie, whatever the data."""
    no_value: float = 0.0
    """In which share of answers a figure of such a group has no value: the noise leaves nothing to divide by."""
    no_use: str = ""
    """Why a figure of such a group would be of no use, where the noise leaves everything possible; else nothing."""

    @property
    def within(self) -> str:
        """How far 95 of 100 figures are from the bounded truth, in words."""
        if self.no_use:
            return f"no use ({self.no_use})"
        lost = f"; no value in about {self.no_value:.0%} of answers" if self.no_value >= RARE else ""
        return self._near + lost

    @property
    def _near(self) -> str:
        even, skewed = significant(self.even), significant(self.skewed)
        said = f"±{even}" if even == skewed else f"±{even} if even, ±{skewed} if skewed"
        if self.ranks is not None:
            return f"{said}; between ranks {self.ranks[0]:.1%} and {self.ranks[1]:.1%}"
        most = significant(self.at_most) if math.isfinite(self.at_most) else ""
        return f"{said}; at most ±{most}" if most else said

    @property
    def is_open(self) -> bool:
        """Whether a quantile can hardly be told from an end of the stated range."""
        return self.ranks is not None and (self.ranks[0] <= 0 or self.ranks[1] >= 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurePreview:
    """Expected error of one measure, the same in every cell of a table."""

    measure: str
    unit: str
    """Unit of the figures: `rows`, the privacy units (`people`), or the column's own."""
    expected_error: float | None
    """Mean |noise|, of a held figure the mean error of the hardest data; None where it depends on the group's size."""
    half_width: float | None
    """Half of the 95 % interval; None where it depends on the group's size, infinite where it is not known."""
    visible_difference: float | None = None
    """Least difference between two cells that is seen in 80 of 100 answers, noise alone; None and infinite as above."""
    by_count: tuple[tuple[int, float], ...] = ()
    """Where it depends on the size: about half of the 95 % interval, in groups of so many rows."""
    table: str = ""
    """Of several tables: the columns that this one is by, or `(all)`."""
    sizes: tuple[SizePreview, ...] = ()
    """Where it depends on the size: everything, for each example."""
    assumes: str = ""
    """What the figures for example sizes assume; of a held figure, of which data its error is."""
    counted: str = "rows"
    """What the sizes are numbers of: rows, or the privacy units where those are counted below the line."""

    @property
    def title(self) -> str:
        """Name of the figure, and of its table where there are several."""
        return f"{self.measure} by {self.table}" if self.table else self.measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a question would cost and how exact it would be; computed without data and without spending."""

    cells: int
    """Of the answer; where values are found out first, those that are known before."""
    cost: Budget
    epsilon: float
    delta: Fraction
    measures: tuple[MeasurePreview, ...]
    """One for each figure and table."""
    threshold: int = 0
    """Where values are found out: a value is told where the noisy number of units that have it is at least this; 0
    otherwise."""
    telling: tuple[Telling, ...] = ()
    """Where values are found out: how likely one is told, by how many units have it."""
    privacy_unit: str = ""
    """Whose number is meant by units: `person`, `household`."""
    holds: str = ""
    """Where the intervals hold at once, in words; empty where each holds for itself."""


def preview(plan: Plan, noise: Noise, delta: Fraction, *, group_sizes: tuple[int, ...] = EXAMPLE_COUNTS) -> Preview:
    """Return cost and expected error of a plan; touches no data and spends nothing.

    Args:
        plan: the question's.
        noise: states scales.
        delta: at which the cost is stated as an epsilon.
        group_sizes: for which the error is shown that depends on the size.

    Raises:
        QueryError: as `check_size`, of any size.
    """
    for size in group_sizes:
        check_size(size)
    price = noise.price(plan)
    return Preview(
        cells=plan.size,
        cost=price.total,
        epsilon=noise.epsilon(price.total, delta),
        delta=delta,
        measures=tuple(
            _measure(figure, plan, price, table, group_sizes)
            for figure in plan.figures
            for table in range(1 if figure.kind in SIZED else len(plan.tables))
        ),
        threshold=next((part.threshold for part in price.parts if part.threshold), 0),
        telling=tellings(price),
        privacy_unit=plan.unit.value,
        holds=how_they_hold(plan),
    )


def _measure(figure: Figure, plan: Plan, price: Price, table: int, counts: tuple[int, ...]) -> MeasurePreview:
    if figure.kind in SIZED:
        lost = missing(figure, plan, price, counts)
        sizes = tuple(_size(figure, plan, price, *one) for one in zip(counts, lost, strict=True))
        return MeasurePreview(
            measure=figure.name,
            unit=unit_of(figure),
            expected_error=None,
            half_width=None,
            by_count=tuple((one.count, one.half_width) for one in sizes),
            sizes=sizes,
            assumes=assumes(figure, plan),
            counted=_counted(figure, plan),
        )
    told = MeasurePreview(
        measure=figure.name,
        unit=unit_of(figure),
        expected_error=math.inf,
        half_width=math.inf,
        visible_difference=math.inf,
        table=_table(plan, table),
    )
    if is_fitted(figure, plan):
        return replace(told, assumes=f"{FITTED} {UNFITTED}")
    found = expected(figure, plan, price, table=table)
    return replace(
        told,
        expected_error=found.deviation * MEAN_SIZE if found.held is None else found.held.mean,
        half_width=found.half_width,
        visible_difference=least_seen(found),
        assumes="" if found.held is None else held_words(found.held, found.plain),
    )


def _counted(figure: Figure, plan: Plan) -> str:
    """Return what is counted in a group of which a size is stated."""
    below = plan.parts_of(figure)[-1].kind
    units = figure.kind is FigureKind.RATIO and below is PartKind.UNITS
    return UNITS[plan.unit][1] if units or below is PartKind.UNIT_ROWS else "rows"


def _size(figure: Figure, plan: Plan, price: Price, count: int, lost: float) -> SizePreview:
    found = expected(figure, plan, price, count=count)
    return SizePreview(
        count=count,
        expected_error=found.deviation * MEAN_SIZE,
        half_width=found.half_width,
        even=found.even,
        skewed=found.skewed,
        at_most=found.at_most,
        visible_difference=least_seen(found),
        rank_error=found.rank_error,
        ranks=_ranks(figure, found),
        no_value=lost,
        no_use=_no_use(found),
    )


def _ranks(figure: Figure, found: Expected) -> tuple[float, float] | None:
    if found.rank_error is None:
        return None
    level = 0.5 if figure.level is None else float(figure.level)
    return max(level - found.rank_error, 0.0), min(level + found.rank_error, 1.0)


def _no_use(found: Expected) -> str:
    if not found.no_use:
        return ""
    if found.possible is None:
        return "what is below the line is lost in its noise"
    least, most = map(significant, found.possible)
    return f"as wide as all that is possible, {least} to {most}"


def _table(plan: Plan, table: int) -> str:
    return "" if len(plan.tables) == 1 else table_name(plan, table)
