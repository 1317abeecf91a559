"""Values that no contract lists, under attack through the whole path: units by value, threshold, cells, noise.

The attacker sees which values are told, and the noisy cells of those. One unit has a value of its own, which in the
world without it can never be told: that event is what delta pays for, and it is measured apart as well.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attack import DELTA, FAILURE, FEW, NOISE, REPLICAS, Draws, claim, draws, empirical_epsilon, less_noise, without
from drawn import tail
from offences import SCHEMAS, Row, offence, plan_of, question, ref, write
from pyspark.sql import SparkSession
from scipy.stats import beta

from datalab.engine.noise import DISCOVERY
from datalab.engine.reference import ReferenceEngine
from datalab.engine.spark.engine import SparkEngine
from datalab.privacy.plan import Engine, Plan
from datalab.privacy.table import TableRef
from datalab.query.model import CountRows

CERTAIN = 1e6
"""Log-likelihood ratio of what cannot happen in one of the worlds."""
DISCOVERY_DELTA = Fraction(1, 200)
"""Large enough to be measured, and within the delta that epsilon is stated at."""
HEAVY = "heavy"
Told = tuple[str, ...]


def discovering(rows_per_unit: int = 2) -> Plan:
    """Return a plan that finds out codes and counts their rows, however many: many answers are drawn side by side."""
    asked = question(CountRows(), by=[ref("code")], discover=ref("code"), rho=Fraction(1, 2))
    plan = plan_of(replace(asked, rows_per_unit=rows_per_unit, rows_per_cell=1))
    assert plan.discovery is not None
    return replace(plan, discovery=replace(plan.discovery, delta=DISCOVERY_DELTA, most=10**9))


def price_of_telling(plan: Plan) -> tuple[float, int]:
    """Return the scale and the threshold by which values are told."""
    price = next(part for part in NOISE.price(plan).parts if part.part == DISCOVERY)
    return price.scale, price.threshold


def told(plan: Plan, counts: Mapping[str, int], replicas: int) -> list[Told]:
    """Return the values that are told in each of many answers, all drawn in one call."""
    found: list[list[str]] = [[] for _ in range(replicas)]
    many = {f"{i}/{value}": count for i in range(replicas) for value, count in counts.items()}
    for name in NOISE.discover(plan, many):
        place, value = name.split("/")
        found[int(place)].append(value)
    return [tuple(values) for values in found]


def likelihood(values: Told, ones: Mapping[str, int], others: Mapping[str, int], price: tuple[float, int]) -> float:
    """Return the log-likelihood ratio of which values are told."""
    scale, threshold = price
    ratio = 0.0
    for value in {*ones, *others}:
        p, q = (tail(scale, threshold - counts[value]) if value in counts else 0.0 for counts in (ones, others))
        p, q = (p, q) if value in values else (1 - p, 1 - q)
        ratio += math.log(p / q) if p > 0 and q > 0 else math.copysign(CERTAIN, p - q)
    return ratio


def scores(
    plan: Plan, pair: tuple[Any, Any], engine: Engine[Any], *, noised_by: Plan, replicas: int
) -> tuple[Draws, Draws]:
    """Return the log-likelihood ratio of many whole answers in the world with the unit, and in that without."""
    counts = tuple(engine.counts(plan, tables) for tables in pair)
    price = price_of_telling(plan)
    found = []
    for world in (0, 1):
        answers: dict[Told, int] = defaultdict(int)
        for values in told(noised_by, counts[world], replicas):
            answers[values] += 1
        parts = []
        for values, number in answers.items():
            listed = plan.with_values(values)
            both = [engine.cells(listed, tables) for tables in pair]
            seen = draws(noised_by.with_values(values), both[world], number)
            total = np.full(number, likelihood(values, counts[0], counts[1], price))
            for part in listed.parts:
                change = np.subtract(both[0].vectors[part.name], both[1].vectors[part.name])
                middle = np.add(both[0].vectors[part.name], both[1].vectors[part.name]) / 2
                total += (seen[part.name] - middle) @ change / NOISE.price(plan).scale(part.name) ** 2
            parts.append(total)
        found.append(np.random.default_rng(0).permutation(np.concatenate(parts)))
    return found[0], found[1]


def near_the_threshold(plan: Plan) -> list[Row]:
    """Return rows of one code whose number of units, but for the heavy one, is next to the threshold."""
    return [offence(f"u{i}", code="near") for i in range(price_of_telling(plan)[1] - 1)]


ALONE = [offence(HEAVY, code="near"), offence(HEAVY, code="secret")]
COMMON = [offence(f"u{i}", code=code) for code in "ABCD" for i in range(80)]
"""Codes that so many units have that they are always told."""
EVERYWHERE = [offence(HEAVY, code=code) for code in "ABCD" for _ in range(6)]


def attacked(
    plan: Plan, rows: list[Row], *, noised_by: Plan | None = None, told_by: Plan | None = None, replicas: int = REPLICAS
) -> float:
    """Return the empirical epsilon of a plan over offences, with the heavy unit and without."""
    tables = {"offences": rows}
    pair = (tables, without(tables, HEAVY))
    found = scores(told_by or plan, pair, ReferenceEngine(), noised_by=noised_by or plan, replicas=replicas)
    return empirical_epsilon(*found, float(DELTA))


@pytest.mark.parametrize(
    "world", ["values found out: one of its own, one at the threshold", "values found out: four common ones"]
)
def test_no_attacker_beats_the_claim_on_what_is_found_out(world: str, measured: Callable[..., None]) -> None:
    """Which values are told and what is told of them, together, leak at most the stated epsilon at the stated delta."""
    plan = discovering()
    rows = [*COMMON, *EVERYWHERE] if "common" in world else [*near_the_threshold(plan), *ALONE]
    found = attacked(plan, rows)

    measured(world, f"{found:.2f}", f"{claim(plan):.2f}")
    assert 0 < found <= claim(plan)


def test_a_value_of_one_unit_is_told_within_its_delta(measured: Callable[..., None]) -> None:
    """In whole answers, as in the threshold alone, one unit's own value is told no more often than delta."""
    plan = discovering()
    rows = [*near_the_threshold(plan), *ALONE]
    counts = ReferenceEngine().counts(plan, {"offences": rows})
    often = sum("secret" in values for values in told(plan, counts, 3 * REPLICAS))
    low = float(beta.ppf(FAILURE, often, 3 * REPLICAS - often + 1)) if often else 0.0

    measured("chance that one unit's own value is told", f"{low:.4f}", f"{float(DISCOVERY_DELTA):.4f}")
    assert low <= DISCOVERY_DELTA


