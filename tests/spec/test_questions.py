"""Every example of `docs/questions.md` on every engine: the table, the question, the cells before the noise."""

from __future__ import annotations

from pathlib import Path

import pytest
from chapters import CHAPTERS, Example
from offence_tables import SCHEMAS, plan_of, write
from pyspark.sql import SparkSession

from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.reference import ReferenceEngine
from datalab.engine.spark.engine import SparkEngine
from datalab.privacy.plan import Cells, Part, Plan
from datalab.privacy.table import TableRef

EXAMPLES = pytest.mark.parametrize(
    "example", [example for chapter in CHAPTERS for example in chapter.examples], ids=lambda example: example.says
)


def labelled(plan: Plan, cells: Cells) -> dict[str, dict[tuple[str, ...], int]]:
    """Return every vector by its labels, without the cells that hold 0."""
    return {
        part.name: {label: n for label, n in zip(labels_of(part), cells.vectors[part.name], strict=True) if n}
        for part in plan.parts
    }


def labels_of(part: Part) -> list[tuple[str, ...]]:
    """Return the labels of a vector's cells: groups, or the least number of rows of a range."""
    return [(str(edge),) for edge in part.edges] or list(part.cell_labels)


@EXAMPLES
def test_the_reference_gives_the_stated_cells(example: Example) -> None:
    """The readable engine computes exactly the cells of each example, and the stated units by unlisted value."""
    plan, engine = plan_of(example.question), ReferenceEngine()

    assert labelled(plan.with_values(example.values), engine.cells(plan.with_values(example.values), example.rows)) == (
        example.cells
    )
    assert engine.counts(plan, example.rows) == example.counts


@pytest.mark.spark
@EXAMPLES
def test_spark_and_the_embedded_engine_give_the_stated_cells(
    example: Example, spark: SparkSession, tmp_path: Path
) -> None:
    """Spark computes exactly the cells of each example, and so does the embedded engine, of the same files."""
    plan, tables = plan_of(example.question), {}
    for dataset, rows in example.rows.items():
        laid_out = 2 if any("unit_id" in row for row in rows) else 0
        path = write(spark, tmp_path, dataset, rows, buckets=laid_out)
        tables[dataset] = TableRef(path=path, buckets=laid_out, schema=SCHEMAS[dataset])
    listed = plan.with_values(example.values)

    for engine in (SparkEngine(spark), EmbeddedEngine(scratch=tmp_path)):
        assert labelled(listed, engine.cells(listed, tables)) == example.cells
        assert engine.counts(plan, tables) == example.counts
