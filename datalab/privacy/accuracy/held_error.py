"""How far off figures are that are held at 0 or above, of the hardest data that there can be."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from datalab.errors import QueryError
from datalab.privacy.accuracy.foreseen import FORESEEN_VALUES, foreseen_confidence
from datalab.privacy.digits import significant
from datalab.privacy.estimate.noise_size import CONFIDENCE, spread
from datalab.privacy.estimate.together import layout_of
from datalab.privacy.plan import Figure, FigureKind, Plan, Price
from datalab.privacy.tables import STEP, Held, Layout, held

AMOUNTS = frozenset({FigureKind.ROWS, FigureKind.UNITS, FigureKind.SUM})
"""Figures that can be held at 0 or above."""
FITTED = (
    "Tables of which neither holds the other's columns, and that have some in common, are fitted to each other after "
    "each is held at 0 or above: how far that takes a figure from the truth is not known beforehand."
)
UNFITTED = "Leave the option out, or ask beside them for one table by all of their columns."


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldError:
    """The error of a figure that is held at 0 or above, in its own unit."""

    figure: Held
    """In the whole numbers that were noised."""
    confidence: float
    unit: float
    """How many of those are one."""
    rounding: float
    """What the thousandths come to that its cells are told in."""
    cells: int
    """Of the table by all keys."""
    values: int = 0
    """Of a column that are yet to be found out, as many as are foreseen; 0 where all are listed."""

    @property
    def at_most(self) -> float:
        """95 of 100 figures are no further off, whatever the data."""
        return (self.figure.within(self.confidence) + self.rounding) / self.unit

    @property
    def of_nothing(self) -> float:
        """By how much a figure of nothing is too large in 95 of 100 answers, at most."""
        return (self.figure.gained_within(self.confidence) + self.rounding) / self.unit

    @property
    def mean(self) -> float:
        """Mean error of the figure that is furthest off."""
        return self.figure.mean(self.figure.within(CONFIDENCE)) / self.unit

    def chance(self, difference: float) -> float:
        """Return in which share of answers a difference of two such figures is seen, at least."""
        noise = self.figure.told_apart(self.confidence)
        return 1 - self.figure.unseen(abs(difference) * self.unit - noise)

    def least(self, power: float) -> float:
        """Return the least difference of two such figures that is seen in so many of 1 answers, whatever the data."""
        return self.figure.least_seen(power, self.confidence) / self.unit

    @property
    def hardest(self) -> str:
        """The data of which all that is said, in words."""
        found = f", as if {self.values:,} values were found out" if self.values else ""
        if self.figure.own.cells == 1:
            return f"a full cell among empty ones ({self.cells:,} in all{found})"
        return f"{self.figure.own.cells:,} full cells that are added up while all others are empty{found}"


def is_fitted(figure: Figure, plan: Plan) -> bool:
    """Whether a held figure is of tables that are fitted to each other, of whose error nothing is known beforehand.

    Tables that have no column in common are not changed by it: they keep one total.
    """
    if not _is_held(figure, plan) or figure.kind is FigureKind.UNITS:
        return False
    return any(one & other for one, other in itertools.combinations(_layout(plan).largest, 2))


def _is_held(figure: Figure, plan: Plan) -> bool:
    return plan.question.query.nonnegative and not plan.exact and figure.kind in AMOUNTS


def may_lose(figure: Figure, plan: Plan) -> bool:
    """Whether a held figure has others beside it, off which it may lose what is raised to 0 there."""
    return _is_held(figure, plan) and any(_layout(plan).cells(keys) > 1 for keys in _layout(plan).members)


def held_error(figure: Figure, plan: Plan, price: Price, table: int) -> HeldError | None:
    """Return the error of a figure that is held at 0 or above; None where holding it makes it no worse.

    Args:
        figure: one of the plan's.
        plan: the question's.
        price: the plan's.
        table: which of the plan's tables.

    Raises:
        QueryError: if `is_fitted`.
    """
    if not _is_held(figure, plan):
        return None
    parts, layout = plan.parts_of(figure), _layout(plan)
    keys = layout.members[table]
    if figure.kind is FigureKind.UNITS:  # each table is held by itself
        parts, layout = (parts[table],), Layout(sizes=layout.sizes, members=(keys,))
    elif is_fitted(figure, plan):
        raise QueryError(
            f"How near {figure.name} comes to the truth is not known beforehand.", why=FITTED, remedy=UNFITTED
        )
    if layout.cells(keys) == 1:  # a total keeps its own noise
        return None
    whole = next(one for one in layout.largest if keys <= one)
    variances = tuple(spread(price.scale(part.name)) ** 2 for part in parts)
    return HeldError(
        figure=held(layout, variances, keys, whole=whole),
        confidence=foreseen_confidence(plan),
        unit=10.0 ** (parts[0].value.fixed.exponent if parts[0].value else 0),
        rounding=layout.cells(whole - keys) / (2 * STEP),
        cells=layout.cells(whole),
        values=0 if plan.discovery is None else FORESEEN_VALUES,
    )


def held_words(found: HeldError, plain: float) -> str:
    """Return what a preview says of a held figure, in words.

    Args:
        found: its error.
        plain: half of its 95 % interval before it is held.
    """
    most, before, nothing = (significant(one, 4) for one in (found.at_most, plain, found.of_nothing))
    return (
        f"Whatever the data: ±{most} is of {found.hardest}, off which what noise adds to the empty ones is taken. "
        f"Where hardly a cell is near 0 it is ±{before}; a figure of 0 is at most {nothing} too large."
    )


def _layout(plan: Plan) -> Layout:
    """Return the keys of a plan's tables; of values that are yet to be found out, as many as are foreseen."""
    layout, _ = layout_of(plan)
    column = None if plan.discovery is None else plan.discovery.column
    found = [FORESEEN_VALUES if key.column == column else 0 for key in plan.keys]
    return Layout(sizes=tuple(map(sum, zip(layout.sizes, found, strict=True))), members=layout.members)
