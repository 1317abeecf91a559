"""Whether a finding would be seen through the noise, before anything is asked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from datalab.errors import QueryError
from datalab.privacy.accuracy.expected import Expected, expected
from datalab.privacy.accuracy.size import check_size
from datalab.privacy.digits import significant
from datalab.privacy.estimate.noise_size import Z
from datalab.privacy.plan import Plan, Price

POWER = 0.8
"""How sure one wants to be to see a difference that is there (Cohen 1988)."""
POWER_Z = 0.8416212335729143
"""Its point of the normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """How likely a difference between two cells is told apart from noise, at 5 %."""

    chance: float
    """Of 1: answers in which the interval of the difference leaves 0 outside."""
    least: float
    """The least difference that is seen in 80 of 100 answers, in the figure's unit."""
    hardest: str = ""
    """Of figures that are held at 0 or above: the data of which both are said, and no other is worse."""

    @property
    def visible(self) -> bool:
        """Whether it is seen in at least 80 of 100 answers."""
        return self.chance >= POWER


def least_seen(found: Expected) -> float:
    """Return the least difference of two cells with such an error that is seen in 80 of 100 answers."""
    return (Z + POWER_Z) * math.sqrt(2) * found.deviation if found.held is None else found.held.least(POWER)


def visibility(
    measure: str, plan: Plan, price: Price, *, difference: float, count: int | None = None, table: int = 0
) -> Visibility:
    """Return whether a difference between two cells of a figure would be seen, noise alone.

    Args:
        measure: name of the figure.
        plan: the question's.
        price: the plan's.
        difference: size of the finding, in the figure's unit; not 0.
        count: rows in each of the two groups, where the figure's error depends on it.
        table: which of the plan's tables.

    Raises:
        QueryError: if the question has no such figure, the difference is not a number, or a size is missing or none.
    """
    names = [figure.name for figure in plan.figures]
    if measure not in names:
        raise QueryError(
            "The finding is looked for in a figure that the question does not ask.",
            remedy=f"Name one of: {', '.join(names)}.",
        )
    if count is not None:
        check_size(count)
    if not math.isfinite(difference) or difference == 0:
        raise QueryError("A finding has a size.", remedy="State the difference in the figure's unit, not 0.")
    found = expected(plan.figure(measure), plan, price, count=count, table=table)
    noise = found.deviation
    if found.no_use and math.isfinite(noise):
        # Cut to what is possible, the figure spreads little, but its interval is all of it and leaves nothing outside.
        return Visibility(chance=0.0, least=math.inf)
    if noise == 0:
        return Visibility(chance=1.0, least=0.0)
    if found.held is not None:
        return Visibility(chance=found.held.chance(difference), least=least_seen(found), hardest=found.held.hardest)
    reach = abs(difference) / (math.sqrt(2) * noise)
    normal = NormalDist()
    return Visibility(chance=normal.cdf(reach - Z) + normal.cdf(-reach - Z), least=least_seen(found))


def in_words(seen: Visibility, difference: float) -> str:
    """Return how often a difference is seen, and which would be."""
    if seen.chance == 0 and math.isinf(seen.least):
        return "No difference is seen: figures of such groups are told no nearer than all that is possible."
    share = f"{'at least ' if seen.hardest else ''}{seen.chance:.0%}"
    said = f"A difference of {significant(difference, 6)} is seen in {share} of answers, by the noise alone."
    if seen.hardest:
        said += (
            f" Figures are held at 0 or above: that is of {seen.hardest}, beside one of nothing. Where hardly a cell "
            "is near 0 it is seen more often."
        )
    if math.isinf(seen.least):
        return f"{said}\nNone is seen in 80 of 100 answers: what is below the line is lost in its noise."
    return f"{said}\nThe least that is seen in 80 of 100 answers: {significant(seen.least, 4)}."
