"""Edges on Spark: who of the newcomers shares a value with whom of the spine, and which of them is whose match.

Edges go in order of the passes through `anonymise.linkage.spine.resolve`, in one task. Where they are many, pairs who
share values with each other and with nobody else are decided where they lie, in parallel; they are most, they take no
part in anybody else's case, and so the answer is the same. The task then holds the people of the contested rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own documentation uses

from anonymise.linkage.match_hasher import IDENTIFIER_PREFIX, KEY_PREFIX
from anonymise.linkage.spine import COMMON, PASSES, Edge, resolve
from datalab.contract.model import UNIT_REF

MATCH_DDL: Final = f"{UNIT_REF} string, spine_id string, place int, refused boolean"
"""A decision: `anonymise.linkage.spine.Match` as a row."""
_MATCH_SCHEMA: Final = pa.schema(
    [(UNIT_REF, pa.string()), ("spine_id", pa.string()), ("place", pa.int32()), ("refused", pa.bool_())]
)
_PAIR: Final = [UNIT_REF, "spine_id"]
AT_ONCE: Final = 1_000_000
"""About 50,000 people with all their keys: some seconds in one task, less than Spark takes to part them."""
_MATCHES_A_BATCH: Final = 10_000


def matches(
    newcomers: DataFrame, pool: DataFrame, *, keep: Callable[[DataFrame], DataFrame], at_once: int
) -> DataFrame:
    """Decide who of the newcomers is who in the pool; `MATCH_DDL`.

    Args:
        newcomers: `unit_ref`, `name` of a match key or kind of identifier, `hash`; each once.
        pool: `spine_id`, `name`, `hash`; each once.
        keep: keeps a frame that is used more than once.
        at_once: most edges that go through one task without further thought.
    """
    few_newcomers, few_pool = (_held_by_few(_named(side, KEY_PREFIX)) for side in (newcomers, pool))
    edges = keep(few_newcomers.join(few_pool, ["place", "hash"]))
    differing = _differing(edges, _named(newcomers, IDENTIFIER_PREFIX), _named(pool, IDENTIFIER_PREFIX))
    judged = keep(edges.join(differing, _PAIR, "left").withColumn("refused", F.expr("coalesce(refused, false)")))
    if judged.count() <= at_once:
        return _resolved(judged)
    pairs = keep(_pairs(judged))
    contested = judged.join(pairs.where("NOT lone"), _PAIR, "left_semi")
    return pairs.where("lone").drop("lone").unionByName(_resolved(contested))


def _differing(edges: DataFrame, newcomers: DataFrame, pool: DataFrame) -> DataFrame:
    """Return the pairs who have different valid identifiers of one kind, marked `refused`."""
    return (
        edges.select(_PAIR)
        .distinct()
        .join(newcomers, UNIT_REF)
        .join(pool.withColumnRenamed("hash", "other"), ["spine_id", "name"])
        .where(F.col("hash") != F.col("other"))
        .select(*_PAIR, F.expr("true").alias("refused"))
        .distinct()
    )


def _pairs(judged: DataFrame) -> DataFrame:
    """Return each pair with its first place, and whether they share values with nobody else."""
    of_newcomer, of_person = Window.partitionBy(UNIT_REF), Window.partitionBy("spine_id")
    return (
        judged.groupBy(_PAIR)
        .agg(F.min("place").alias("place"), F.bool_or("refused").alias("refused"))
        .withColumn("lone", F.count("*").over(of_newcomer) == 1)
        .withColumn("lone", F.col("lone") & (F.count("*").over(of_person) == 1))
    )


def _resolved(edges: DataFrame) -> DataFrame:
    in_order = edges.repartition(1).sortWithinPartitions("place", "hash")
    return in_order.select("place", "hash", *_PAIR, "refused").mapInArrow(resolve_batches, MATCH_DDL)


def resolve_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Run `resolve` over edges that come in order of their place and value, in one task."""
    pending: list[dict[str, Any]] = []
    for match in resolve(edge for batch in batches for edge in _edges(batch)):
        pending.append(
            {UNIT_REF: match.unit_ref, "spine_id": match.spine_id, "place": match.place, "refused": match.refused}
        )
        if len(pending) == _MATCHES_A_BATCH:
            yield pa.RecordBatch.from_pylist(pending, _MATCH_SCHEMA)
            pending = []
    yield pa.RecordBatch.from_pylist(pending, _MATCH_SCHEMA)


def _edges(batch: pa.RecordBatch) -> Iterator[Edge]:
    return map(Edge._make, zip(*(column.to_pylist() for column in batch.columns), strict=True))


def _named(hashes: DataFrame, prefix: str) -> DataFrame:
    return hashes.where(F.col("name").startswith(prefix))


def _held_by_few(keys: DataFrame) -> DataFrame:
    """Put places for names, and leave out the values that too many people hold."""
    names = F.array(*(F.lit(f"{KEY_PREFIX}{name}") for name in PASSES))
    return (
        keys.withColumn("place", F.array_position(names, F.col("name")).cast("int") - 1)
        # A key that is no longer declared is in no pass.
        .where("place >= 0")
        .withColumn("holders", F.count("*").over(Window.partitionBy("place", "hash")))
        .where(F.col("holders") <= COMMON)
        .drop("holders", "name")
    )
