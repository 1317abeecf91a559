"""How far two neighbouring tables' vectors are apart, beside what a plan states."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from attack import Tables
from offence_tables import SCHEMAS, write

from datalab.privacy.bounds import Sensitivity
from datalab.privacy.estimate.search import signed_sums
from datalab.privacy.plan import Cells, Part, Plan
from datalab.privacy.table import TableRef

Counts = Mapping[str, int]


def moved(part: Part, one: Cells, other: Cells) -> Sensitivity:
    """Measure how far two vectors of a part are apart; of a search, at the edge of each cell where they are most."""
    pair = one.vectors[part.name], other.vectors[part.name]
    if part.search is None:
        steps = [abs(a - b) for a, b in zip(*pair, strict=True)]
    else:
        sums, others = (signed_sums(part, vector)[:, 1:-1] for vector in pair)
        steps = abs(sums - others).max(axis=1).tolist()
    return Sensitivity(l1=sum(steps), l2_squared=sum(step**2 for step in steps), linf=max(steps))


def assert_within(plan: Plan, one: Cells, other: Cells, *, times: Fraction | int = 1) -> None:
    """Fail where a part moved further than so many times what the plan states."""
    for part in plan.parts:
        seen, stated = moved(part, one, other), part.sensitivity
        assert seen.l1 <= times * stated.l1, part.name
        assert seen.l2_squared <= times**2 * stated.l2_squared, part.name
        assert seen.linf <= times * stated.linf, part.name


def nearness(part: Part, one: Cells, other: Cells) -> float:
    """Return how much of its stated L2 sensitivity, squared, a part moved."""
    return moved(part, one, other).l2_squared / part.sensitivity.l2_squared


def values_moved(one: Counts, other: Counts) -> list[int]:
    """Return by how many units the number of each value changed, for those that changed."""
    return [step for value in {*one, *other} if (step := abs(one.get(value, 0) - other.get(value, 0)))]


def assert_counts_within(plan: Plan, one: Counts, other: Counts) -> None:
    """Fail where more values changed their number of units than a unit may have, or one changed by more than 1."""
    steps = values_moved(one, other)
    assert len(steps) <= (plan.discovery.values_per_unit if plan.discovery else 0)
    assert max(steps, default=0) <= 1


def laid_out(spark: Any, folder: Path, plan: Plan, tables: Tables, buckets: int) -> dict[str, TableRef]:
    """Write the tables that a plan reads."""
    laid: dict[str, TableRef] = {}
    for source in {source.dataset: source for source in plan.sources}.values():
        many = buckets if source.has_units else 0
        path = write(spark, folder, source.dataset, tables[source.dataset], buckets=many)
        laid[source.dataset] = TableRef(path=path, buckets=many, schema=SCHEMAS[source.dataset])
    return laid
