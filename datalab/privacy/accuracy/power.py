"""Whether a finding would be seen through the noise, before anything is asked."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import NormalDist

from datalab.errors import QueryError
from datalab.privacy.accuracy.expected import SIZED, Expected, expected
from datalab.privacy.accuracy.possible import ROUNDING, bound_text, possible, possible_text, unit_of
from datalab.privacy.accuracy.said import taken_as
from datalab.privacy.accuracy.size import check_size
from datalab.privacy.digits import significant
from datalab.privacy.estimate.noise_size import Z
from datalab.privacy.plan import Figure, Plan, Price

ALL = "(all)"
"""Name of the table that adds up all."""
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
    table: str = ""
    """Of several tables: the columns that this one is by, or `(all)`."""
    assumes: str = ""
    """Of figures that other data show less often: what is assumed of the data."""
    hardest: str = ""
    """Of figures that are held at 0 or above: the data of which both are said, and no other is worse."""

    @property
    def visible(self) -> bool:
        """Whether it is seen in at least 80 of 100 answers."""
        return self.chance >= POWER


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Whether a difference is seen in each of the tables that it is looked for in."""

    tables: tuple[Visibility, ...]
    """One at least."""

    @property
    def chance(self) -> float:
        """Of 1: answers in which it is seen in the table where it is seen least."""
        return min(one.chance for one in self.tables)

    @property
    def least(self) -> float:
        """The least difference that is seen in 80 of 100 answers in each of them."""
        return max(one.least for one in self.tables)

    @property
    def visible(self) -> bool:
        """Whether it is seen in at least 80 of 100 answers in each of them."""
        return all(one.visible for one in self.tables)


def least_seen(found: Expected) -> float:
    """Return the least difference of two such cells that is seen in 80 of 100 answers; infinite where none is."""
    if found.no_use:
        # Its interval is all that is possible and leaves nothing outside, or the noise leaves nothing to divide by.
        return math.inf
    return (Z + POWER_Z) * found.apart if found.held is None else found.held.least(POWER)


def seen_in(
    measure: str, plan: Plan, price: Price, *, difference: float, count: int | None = None, by: str | None = None
) -> Seen:
    """Return whether a difference would be seen in the table that is named, or in each that has two cells or more.

    Args:
        measure: as of `visibility`, as are plan, price, difference and count.
        plan: the question's.
        price: the plan's.
        difference: size of the finding.
        count: rows in each of the two groups.
        by: the columns of the table, such as `kind, ward`; `(all)` for the total; by default each.

    Raises:
        QueryError: as `visibility`; or if the question has no such table.
    """
    several = [place for place, table in enumerate(plan.tables) if table.size > 1 or plan.discovery is not None]
    places = (several or [0]) if by is None else [_place(plan, by)]
    found = [visibility(measure, plan, price, difference=difference, count=count, table=place) for place in places]
    named = len(plan.tables) > 1
    names = [table_name(plan, place) if named else "" for place in places]
    return Seen(tables=tuple(replace(one, table=name) for one, name in zip(found, names, strict=True)))


def table_name(plan: Plan, table: int) -> str:
    """Return how one of a plan's tables is named: the columns that it is by, or `(all)`."""
    return ", ".join(key.column.name for key in plan.tables[table].keys) or ALL


def _place(plan: Plan, by: str) -> int:
    """Return which table is by the columns that are named, in any order."""
    names = [table_name(plan, place) for place in range(len(plan.tables))]
    wanted = sorted(column.strip() for column in by.split(","))
    for place, name in enumerate(names):
        if sorted(name.split(", ")) == wanted:
            return place
    raise QueryError("The question has no such table.", remedy=f"Name one of: {'; '.join(names)}.")


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
        QueryError: if the question has no such figure, the difference is not a number or cannot be, or a size is
            missing or none.
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
    _check_difference(plan.figure(measure), plan, difference)
    found = expected(plan.figure(measure), plan, price, count=count, table=table)
    if found.no_use:
        return Visibility(chance=0.0, least=least_seen(found))
    if found.deviation == 0:
        return Visibility(chance=1.0, least=0.0)
    if found.held is not None:
        return Visibility(chance=found.held.chance(difference), least=least_seen(found), hardest=found.held.hardest)
    reach = abs(difference) / found.apart
    normal = NormalDist()
    chance = normal.cdf(reach - Z) + normal.cdf(-reach - Z)
    figure = plan.figure(measure)
    # What a wish is sold for may hold for any data; `found.apart` is of data as assumed all the same.
    said = taken_as(figure, plan) if figure.kind in SIZED else ""
    return Visibility(chance=chance, least=least_seen(found), assumes=said)


def _check_difference(figure: Figure, plan: Plan, difference: float) -> None:
    least, most = possible(figure, plan)
    if abs(difference) > (most - least) * (1 + ROUNDING):
        raise QueryError(
            f"Two figures of {figure.name} cannot differ by {bound_text(difference)}.",
            why=possible_text(figure, plan, unit_of(figure)),
            remedy=f"State a difference of {bound_text(most - least)} or less."
            if most > least
            else "Let more rows of a unit count: all such figures are the same.",
        )


def in_words(seen: Visibility | Seen, difference: float) -> str:
    """Return how often a difference is seen, and which would be; of each table where there are several."""
    tables = seen.tables if isinstance(seen, Seen) else (seen,)
    return "\n\n".join(f"{f'By {one.table}: ' if one.table else ''}{_said(one, difference)}" for one in tables)


def _said(seen: Visibility, difference: float) -> str:
    if math.isinf(seen.least):
        return (
            "No difference can be counted on: figures of such groups are told no nearer than all that is possible, or "
            "the noise leaves nothing to divide by."
        )
    # Rounded down where it is the least: 99.7 % are not at least 100 %.
    share = f"at least {math.floor(100 * seen.chance + ROUNDING)}%" if seen.hardest else f"{seen.chance:.0%}"
    said = f"A difference of {significant(difference, 6)} is seen in {share} of answers, by the noise alone."
    if seen.hardest:
        said += (
            f" Figures are held at 0 or above: that is of {seen.hardest}, beside one of nothing. Where hardly a cell "
            "is near 0 it is seen more often."
        )
    assumed = f"\nThat is of data as assumed. {seen.assumes}" if seen.assumes else ""
    return f"{said}\nThe least that is seen in 80 of 100 answers: {significant(seen.least, 4)}.{assumed}"
