"""Microaggregation: the best groups there are, each of enough people, on Spark as in memory; no question reads them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from random import Random
from time import process_time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from treated_dataset import batch, contract, frame, row

from anonymise.keys.keyring import KeyRing
from anonymise.spark.microaggregation import means, microaggregated
from anonymise.spark.treatment import data_rows, treat_frame
from anonymise.treatment.microaggregate import group_means
from anonymise.treatment.plan import plan_treatment
from datalab.contract.generalisation import Microaggregate
from datalab.contract.model import Column, LogicalType, Role, Treatment
from datalab.contract.published import published_columns


def spread(values: list[float], counts: list[int], cuts: tuple[int, ...]) -> float:
    """Return the variance within the groups that cuts make."""
    total = 0.0
    for start, end in zip((0, *cuts), (*cuts, len(values)), strict=True):
        rows = [value for value, count in zip(values[start:end], counts[start:end], strict=True) for _ in range(count)]
        mean = sum(rows) / len(rows)
        total += sum((one - mean) ** 2 for one in rows)
    return total


@given(
    st.lists(st.tuples(st.integers(-1000, 1000), st.integers(1, 4)), min_size=1, max_size=9, unique_by=lambda x: x[0]),
    st.integers(2, 5),
)
def test_no_groups_of_enough_rows_have_less_variance(held: list[tuple[int, int]], size: int) -> None:
    """The groups are as good as the best of all cuts, each has enough rows, and sums are kept."""
    values, counts = [float(value) for value, _ in sorted(held)], [count for _, count in sorted(held)]
    found = group_means(values, counts, size)

    every = [cuts for many in range(len(values)) for cuts in combinations(range(1, len(values)), many)]
    fit = [
        cuts
        for cuts in every
        if all(sum(counts[a:b]) >= size for a, b in zip((0, *cuts), (*cuts, len(values)), strict=True))
    ]
    if found is None:
        assert fit == []
        return
    made = sum(count * (value - mean) ** 2 for value, count, mean in zip(values, counts, found, strict=True))
    assert made == pytest.approx(min(spread(values, counts, cuts) for cuts in fit), abs=1e-6)
    rows = Counter[float]()
    for mean, count in zip(found, counts, strict=True):
        rows[mean] += count
    assert min(rows.values()) >= size
    assert sum(map(float.__mul__, found, map(float, counts))) == pytest.approx(
        sum(map(float.__mul__, values, map(float, counts))), abs=1e-6
    )


def test_large_groups_of_many_values_take_no_longer_than_small_ones_of_some() -> None:
    """What a task does grows with its values, and hardly with the rows of a group: people may have thousands."""
    values = [float(place * place % 1_000_003) for place in range(20_000)]
    different = sorted(set(values))
    began = process_time()

    found = group_means(different, [1] * len(different), 5_000)

    assert process_time() - began < 8
    assert found is not None
    assert min(Counter(found).values()) >= 5_000


@pytest.mark.parametrize("values", [[-1e300, -9e299, 1e300, 1.1e300], [0.0, 1.0, 1e200, 1e200 + 1e185, 1.7e308]])
def test_numbers_too_far_apart_to_be_squared_are_in_groups_of_enough_rows(values: list[float]) -> None:
    """A variance that is no number cuts no group that is too small."""
    found = group_means(values, [1] * len(values), 2)

    assert found is not None
    assert min(Counter(found).values()) >= 2


@pytest.mark.spark
def test_treated_rows_hold_means_of_as_many_rows_as_enough_people_can_have(spark: SparkSession, tmp_path: Path) -> None:
    """With up to 5 rows a person and groups of 3 people each number stands in 15 rows, those of nobody not counted."""
    stated = contract()
    columns = tuple(
        replace(one, generalisation=Microaggregate(size=3)) if one.name == "minutes" else one
        for one in stated.columns
        if one.name != "notes"
    )
    plan = plan_treatment(replace(stated, columns=columns), KeyRing.throwaway(), extract_id="x", spacy_model="none")
    minutes = Random(4).choices([None, *range(200)], k=100)
    rows = [row(number, nominal=f"N{number}", minutes=value) for number, value in enumerate(minutes)]
    blank = (" ", "\t", "\u00a0", "\x1f")
    rows += [row(number, nominal=blank[number % 4], minutes=number) for number in range(100, 200)]
    treat_frame(frame(spark, pa.Table.from_batches([batch(*rows)]), tmp_path), plan).write.parquet(
        str(tmp_path / "treated")
    )

    made = data_rows(spark.read.parquet(str(tmp_path / "treated"))).select("minutes").toArrow().column(0).to_pylist()

    counts = Counter(made)
    assert counts.pop(None, 0) == minutes.count(None)
    assert len(counts) > 1
    assert min(counts.values()) >= 15
    assert {type(one) for one in counts} == {int}


@pytest.mark.spark
@pytest.mark.parametrize("values_a_task", [1_000, 40])
def test_ranges_of_values_are_grouped_apart(spark: SparkSession, tmp_path: Path, values_a_task: int) -> None:
    """One task gives the groups of memory; several give groups that are large enough, in order."""
    rng = Random(1)
    rows = [rng.randrange(120) / 4 for _ in range(400)]
    pq.write_table(pa.table({"a.b": rows}), tmp_path / "rows.parquet")
    counted = sorted(Counter(rows).items())

    found = means(spark.read.parquet(str(tmp_path / "rows.parquet")), "a.b", 10, values_a_task=values_a_task)

    made = dict(sorted((one[0], one[1]) for one in found.collect()))
    assert list(made) == [value for value, _ in counted]
    assert list(made.values()) == sorted(made.values())
    sizes = Counter[float]()
    for value, count in counted:
        sizes[made[value]] += count
    assert min(sizes.values()) >= 10
    if values_a_task == 1_000:
        assert list(made.values()) == group_means([v for v, _ in counted], [c for _, c in counted], 10)


@pytest.mark.spark
def test_whole_numbers_beyond_a_double_are_grouped_and_no_row_comes_twice(spark: SparkSession, tmp_path: Path) -> None:
    """Numbers that become one as doubles are one number: nothing fails, and every row stays one row."""
    large = [2**53 + 1, 2**53, 2**53 + 3, 123_456_789_012_345_678, 123_456_789_012_345_679] * 2
    pq.write_table(pa.table({"nominal": [f"N{n}" for n in range(10)], "c": large}), tmp_path / "rows.parquet")
    column = Column(
        name="c",
        logical_type=LogicalType.INTEGER,
        role=Role.SENSITIVE,
        treatment=Treatment.GENERALISE,
        generalisation=Microaggregate(size=2),
    )
    stated = contract()
    stated = replace(stated, columns=(stated.columns[0], column), max_rows_per_unit=1)

    found = microaggregated(spark.read.parquet(str(tmp_path / "rows.parquet")), stated).toArrow()
    made = found.column("c").to_pylist()

    assert len(made) == len(large)
    assert None not in made
    assert min(Counter(made).values()) >= 2


def test_questions_never_read_such_a_column() -> None:
    """It is published, to be looked at, and not askable; another number is."""
    stated = contract()
    columns = tuple(
        replace(one, generalisation=Microaggregate(size=3)) if one.name == "minutes" else one for one in stated.columns
    )

    askable = {one.name: one.askable for one in published_columns(replace(stated, columns=columns))}

    assert askable["minutes"] is False
    assert {one.name: one.askable for one in published_columns(stated)}["minutes"] is True
