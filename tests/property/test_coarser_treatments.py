"""Coarser treatments: what a step gives is what the contract's change gives, and the search finds the least loss."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise, product
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from treated_dataset import contract

from anonymise.risk.coarser.hierarchy import steps
from anonymise.risk.coarser.loss import Loss
from anonymise.risk.coarser.search import cheapest
from anonymise.risk.coarser.suggestion import suggest
from anonymise.risk.coarser.table import Grouped, coarser
from anonymise.treatment.generalise import generalise
from anonymise.treatment.plan import ARROW_TYPES
from datalab.contract.generalisation import (
    AgeBand,
    DatePart,
    DateTo,
    Generalisation,
    NumberBand,
    Others,
    PostcodeDistrict,
    TopCode,
)
from datalab.contract.model import Bounds, Column, LogicalType, Role, Treatment

STRING, INTEGER, DATE, TIME = LogicalType.STRING, LogicalType.INTEGER, LogicalType.DATE, LogicalType.TIMESTAMP
DAYS = [date(1931, 2, 3), date(1987, 6, 1), date(1987, 12, 31), date(1988, 1, 1), date(2010, 7, 9), None]
TIMES = [None if day is None else datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC) for day in DAYS]
NUMBERS = [-7, 0, 3, 19, 20, 41, 89, 90, 130, 260, None]
MODES = ("Walk", "Car", "Bus", "Train", "Tram", "Boat", "Bike")


def column(kind: LogicalType, how: Generalisation | None, **more: Any) -> Column:
    """A quasi-identifier with a treatment."""
    treatment = Treatment.KEEP if how is None else Treatment.GENERALISE
    role = Role.QUASI_IDENTIFIER
    return Column(name="c", logical_type=kind, role=role, treatment=treatment, generalisation=how, **more)


CASES = [
    (column(DATE, None), DAYS, 5),
    (column(TIME, None), TIMES, 5),
    (column(DATE, DateTo(part=DatePart.MONTH)), DAYS, 4),
    (column(DATE, DateTo(part=DatePart.QUARTER)), DAYS, 3),
    (column(DATE, AgeBand(width=5, top=90, reference=date(2024, 1, 1))), DAYS, 5),
    (column(INTEGER, None, bounds=Bounds(lower=-10, upper=300, unit="minutes")), NUMBERS, 6),
    (column(INTEGER, TopCode(limit=90), bounds=Bounds(lower=-10, upper=300, unit="minutes")), NUMBERS, 5),
    (column(INTEGER, TopCode(limit=90, bottom=3)), NUMBERS, 2),
    (column(INTEGER, NumberBand(width=10)), NUMBERS, 5),
    (column(INTEGER, NumberBand(width=10, top=90)), NUMBERS, 5),
    (column(STRING, PostcodeDistrict()), ["GU21 4XX", "GU22 1AA", "M1 1AE", "W1A 0AX", None], 3),
    (column(STRING, None, domain=MODES), [*MODES, *MODES[:3], None], 4),
    (column(STRING, None, domain=(*MODES, "Other")), [*MODES, "Other", "Other", None], 4),
    (column(STRING, Others(kept=MODES[:5], joined=MODES[5:])), [*MODES, "Broom", None], 3),
]


@pytest.mark.parametrize(("before", "raw", "count"), CASES)
def test_a_step_gives_what_the_changed_contract_gives(before: Column, raw: list[Any], count: int) -> None:
    """Treating anew gives what coarsening the treated value gives; each step joins whole groups of the one before."""
    cells = pa.array(raw, ARROW_TYPES[before.logical_type])
    treated = cells.to_pylist() if before.generalisation is None else generalise(before, cells).values.to_pylist()
    ladder = steps(before, Counter(treated))

    assert len(ladder) == count
    groups = [[coarser(step, value) for value in treated] for step in ladder]
    for step, made in zip(ladder[1:-1], groups[1:-1], strict=True):
        assert step.change is not None
        after = step.change.applied(before)
        assert made == generalise(after, cells).values.to_pylist()
    for finer, made in pairwise(groups):
        assert len(set(zip(finer, made, strict=True))) == len(set(finer))
        assert len(set(made)) <= len(set(finer))
    assert set(groups[-1]) == {None}
    dropped = ladder[-1].change
    assert dropped is not None
    assert dropped.applied(before).domain == (before.domain if before.generalisation is None else None)


def random_table(seed: int, *, owned: bool) -> Grouped:
    """Return a small table of three columns."""
    rng = Random(seed)
    columns = (
        column(INTEGER, NumberBand(width=10)),
        column(STRING, None, domain=MODES),
        column(DATE, DateTo(part=DatePart.MONTH)),
    )
    seen: dict[tuple[Any, ...], int] = Counter()
    people: set[tuple[Any, ...]] = set()
    for _ in range(120):
        row = (
            rng.choice(["20-29", "30-39", "40-49", "50-59", None]),
            MODES[min(rng.randrange(7), rng.randrange(7))],
            rng.choice(["2024-01", "2024-02", "2024-05", "2025-01"]),
        )
        seen[row] += 1
        people.add((rng.randrange(70), *row))
    if owned:
        ranked = sorted(people, key=str)
        numbers = {who: number for number, who in enumerate(dict.fromkeys(one[0] for one in ranked))}
        owners = np.array([numbers[one[0]] for one in ranked], np.int64)
        values = tuple(zip(*(one[1:] for one in ranked), strict=True))
        return Grouped(columns=columns, values=values, weights=np.ones(len(ranked), np.int64), owners=owners)
    values = tuple(zip(*seen, strict=True))
    return Grouped(columns=columns, values=values, weights=np.array(list(seen.values()), np.int64))


@pytest.mark.parametrize("owned", [False, True])
@pytest.mark.parametrize("allowed", [0.0, 0.1])
@pytest.mark.parametrize("seed", range(4))
def test_the_search_finds_the_least_loss_of_all(seed: int, allowed: float, *, owned: bool) -> None:
    """Its first point is the best of the whole lattice; none lies above another; all reach k; losses grow."""
    table = random_table(seed, owned=owned)
    loss = Loss(table)
    reaching = [
        levels
        for levels in product(*(range(len(ladder)) for ladder in table.steps))
        if table.below(levels, 10) <= allowed * table.units
    ]

    found = cheapest(table, loss, k=10, allowed=allowed, most=100)

    assert loss.of(found[0]) == pytest.approx(min(map(loss.of, reaching)))
    assert set(found) <= set(reaching)
    assert [loss.of(one) for one in found] == sorted(loss.of(one) for one in found)
    assert not any(a != b and all(x >= y for x, y in zip(a, b, strict=True)) for a in found for b in found)
    minimal = [
        a for a in reaching if not any(a != b and all(x >= y for x, y in zip(a, b, strict=True)) for b in reaching)
    ]
    assert set(minimal) == set(found)


def test_loss_is_none_at_the_bottom_all_at_the_top_and_never_falls() -> None:
    """0 as it is, 1 where all is dropped, and each step of a column costs no less than the one before."""
    table = random_table(9, owned=False)
    loss = Loss(table)

    assert loss.of((0, 0, 0)) == 0
    assert loss.of(tuple(len(ladder) - 1 for ladder in table.steps)) == pytest.approx(1)
    for place, ladder in enumerate(table.steps):
        costs = [loss.of_column(place, level) for level in range(len(ladder))]
        assert costs == sorted(costs)


def test_a_lattice_too_large_for_the_effort_still_gives_a_point_that_reaches_k() -> None:
    """With no effort to spend the search goes from the top down, and no step lower reaches k."""
    table = random_table(1, owned=False)

    (found,) = cheapest(table, Loss(table), k=10, allowed=0, most=5, effort=1)

    assert table.below(found, 10) == 0
    for place, level in enumerate(found):
        if level:
            assert table.below((*found[:place], level - 1, *found[place + 1 :]), 10) > 0


@pytest.mark.parametrize("seed", range(4))
def test_no_more_units_change_than_there_are(seed: int) -> None:
    """A unit of several combinations changes once, whichever of them change."""
    table = random_table(seed, owned=True)

    found = suggest(replace(contract(), min_k=10), table, table.counted)

    assert found
    assert table.owners is not None
    assert len(table.owners) > table.units
    assert all(0 < one["units_changed"] <= 1 for one in found)
    dropped = next(one for one in found if any(change["treatment"] == "drop" for change in one["changes"]))
    assert dropped["units_changed"] == 1


@pytest.mark.parametrize("seed", range(8))
def test_what_the_table_judges_too_well_does_not_hide_what_is_coarser(seed: int) -> None:
    """Where groups count a unit once for each combination, a point that the whole extract refuses is climbed over."""
    exact = random_table(seed, owned=True)
    rows = list(zip(*exact.values, strict=True))
    counts = Counter(rows)
    grouped = Grouped(
        columns=exact.columns,
        values=tuple(zip(*counts, strict=True)),
        weights=np.array(list(counts.values()), np.int64),
    )
    stated = replace(contract(), min_k=12, max_below_k=0.3)

    found = suggest(stated, grouped, exact.counted)

    assert suggest(stated, exact, exact.counted)
    assert found
    assert all(one["below"] <= 0.3 * exact.units for one in found)
