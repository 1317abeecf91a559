"""Disclosure risk on Spark is what it is in memory, whatever the table; so are the classes of a coarser one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession
from treated_dataset import contract

from anonymise.risk.coarser.suggestion import suggest
from anonymise.risk.coarser.table import coarser
from anonymise.risk.measured import Measured, Wanted
from anonymise.risk.reference import measure as measure_plainly
from anonymise.spark.disclosure import assess, grouped, relabelled
from anonymise.spark.risk import classes_of, combinations, keys, measure
from datalab.contract.model import UNIT_REF, Contract

pytestmark = pytest.mark.spark


def random_rows(seed: int, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return rows of a few units with few values, many of them missing, under names that need quotes."""
    rng = Random(seed)
    units, values = rng.choice([2, 9, 60]), rng.choice([2, 5])
    return [
        {
            UNIT_REF: f"u{rng.randrange(units)}",
            "told": rng.choice(["x", "y", None]),
            "mute": None,
            **{name: rng.choice([None, *map(str, range(values))]) for name in columns},
        }
        for _ in range(rng.choice([1, 30, 90]))
    ]


def plain(found: Measured) -> dict[str, Any]:
    """Return counts as dictionaries that compare, entropies rounded."""
    return {
        "by_size": dict(found.classes.by_size),
        "units_by_size": dict(found.classes.units_by_size),
        "diversity": [replace(one, entropy=round(one.entropy, 9)) for one in found.diversity],
        "special": (dict(found.special.by_size), dict(found.special.sets)) if found.special else None,
    }


@pytest.mark.parametrize(("seed", "columns"), [(3, 3), (4, 6), (5, 7)])
def test_spark_counts_what_the_reference_counts(spark: SparkSession, tmp_path: Path, seed: int, columns: int) -> None:
    """Classes, diversity and special uniques are equal, to the ninth digit of an entropy."""
    names = tuple(f"a `column` {place}." for place in range(columns))
    rows = random_rows(seed, names)
    wanted = Wanted(quasi_identifiers=names, sensitive=("told", "mute"))
    schema = pa.schema([(name, pa.string()) for name in (UNIT_REF, "told", "mute", *names)])
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), tmp_path / "rows.parquet")
    frame = spark.read.parquet(str(tmp_path / "rows.parquet"))

    found = measure(frame, wanted, held=combinations(frame, names))

    assert plain(found) == plain(measure_plainly(rows, wanted, unit=UNIT_REF))
    assert (found.special is None) == (columns > 6)


def visits(folder: Path, spark: SparkSession) -> tuple[Contract, Any, list[dict[str, Any]]]:
    """Return a contract with three quasi-identifiers, and treated rows of people who have several combinations."""
    stated = contract()
    columns = tuple(
        replace(one, quasi_identifier=one.name in {"born", "postcode", "seen_at"}) for one in stated.columns
    )
    rng = Random(3)
    rows = [
        {
            UNIT_REF: f"u{rng.randrange(60)}",
            "born": rng.choice(["20-29", "30-39", "40-49", "90+", None]),
            "postcode": rng.choice(["GU21", "GU22", "M1", None]),
            "seen_at": rng.choice(["2024-01", "2024-02", "2024-07"]),
            "kind": "advice",
        }
        for _ in range(150)
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "visits.parquet")
    return replace(stated, columns=columns, min_k=20), spark.read.parquet(str(folder / "visits.parquet")), rows


@pytest.mark.parametrize("most", [10_000, 4])
def test_coarser_classes_are_counted_alike_everywhere(spark: SparkSession, tmp_path: Path, most: int) -> None:
    """Spark, the table of the search where it is exact, and plain Python count the same classes of coarser rows."""
    stated, frame, rows = visits(tmp_path, spark)
    names = ("born", "postcode", "seen_at")
    held = combinations(frame, names)
    table = grouped(held, stated, classes_of(held, keys(names)), most=most)
    levels = (1, 1, 2)
    steps = [table.steps[place][level] for place, level in enumerate(levels)]

    on_spark = classes_of(relabelled(held, steps), keys(names))

    joined = [
        {name: coarser(step, row[name]) for name, step in zip(names, steps, strict=True)} | {UNIT_REF: row[UNIT_REF]}
        for row in rows
    ]
    plainly = measure_plainly(joined, Wanted(quasi_identifiers=names, sensitive=()), unit=UNIT_REF).classes
    assert dict(on_spark.by_size) == dict(plainly.by_size)
    assert dict(on_spark.units_by_size) == dict(plainly.units_by_size)
    assert (table.owners is not None) == (most == 10_000)
    if table.owners is not None:
        assert Counter(table.counted(levels).by_size) == Counter(plainly.by_size)
        assert Counter(table.counted(levels).units_by_size) == Counter(plainly.units_by_size)


def test_what_is_suggested_reaches_k(spark: SparkSession, tmp_path: Path) -> None:
    """Each suggestion is at its k by an exact count, and the extract as it was is not."""
    stated, frame, _ = visits(tmp_path, spark)

    found = assess(frame, stated)

    assert found is not None
    assert found.measured.classes.k < 20
    assert found.report["suggestions"]
    assert all(one["k"] >= 20 and one["below"] == 0 for one in found.report["suggestions"])


def test_a_sample_of_units_suggests_what_reaches_k_of_all(spark: SparkSession, tmp_path: Path) -> None:
    """Where combinations are too many a sample is searched, and what it suggests reaches k by an exact count of all."""
    stated, frame, _ = visits(tmp_path, spark)
    stated = replace(stated, min_k=2)
    held = combinations(frame, ("born", "postcode", "seen_at"))
    names = keys(stated.quasi_identifiers)
    classes = classes_of(held, names)
    assert classes.below(2) > 0
    table = grouped(held, stated, classes, most=classes.combinations // 2 + 1)
    assert table.owners is None
    assert table.units < classes.memberships

    found = suggest(
        stated,
        table,
        lambda levels: classes_of(
            relabelled(held, [table.steps[place][level] for place, level in enumerate(levels)]), names
        ),
    )

    assert found
    assert all(one["k"] >= 2 for one in found)
