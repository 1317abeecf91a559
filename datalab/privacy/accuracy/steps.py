"""Where the steps that a range is divided into, and not the noise, decide how exact a quantile can be."""

from __future__ import annotations

from datalab.privacy.digits import significant
from datalab.privacy.plan import Figure, FigureKind, Plan

NEAR = 2
"""An error of fewer steps than so many is one of steps more than of noise: an interval is whole steps."""


def grain_of(figure: Figure, plan: Plan) -> float:
    """Return the width of the bins that a quantile is read off, one row for rows of a unit; 0 of other figures."""
    if figure.kind is not FigureKind.QUANTILE:
        return float(figure.kind is FigureKind.UNIT_ROWS)
    bin_ = plan.parts_of(figure)[0].keys[-1].bin
    return 0.0 if bin_ is None else bin_.width / 10.0**bin_.fixed.exponent


def limited_by_steps(figure: Figure, plan: Plan, half: float) -> str:
    """Return in words that an error is about as small as the steps of the range allow; empty where it is not.

    Args:
        figure: one of the plan's.
        plan: the question's.
        half: half of an interval, wished for or reached, in the figure's unit.
    """
    grain = grain_of(figure, plan)
    bin_ = plan.parts_of(figure)[0].keys[-1].bin if figure.kind is FigureKind.QUANTILE else None
    if bin_ is None or half >= NEAR * grain or (bin_.width == 1 and bin_.fixed.exponent >= 0):
        return ""
    width = f"{significant(grain)} {figure.unit}".rstrip()
    return (
        f"{figure.name} is told in steps of {width}, and its interval is whole steps: no budget tells it finer than "
        "one step, and below two steps most of the price is for being sure of the step. Ask for more steps (bins), or "
        "clamp the column to less of its range first."
    )
