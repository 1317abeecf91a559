"""Questions answered bucket by bucket: Spark hands buckets out, the embedded engine counts in them, and amounts add up.

Tables that lie in the same number of buckets by unit hold all rows of one unit in one bucket of each, as nobody's rows
are in two. What a plan counts is bounded unit by unit, so that the vectors of all buckets add up to those of the whole:
what a database calls partial aggregation over co-partitioned tables (Graefe 1993, "Query evaluation techniques for
large databases", doi:10.1145/152610.152611). Rows do not pass through Spark, which for such questions takes several
times as long to make rows of a unit and a cell as it takes to count without.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyspark.sql import SparkSession

from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.embedded.rows import Files
from datalab.engine.spark.session import worker_folder
from datalab.engine.spark.spill import spill_folder
from datalab.privacy.plan import Cells, Plan
from datalab.privacy.table import TableRef

MEMORY: Final = "1GB"
"""Most memory of a task beside Spark's own; beyond it, and over one dataset long before it, the task spills."""
_BUCKET: Final = re.compile(r".*_(\d+)(?:\..*)?$")
"""Where Spark's writer puts the number of a bucket into a file's name."""


def hands_out(plan: Plan, tables: Mapping[str, TableRef]) -> int:
    """Return the number of buckets by which a plan can be answered; 0 where it cannot.

    Args:
        plan: what is counted.
        tables: where each dataset of the plan lies.
    """
    if plan.exact:
        return 0
    private = [source for source in plan.sources if source.has_units]
    if any(source.link is not None and not source.link.by_unit for source in private):
        return 0  # their partners may lie in any bucket
    numbers = {tables[source.dataset].buckets for source in private}
    return numbers.pop() if len(numbers) == 1 else 0


def cells_by_bucket(session: SparkSession, plan: Plan, tables: Mapping[str, TableRef], buckets: int) -> Cells:
    """Return the bounded vectors of a plan.

    Args:
        session: hands the buckets out; its workers have this package.
        plan: what is counted.
        tables: where each dataset of the plan lies, in `buckets` buckets or public.
        buckets: as `hands_out` returns it.

    Raises:
        Exception: whatever Spark raises where a task fails.
    """

    def counted(engine: EmbeddedEngine, files: Files) -> list[tuple[int, ...]]:
        vectors = engine.cells_in(plan, files).vectors
        return [vectors[part.name] for part in plan.parts]

    found = _in_each(session, counted, handed_out(plan, tables, buckets, _tasks(session, buckets)))
    return Cells(
        vectors={
            part.name: tuple(map(sum, zip(*(vectors[place] for vectors in found), strict=True)))
            for place, part in enumerate(plan.parts)
        }
    )


def counts_by_bucket(
    session: SparkSession, plan: Plan, tables: Mapping[str, TableRef], buckets: int
) -> Mapping[str, int]:
    """Return how many units have each value of the plan's discovered column.

    Args:
        session: as for `cells_by_bucket`, and so the others.
        plan: what is counted.
        tables: where its datasets lie.
        buckets: as `hands_out` returns it.

    Raises:
        Exception: as `cells_by_bucket`.
    """

    def counted(engine: EmbeddedEngine, files: Files) -> Mapping[str, int]:
        return engine.counts_in(plan, files)

    units: Counter[str] = Counter()
    for one in _in_each(session, counted, handed_out(plan, tables, buckets, _tasks(session, buckets))):
        units.update(one)
    return dict(units)


def handed_out(plan: Plan, tables: Mapping[str, TableRef], buckets: int, tasks: int) -> tuple[Files, ...]:
    """Return for each task the files that it reads: of a bucket the same task reads all files, of public data each all.

    Args:
        plan: what is counted.
        tables: where its datasets lie.
        buckets: as `hands_out` returns it.
        tasks: how many there are, at most as many as buckets.

    Raises:
        ValueError: if a file of a bucketed table does not say which bucket it holds, or says one that is none.
    """
    files = {source: sorted(tables[source.dataset].path.resolve().glob("*.parquet")) for source in plan.sources}
    return tuple(
        {
            source.dataset: tuple(
                file for file in its if not source.has_units or _bucket(file, buckets) % tasks == task
            )
            for source, its in files.items()
        }
        for task in range(tasks)
    )


def _tasks(session: SparkSession, buckets: int) -> int:
    return min(buckets, session.sparkContext.defaultParallelism)


def _in_each(
    session: SparkSession, counted: Callable[[EmbeddedEngine, Files], Any], work: tuple[Files, ...]
) -> list[Any]:
    """Return what is counted in each of these files, by JSON: whole numbers of any size, and texts."""

    def answered(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for task in batch.column(0).to_pylist():
                with spill_folder(worker_folder()) as scratch:
                    engine = EmbeddedEngine(scratch=scratch, memory=MEMORY, threads=1, keeps=False)
                    yield pa.RecordBatch.from_pydict({"found": [json.dumps(counted(engine, work[task]))]})

    tasks = session.range(0, len(work), 1, len(work))
    return [json.loads(row.found) for row in tasks.mapInArrow(answered, "found string").collect()]


def _bucket(file: Path, buckets: int) -> int:
    """Return the number of the bucket that a file holds."""
    match = _BUCKET.fullmatch(file.name)
    if match is None or int(match[1]) >= buckets:
        raise ValueError(
            "A file of a bucketed table has no bucket's number in its name, or one that the table has not."
        )
    return int(match[1])
