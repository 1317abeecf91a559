"""Bounds are reached, not only kept: the worst unit at random, for every kind of question, vector and bound that binds.

A bound that is far above what any unit does wastes noise, and a test that stays far below a bound would not notice one
that is too small. So the search has to come within a tenth of every stated squared L2 sensitivity, and with any bound
made 5 % smaller it has to find that out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from attack import without
from hypothesis import HealthCheck, given, settings
from neighbours import assert_counts_within, assert_within, laid_out, nearness, values_moved
from offences import plan_of
from worst_units import SETTINGS, Worst, worst_units

from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.reference import ReferenceEngine
from datalab.privacy.bounds import Sensitivity
from datalab.privacy.plan import Cells, Plan

EXAMPLES = 100
NEAR = 0.9
"""Of the stated L2 sensitivity, squared."""
SMALLER = Fraction(95, 100)
DISCOVERED = "values told"
"""Not a vector, but bounded like one: in how many values a unit counts."""
ENGINE = ReferenceEngine()


@dataclass(kw_only=True)
class Nearest:
    """The neighbours that came nearest to the bound of a kind of vector."""

    share: float
    worst: Worst
    plan: Plan
    part: str
    pair: tuple[Cells, Cells]


@dataclass(kw_only=True)
class Search:
    """What was found in one kind of question."""

    nearest: dict[tuple[str, str], Nearest] = field(default_factory=dict)
    """By name of the vector, and by which bound binds."""
    most_values: Fraction = Fraction(0)
    """Of the values in which a unit may count, how many changed at most."""

    def note(self, worst: Worst, plan: Plan, one: Cells, other: Cells) -> None:
        """Keep what came nearer than anything before."""
        for part in plan.parts:
            share, key = nearness(part, one, other), (part.name, worst.regime)
            if key not in self.nearest or share > self.nearest[key].share:
                self.nearest[key] = Nearest(share=share, worst=worst, plan=plan, part=part.name, pair=(one, other))


@cache
def searched(setting: str) -> Search:
    """Try the worst units that can be drawn, each removed, and with its rows replaced by others."""
    search = Search()

    # The same units in every run: a search that is only likely to come near would fail once in a while.
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(worst=worst_units(SETTINGS[setting]))
    def holds(worst: Worst) -> None:
        asked = plan_of(worst.asked)
        gone = without(worst.tables, worst.unit)
        counts, fewer = (ENGINE.counts(asked, tables) for tables in (worst.tables, gone))
        assert_counts_within(asked, counts, fewer)
        if asked.discovery:
            share = Fraction(len(values_moved(counts, fewer)), asked.discovery.values_per_unit)
            search.most_values = max(search.most_values, share)
        plan = asked.with_values(tuple(sorted(counts))[:12])
        one, other, changed = (ENGINE.cells(plan, tables) for tables in (worst.tables, gone, worst.replaced))
        assert_within(plan, one, other)
        assert_within(plan, changed, other)
        assert_within(plan, one, changed, times=2)
        search.note(worst, plan, one, other)
        search.note(replace(worst, tables=worst.replaced), plan, changed, other)

    holds()
    return search


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_worst_unit_comes_near_every_bound(setting: str, measured: Callable[..., None]) -> None:
    """One unit moves no vector further than stated, replaced rows no further than twice, and some unit that far."""
    search = searched(setting)
    shares: dict[str, float] = {}
    for found in search.nearest.values():
        kind = found.plan.part(found.part).kind.value
        shares[kind] = min(shares.get(kind, 1.0), found.share)
    if "found out" in setting:
        shares[DISCOVERED] = float(search.most_values)

    told = ", ".join(f"{kind.replace('_', ' ')} {share:.0%}" for kind, share in shares.items())
    measured(setting, told, "90% to 100%")
    assert all(share >= NEAR for share in shares.values()), shares


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_bound_that_is_too_small_is_noticed(setting: str, measured: Callable[..., None]) -> None:
    """With the bound of any one vector 5 % smaller, the search above finds a unit that breaks it."""
    nearest = searched(setting).nearest
    for found in nearest.values():
        with pytest.raises(AssertionError):
            assert_within(with_smaller_bound(found.plan, found.part), *found.pair)

    measured(f"{setting}, each bound 5 % smaller", f"broken in {len(nearest)} of {len(nearest)}", "none", control=True)


def with_smaller_bound(plan: Plan, name: str) -> Plan:
    """Return a plan that states less for one vector than a unit can do."""

    def smaller(stated: Sensitivity) -> Sensitivity:
        return Sensitivity(
            l1=int(stated.l1 * SMALLER), l2_squared=int(stated.l2_squared * SMALLER**2), linf=int(stated.linf * SMALLER)
        )

    return replace(
        plan,
        parts=tuple(
            replace(part, sensitivity=smaller(part.sensitivity)) if part.name == name else part for part in plan.parts
        ),
    )


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_worst_unit_is_the_same_on_the_embedded_engine(setting: str, tmp_path: Path) -> None:
    """The neighbours that came nearest to a bound come as near on the engine that answers from Parquet."""
    found = min(searched(setting).nearest.values(), key=lambda found: found.share)
    laid = laid_out(None, tmp_path, found.plan, found.worst.tables, 0)

    assert EmbeddedEngine(scratch=tmp_path).cells(found.plan, laid) == found.pair[0]
