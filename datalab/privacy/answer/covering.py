"""What intervals cover, in words that stand in every answer."""

from __future__ import annotations

from datalab.privacy.plan import Figure, FigureKind, Plan

COVERS_NOISE = (
    "Each interval holds the bounded truth in at least 95 of 100 answers. It covers the noise alone: not rows left out "
    "beyond the limits per unit, not values clamped to their stated bounds, not the chance in which events happened at "
    "all."
)
COVERS_NOTHING = "Public data: the figures are exact."
COVERS_STEPS = "Public data: the figures are exact, quantiles to within one step of their range."
TOGETHER = (
    "The tables were made to agree by the best linear unbiased estimate of all of them. A margin is the exact sum of "
    "the shown cells of the first table that holds its columns and more; between two tables of which neither holds "
    "the other's columns, sums agree but for rounding to thousandths. Intervals are those of the estimates before "
    "rounding, widened where they would not hold the figure that is shown."
)
APART = (
    "Different units are counted in each table by itself: one that stands in two cells of a table is one unit of its "
    "margin, so margins of units are no sums of cells, were not made to agree, and need not."
)
NONNEGATIVE = (
    "Counts were changed after the noise so that none is negative: they are no longer right on average. What that adds "
    "to cells below 0 is taken off the others: where many cells are empty, small ones are told too small or as 0, and "
    "large ones too small, by as much as the preview says at most, if it is known. Intervals are those of the figures "
    "before that, cut at 0, and widened where they would not hold the figure that is shown; of a figure whose interval "
    "was all below 0, it is that of 0."
)
SELECTED = (
    "Only the cells with the largest first figures are shown. The intervals of a figure hold in all cells at once in "
    "at least 95 of 100 answers, shown or not, so that choosing the largest does not spoil them."
)
FOUND_OUT = (
    "Groups are values that enough units have for their noisy number to reach the threshold: rarer values, and their "
    "rows, are missing."
)
_AT_LEAST = frozenset({FigureKind.MEAN, FigureKind.RATIO, FigureKind.VARIANCE, FigureKind.DEVIATION})
_BINNED = {
    FigureKind.QUANTILE: "noise and the width of the bins; in at least 95 of 100 answers",
    FigureKind.UNIT_ROWS: "noise and the width of the ranges of rows; in at least 95 of 100 answers",
}


def covered(plan: Plan) -> str:
    """Return what the intervals of an answer cover and what was done to its figures."""
    if plan.exact:
        return COVERS_STEPS if any(figure.kind is FigureKind.QUANTILE for figure in plan.figures) else COVERS_NOTHING
    query = plan.question.query
    several = len(plan.tables) > 1
    units = [figure.kind is FigureKind.UNITS for figure in plan.figures]
    said = (
        (True, COVERS_NOISE),
        (several and not all(units), TOGETHER),
        (several and any(units), APART),
        (query.nonnegative, NONNEGATIVE),
        (query.top is not None, SELECTED),
        (plan.discovery is not None, FOUND_OUT),
    )
    return " ".join(text for holds, text in said if holds)


def covered_by(figure: Figure, plan: Plan) -> str:
    """Return what the intervals of one figure cover, in a few words."""
    bins = _BINNED.get(figure.kind)
    if plan.exact:
        return "the width of the bins" if bins else "nothing: exact"
    text = bins or ("noise; in at least 95 of 100 answers" if figure.kind in _AT_LEAST else "noise")
    return f"{text}; all cells at once" if plan.question.query.top is not None else text
