"""What helps where a figure cannot be as exact as wished: only what can be done in that question, and helps."""

from __future__ import annotations

from datalab.privacy.accuracy import SIZED, SUPPOSE, may_lose, of_column
from datalab.privacy.plan import Figure, FigureKind, Part, PartKind, Plan
from datalab.privacy.wish.wish import Of, Wish
from datalab.query.explain.words import UNITS

_LARGER_ERROR = "state a larger error"


def remedy_of(wish: Wish, plan: Plan) -> str:
    """Return what to do about a wish that no budget of one question keeps.

    Args:
        wish: which figure, and how exact.
        plan: the question's.
    """
    figure = plan.figure(wish.measure)
    percent = wish.of is Of.PERCENT and wish.supposed is None
    ways = (
        (any(part.name not in figure.parts for part in plan.parts), "ask fewer figures at once"),
        (_counts_several(figure, plan), f"let fewer rows of a {UNITS[plan.unit][0]} count"),
        (bool(plan.keys) and (figure.kind in SIZED or percent), "ask of larger groups"),
        (of_column(figure, plan), "clamp the column to less of its range, where that is public"),
        (may_lose(figure, plan), "leave out that figures are held at 0 or above"),
    )
    able = [way for holds, way in ways if holds]
    said = f"{', '.join(able)}, or {_LARGER_ERROR}" if able else _LARGER_ERROR
    supposing = percent and figure.kind not in (FigureKind.ROWS, FigureKind.UNITS)
    return f"{SUPPOSE} {said.capitalize()}." if supposing else f"{said.capitalize()}."


def _counts_several(figure: Figure, plan: Plan) -> bool:
    """Whether a figure has more noise the more rows of a unit count: units count once, but in several cells."""
    return any(part.rows_per_unit > 1 and _adds_up(part, plan) for part in plan.parts_of(figure))


def _adds_up(part: Part, plan: Plan) -> bool:
    if part.kind is PartKind.UNIT_ROWS:
        return False
    return part.kind is not PartKind.UNITS or plan.discovery is not None or part.size > 1