def test_noise_too_small_is_caught_on_what_is_found_out(measured: Callable[..., None]) -> None:
    """The same attack exceeds the claim where the noise of the cells is a third of what it should be."""
    plan = discovering()
    found = attacked(plan, [*COMMON, *EVERYWHERE], noised_by=less_noise(plan, 3))

    measured("values found out: a third of the noise", f"{found:.2f}", f"{claim(plan):.2f}", control=True)
    assert found > claim(plan)


def test_a_threshold_of_small_noise_is_caught(measured: Callable[..., None]) -> None:
    """The same attack exceeds the claim where the noise by which values are told is a tenth of what it should be."""
    plan = discovering()
    assert plan.discovery is not None
    share = replace(plan.discovery.share, nano_rho=plan.discovery.share.nano_rho * 100)
    broken = replace(plan, discovery=replace(plan.discovery, share=share))
    found = attacked(plan, [*near_the_threshold(broken), *ALONE], noised_by=broken, told_by=broken, replicas=FEW)

    measured(
        "values found out: a tenth of the noise where they are told", f"{found:.2f}", f"{claim(plan):.2f}", control=True
    )
    assert found > claim(plan)


def test_a_unit_in_every_value_is_caught(measured: Callable[..., None]) -> None:
    """The same attack exceeds the claim where an engine forgets in how many values a unit may be."""
    plan = discovering()
    assert plan.discovery is not None
    parts = tuple(replace(part, rows_per_unit=10**6, rows_per_cell=10**6) for part in plan.parts)
    forgetful = replace(plan, parts=parts, discovery=replace(plan.discovery, values_per_unit=10**6))
    pair = ({"offences": [*COMMON, *EVERYWHERE]}, {"offences": COMMON})
    cells = [ReferenceEngine().cells(forgetful.with_values(tuple("ABCD")), tables) for tables in pair]

    class Forgetful:
        """An engine that bounds nothing."""

        def counts(self, _plan: Plan, tables: Any) -> Mapping[str, int]:
            return ReferenceEngine().counts(forgetful, tables)

        def cells(self, _plan: Plan, tables: Any) -> Any:
            return cells[pair.index(tables)]

    found = empirical_epsilon(*scores(plan, pair, Forgetful(), noised_by=plan, replicas=FEW), float(DELTA))

    measured("values found out: a unit in every one of them", f"{found:.2f}", f"{claim(plan):.2f}", control=True)
    assert found > claim(plan)


@pytest.mark.spark
def test_no_attacker_beats_the_claim_on_what_spark_finds_out(
    spark: SparkSession, tmp_path: Path, measured: Callable[..., None]
) -> None:
    """The same holds where Spark counts units by value and the cells of those that are told."""
    plan = discovering()
    tables = {"offences": [*COMMON, *EVERYWHERE]}
    laid = []
    for world, rows in (("with", tables), ("without", without(tables, HEAVY))):
        folder = tmp_path / world
        folder.mkdir()
        path = write(spark, folder, "offences", rows["offences"], buckets=2)
        laid.append({"offences": TableRef(path=path, buckets=2, schema=SCHEMAS["offences"])})
    found = empirical_epsilon(
        *scores(plan, (laid[0], laid[1]), SparkEngine(spark), noised_by=plan, replicas=REPLICAS // 2), float(DELTA)
    )

    measured("values found out: four common ones, on the spark engine", f"{found:.2f}", f"{claim(plan):.2f}")
    assert 0 < found <= claim(plan)
