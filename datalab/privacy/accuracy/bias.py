"""What bounding leaves out: nothing where contracts' limits are kept to, or unknown until it is asked and paid for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from datalab.errors import QueryError
from datalab.privacy.answer.answer import Answer
from datalab.privacy.compile.bins import edges_of
from datalab.privacy.estimate.noise_size import Z
from datalab.privacy.plan import FigureKind, Plan
from datalab.query.check import MIN_RHO
from datalab.query.exact import exactly

SHARE = Fraction(19, 20)
"""Of units whose rows should all count, where nobody states another."""
RANK_ERROR = 0.025
"""How exact that share is worth to be: half of a 95 % interval."""
EXAMPLE_UNITS = (1_000, 10_000)
"""Numbers of units for which it is said what finding out would cost."""
ENOUGH, FURTHER = 100, 4
"""To find out the rows of a unit, R is at least so many, and so many times what a question asks: an answer with R
cannot tell how far beyond R a unit's rows go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bias:
    """What is known of rows that a question's bounds leave out."""

    none: bool
    """Whether nothing is left out, as long as extracts keep to their contracts' limits."""
    text: str
    recommended: int | None
    """Rows a unit that leave nothing out, as far as contracts say; None where they do not say."""


def bounding_bias(plan: Plan, most: Mapping[str, int | None]) -> Bias:
    """Say what the bounds of a plan leave out; spends nothing and looks at no data.

    Args:
        plan: the question's.
        most: for each dataset of the plan, the most rows that its contract allows one unit (`max_rows_per_unit`).
    """
    if plan.exact:
        return Bias(none=True, text="Public data: nothing is bounded.", recommended=None)
    rows = _most_rows(plan, most)
    asked, cap = plan.question.rows_per_unit, plan.question.rows_per_cell
    if rows is not None and asked >= rows and cap >= rows:
        text = (
            f"No row is left out{_as_stated(plan)}: at most {rows:,} rows a unit, and so many count, also in one cell."
        )
        return Bias(none=True, text=text, recommended=rows)
    wide = rows_to_find_out(asked, rows)
    costs = "; ".join(f"rho {cost_of_finding_out(wide, units):.2g} for {units:,} units" for units in EXAMPLE_UNITS)
    text = (
        f"How many rows are left out by the bounds ({asked:,} a unit, {cap:,} a cell) is unknown, and no interval "
        f"covers it. To find out how many rows {float(SHARE):.0%} of units have, within {RANK_ERROR:.1%} of the "
        f"units, ask for the rows of a unit in a question with rows_per_unit={wide}, since an answer cannot tell rows "
        f"beyond that apart: about {costs}."
    )
    if rows is not None:
        text += (
            f" With {rows:,} rows a unit and a cell, nothing would be left out{_as_stated(plan)}, at the price of more "
            "noise."
        )
    return Bias(none=False, text=text, recommended=rows)


def rows_to_find_out(asked: int, most: int | None) -> int:
    """Return the R of a question about the rows of a unit that shows whether more than `asked` would count.

    Args:
        asked: R of the question whose bounds may leave rows out.
        most: rows of one unit that contracts allow, where they say so: a larger R is refused.
    """
    wide = max(ENOUGH, FURTHER * asked)
    return wide if most is None else min(wide, most)


def cost_of_finding_out(rows_per_unit: int, units: int, *, share: Fraction = SHARE) -> float:
    """Return the rho at which a quantile of rows a unit is within `RANK_ERROR` of the units, in 95 of 100 answers.

    A unit counts once, so the sensitivity is 1; the rank's noise adds up over the ranges of rows
    (`datalab.privacy.estimate.bins`, one level).
    """
    level, ranges = float(share), len(edges_of(rows_per_unit))
    worst = max(below * (1 - level) ** 2 + (ranges - below) * level**2 for below in range(1, ranges + 1))
    return max(Z**2 * worst / (2 * (RANK_ERROR * units) ** 2), float(MIN_RHO))


def recommended_rows(answer: Answer, share: Fraction | float = SHARE) -> int:
    """Return the rows a unit that keep all rows of a share of units, from an answer about the rows of a unit.

    It is the upper end of the interval: too small an R biases every later answer, too large a one costs a little noise.
    An interval that has no upper end reaches beyond the R of its question, and recommends nothing. This is
    post-processing and free.

    Args:
        answer: one that asked for the rows of a unit at this share or a larger one.
        share: of units, between 0 and 1.

    Raises:
        QueryError: if the share is none, or the answer says nothing of it, or its figure is lost in its noise or may
            lie beyond the R that was asked with.
    """
    try:
        wished = exactly(share)
    except ValueError:
        wished = Fraction(0)
    if not 0 < wished < 1:
        raise QueryError("A share of the units lies between 0 and 1.", remedy="Write recommended_rows(0.95).")
    for place, measure in enumerate(answer.measures):
        if measure.kind == FigureKind.UNIT_ROWS and measure.level and Fraction(measure.level) >= wished:
            found = answer.cells[0].estimates[place]
            if found.value is None:
                break
            if found.high is None:
                raise QueryError(
                    "This answer does not say how many rows would be enough.",
                    why="Its interval has no upper end: units may have more rows than the question counted.",
                    remedy=(
                        "Ask the rows of a unit with a larger R (rows_per_unit), or with more budget where R is large; "
                        "no unit has more rows than the contract allows it, where it says so."
                    ),
                )
            return math.ceil(found.high)
    raise QueryError(
        "This answer does not say how many rows a unit has.",
        why=f"It needs a figure of the rows of a unit at a share of {float(wished):g} or more that noise spared.",
        remedy="Ask for the rows of a unit at that share, with more budget where the figure was too noisy.",
    )


def _as_stated(plan: Plan) -> str:
    """Return on which condition a number of rows holds: an extract that goes beyond its contract's limit is not held.

    None where the first row of each unit is asked for: that is one, whatever a contract states.
    """
    return " if extracts keep to their contracts' limits of rows a unit" if _most_rows(plan, {}) is None else ""


def _most_rows(plan: Plan, most: Mapping[str, int | None]) -> int | None:
    """Return the most rows of one unit after all joins, as contracts state it; None where one states nothing.

    Rows multiply where pairs are kept: at most so many of each dataset. A public table joined by columns may repeat a
    row without limit.
    """
    rows = 1
    for source in plan.sources:
        if source.link is not None and source.link.keep != "pairs":
            continue
        stated = 1 if source.first is not None and source.has_units else most.get(source.dataset)
        if stated is None:
            return None
        rows *= stated
    return rows
