"""What bounded cells are, by example: data, a question, the integer vectors that leave the engine.

Every example runs on the reference, on Spark and on the embedded engine, over files bucketed by unit as views lie.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from offences import SCHEMAS, Row, offence, plan_of, question, ref, write
from pyspark.sql import SparkSession

from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.reference import ReferenceEngine
from datalab.engine.spark.engine import SparkEngine
from datalab.privacy.table import TableRef
from datalab.query.model import (
    AllOf,
    AnyOf,
    Compare,
    CountRows,
    CountUnits,
    IsIn,
    IsMissing,
    Join,
    Mean,
    Not,
    Operator,
    Question,
    Sum,
    Variance,
)

KIND, WARD = ref("kind"), ref("ward")
MINUTE = 10**4
"""Steps of a minute: whole numbers have decimals, for a share of a sum may count."""
WHOLE = {"rows_per_unit": 100, "rows_per_cell": 100}


@dataclass(frozen=True, kw_only=True)
class Example:
    """One table, one question, and the vectors that must come out."""

    says: str
    rows: list[Row]
    asked: Question
    vectors: dict[str, tuple[int, ...]]
    others: Mapping[str, list[Row]] | None = None


def count_where(predicate: Any) -> Question:
    """Count the rows that a condition keeps."""
    return question(where=predicate, **WHOLE)


THREE_DATES = [offence("u1", on=date(2024, day, day)) for day in (1, 2, 3)]
EXAMPLES = [
    Example(
        says="rows are counted by the contract's categories, in its order, whether or not any exist",
        rows=[offence("u1", kind="theft"), offence("u2", kind="theft"), offence("u3", kind="arson")],
        asked=question(by=[KIND]),
        vectors={"rows": (1, 0, 2)},
    ),
    Example(
        says="a column that may be missing has one more group, the last; the last key changes quickest",
        rows=[offence("u1", kind="arson", ward=None), offence("u2", kind="burglary", ward="south")],
        asked=question(by=[KIND, WARD]),
        vectors={"rows": (0, 0, 1, 0, 1, 0, 0, 0, 0)},
    ),
    Example(
        says="a value outside the public list is counted nowhere",
        rows=[offence("u1", kind="piracy"), offence("u1", kind="theft")],
        asked=question(by=[KIND]),
        vectors={"rows": (0, 0, 1)},
    ),
    Example(
        says="true, false and whole numbers can be groups",
        rows=[offence("u1", charged=False, grade=3), offence("u2", charged=None, grade=1)],
        asked=question(by=[ref("charged"), ref("grade")]),
        vectors={"rows": (0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0)},
    ),
    Example(
        says="one unit fills a cell to its cap and no further",
        rows=[offence("u1")] * 5 + [offence("u2")],
        asked=question(rows_per_unit=4, rows_per_cell=3),
        vectors={"rows": (4,)},
    ),
    Example(
        says="one unit counts R rows in all, whichever cells they are in",
        rows=[offence("u1", kind=kind) for kind in ("arson", "burglary", "theft") for _ in range(2)],
        asked=question(CountRows(), by=[KIND], rows_per_unit=6, rows_per_cell=2),
        vectors={"rows": (2, 2, 2)},
    ),
    Example(
        says="a unit is counted once in a cell, however many rows it has there",
        rows=[offence("u1")] * 3 + [offence("u2")] + [offence("u1", kind="arson")],
        asked=question(CountUnits(), by=[KIND]),
        vectors={"units": (1, 0, 2)},
    ),
    Example(
        says="rows without a unit are bounded together, as if they were one unit's",
        rows=[offence(None)] * 7,
        asked=question(CountRows(), CountUnits(), rows_per_unit=3, rows_per_cell=3),
        vectors={"rows": (3,), "units": (1,)},
    ),
    Example(
        says="values are clamped to the contract's bounds before they are summed; missing ones add nothing",
        rows=[offence(f"u{i}", minutes=value) for i, value in enumerate([600, -30, None, 7])],
        asked=question(Sum(column=ref("minutes"), name="total"), **WHOLE),
        vectors={"total": ((500 - 20 + 0 + 7) * MINUTE,)},
    ),
    Example(
        says="fractional numbers are summed in fixed-point steps, here of 0.00001; NaN and infinities are missing",
        rows=[
            offence(f"u{i}", loss=x)
            for i, x in enumerate([1.25, math.nan, math.inf, -math.inf, 1000.0, -1.0, 0.000005])
        ],
        asked=question(Sum(column=ref("loss"), name="loss"), rows_per_unit=10, rows_per_cell=1),
        vectors={"loss": (125_000 + 9_995_000 + 0 + 1,)},
    ),
    Example(
        says="where n rows are cut to k, their sum counts k/n: the mean of a cell is not pulled to one side",
        rows=[offence("u1", minutes=value) for value in (100, 200, 300, 400)],
        asked=question(Sum(column=ref("minutes"), name="total"), rows_per_unit=2, rows_per_cell=2),
        vectors={"total": (500 * MINUTE,)},
    ),
    Example(
        says="the share k/n of a sum is the nearest step, here of 0.0001: of whole numbers, too",
        rows=[offence("u1", minutes=value) for value in (-5, -5, -1)],
        asked=question(Sum(column=ref("minutes"), name="total"), rows_per_unit=2, rows_per_cell=2),
        vectors={"total": (-73_333,)},
    ),
    Example(
        says="a mean sums distances from the centre of the range (240) and counts the rows that have a value",
        rows=[offence("u1", minutes=250), offence("u2", minutes=None), offence("u3", minutes=-20)],
        asked=question(Mean(column=ref("minutes"), name="mean"), **WHOLE),
        vectors={"mean/values": (2,), "mean/sum": ((10 - 260) * MINUTE,)},
    ),
    Example(
        says="a variance adds the squares of the same distances, each to the nearest of coarser steps, here of 10 ** 5",
        rows=[offence("u1", loss=49.98), offence("u2", loss=49.97506), offence("u3", loss=0.0)],
        asked=question(Variance(column=ref("loss"), name="spread"), rows_per_unit=1, rows_per_cell=1),
        vectors={
            "spread/values": (3,),
            "spread/sum": (500 + 6 - 4_997_500,),
            "spread/squares": (3 + 0 + 249_750_063,),
        },
    ),
    Example(
        says="rows without a value do not use up the rows that a mean may count",
        rows=[offence("u1", minutes=None)] * 5 + [offence("u1", minutes=241)] * 2,
        asked=question(Mean(column=ref("minutes"), name="mean"), rows_per_unit=2, rows_per_cell=2),
        vectors={"mean/values": (2,), "mean/sum": (2 * MINUTE,)},
    ),
    Example(
        says="an empty table gives zeros",
        rows=[],
        asked=question(CountRows(), Sum(column=ref("minutes"), name="total"), by=[KIND]),
        vectors={"rows": (0, 0, 0), "total": (0, 0, 0)},
    ),
    Example(
        says="categories are compared in the contract's order, not the alphabet's: 5-9 comes before 10-14",
        rows=[offence("u1", age_band=band) for band in ("5-9", "10-14", "15+")],
        asked=count_where(Compare(column=ref("age_band"), operator=Operator.LT, value="15+")),
        vectors={"rows": (2,)},
    ),
    Example(
        says="a missing value compares false, also with 'not equal'",
        rows=[offence("u1", ward=None), offence("u2", ward="south")],
        asked=count_where(Compare(column=WARD, operator=Operator.NE, value="north")),
        vectors={"rows": (1,)},
    ),
    Example(
        says="the negation of a comparison with a missing value is true",
        rows=[offence("u1", ward=None), offence("u2", ward="north")],
        asked=count_where(Not(predicate=Compare(column=WARD, operator=Operator.EQ, value="north"))),
        vectors={"rows": (1,)},
    ),
    Example(
        says="NaN is missing, for conditions as for sums",
        rows=[offence("u1", loss=math.nan), offence("u2", loss=None), offence("u3", loss=2.0)],
        asked=count_where(IsMissing(column=ref("loss"))),
        vectors={"rows": (2,)},
    ),
    Example(
        says="dates are compared as dates",
        rows=THREE_DATES,
        asked=count_where(Compare(column=ref("on"), operator=Operator.GE, value="2024-02-02")),
        vectors={"rows": (2,)},
    ),
    Example(
        says="timestamps are compared as instants, whatever offset they are written with",
        rows=[offence("u1", at=datetime(2024, 5, 1, hour, tzinfo=UTC)) for hour in (11, 12, 13)],
        asked=count_where(Compare(column=ref("at"), operator=Operator.LT, value="2024-05-01T13:00:00+01:00")),
        vectors={"rows": (1,)},
    ),
    Example(
        says="conditions combine with all, any and not",
        rows=[
            offence("u1", kind="theft", grade=1),
            offence("u2", kind="arson", grade=2),
            offence("u3", kind="theft", grade=2),
        ],
        asked=count_where(
            AllOf(
                predicates=(
                    AnyOf(predicates=(IsIn(column=KIND, values=("arson",)), IsIn(column=ref("grade"), values=(1,)))),
                    Not(predicate=Compare(column=ref("grade"), operator=Operator.GT, value=2.5)),
                )
            )
        ),
        vectors={"rows": (2,)},
    ),
    Example(
        says="a join pairs every row of a unit with every row of the same unit, and leaves out units of one side only",
        rows=[offence("u1"), offence("u1"), offence("u2"), offence(None)],
        others={"visits": [{"unit_id": u, "clinic": "a", "days": 3} for u in ("u1", "u1", "u9", None)]},
        asked=question(CountRows(), CountUnits(), joins=(Join(dataset="visits"),), **WHOLE),
        vectors={"rows": (4,), "units": (1,)},
    ),
    Example(
        says="a joined dataset can be filtered, grouped by and summed",
        rows=[offence("u1"), offence("u2")],
        others={
            "visits": [
                {"unit_id": u, "clinic": c, "days": d} for u, c, d in (("u1", "a", 3), ("u1", "b", 9), ("u2", "b", 40))
            ]
        },
        asked=question(
            CountRows(),
            Sum(column=ref("days", "visits"), name="days"),
            by=[ref("clinic", "visits")],
            joins=(Join(dataset="visits", where=Compare(column=ref("days"), operator=Operator.GT, value=3)),),
            **WHOLE,
        ),
        vectors={"rows": (0, 2, 0), "days": (0, 39 * 10**5, 0)},
    ),
    Example(
        says="public data is counted and summed exactly, unbounded",
        rows=[],
        others={
            "rates": [{"ward": w, "people": p} for w, p in (("north", 5), ("north", 7), ("south", None), ("x", 1))]
        },
        asked=question(
            CountRows(),
            Sum(column=ref("people"), name="people"),
            Mean(column=ref("people"), name="mean"),
            dataset="rates",
            by=[WARD],
            rows_per_unit=1,
            rows_per_cell=1,
        ),
        vectors={"rows": (2, 1), "people": (12, 0), "mean/values": (2, 0), "mean/sum": (12 - 1_000_000, 0)},
    ),
]
EXAMPLES_BY_NAME = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.says)


def tables_of(example: Example) -> dict[str, list[Row]]:
    """Return every table that an example's question reads."""
    tables = {"offences": example.rows, **(example.others or {})}
    return {source.dataset: tables[source.dataset] for source in plan_of(example.asked).sources}


@EXAMPLES_BY_NAME
def test_reference_gives_the_stated_cells(example: Example) -> None:
    """The readable engine computes exactly the vectors of each example."""
    assert ReferenceEngine().cells(plan_of(example.asked), tables_of(example)).vectors == example.vectors


@pytest.mark.spark
@EXAMPLES_BY_NAME
def test_spark_and_the_embedded_engine_give_the_stated_cells(
    example: Example, spark: SparkSession, tmp_path: Path
) -> None:
    """Spark computes exactly the vectors of each example, and so does the embedded engine, of the same files."""
    tables = {}
    for dataset, rows in tables_of(example).items():
        laid_out = 0 if dataset == "rates" else 2
        path = write(spark, tmp_path, dataset, rows, buckets=laid_out)
        tables[dataset] = TableRef(path=path, buckets=laid_out, schema=SCHEMAS[dataset])

    assert SparkEngine(spark).cells(plan_of(example.asked), tables).vectors == example.vectors
    assert EmbeddedEngine(scratch=tmp_path).cells(plan_of(example.asked), tables).vectors == example.vectors
