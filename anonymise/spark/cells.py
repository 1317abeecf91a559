"""Cells on Spark: everybody of both sides who holds one value of one match key, and who is alone with whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own documentation uses

from anonymise.spine import COMMON, PASSES, Cell, Member, resolve
from datalab.contract.model import UNIT_REF

MATCH_DDL: Final = f"{UNIT_REF} string, spine_id string, place int, refused boolean"
"""A decision: `anonymise.spine.Match` as a row."""
_MATCH_SCHEMA: Final = pa.schema(
    [(UNIT_REF, pa.string()), ("spine_id", pa.string()), ("place", pa.int32()), ("refused", pa.bool_())]
)
_MATCHES_A_BATCH: Final = 10_000


def cells(newcomers: DataFrame, pool: DataFrame) -> DataFrame:
    """Return the cells that hold people of both sides: `place`, `newcomers`, `spine`; `anonymise.spine.Cell` as a row.

    Args:
        newcomers: profiles by `unit_ref`.
        pool: profiles by `spine_id`.
    """
    sides = _members(newcomers, UNIT_REF, "newcomer").unionByName(
        _members(pool, "spine_id", "person"), allowMissingColumns=True
    )
    gathered = sides.groupBy("place", "hash").agg(
        # Null is nobody: the list of a side holds that side only.
        F.collect_list("newcomer").alias("newcomers"),
        F.collect_list("person").alias("spine"),
    )
    shared = F.size("newcomers").between(1, COMMON) & F.size("spine").between(1, COMMON)
    return gathered.where(shared).select("place", "newcomers", "spine")


def lone_pairs(in_cells: DataFrame) -> DataFrame:
    """Decide the pairs who share values with each other and with nobody else: they match in their first cell."""
    clean = (F.size("newcomers") == 1) & (F.size("spine") == 1)
    marked = in_cells.withColumn("clean", clean)
    newcomer = _loners(marked, side="newcomers", other="spine").select(
        F.col("me").alias(UNIT_REF), F.col("other").alias("spine_id"), "place", "refused"
    )
    person = _loners(marked, side="spine", other="newcomers").select(
        F.col("other").alias(UNIT_REF), F.col("me").alias("spine_id")
    )
    return newcomer.join(person, [UNIT_REF, "spine_id"])


def contested(in_cells: DataFrame, lone: DataFrame) -> DataFrame:
    """Return the cells that lone pairs do not settle; a cell with somebody of a lone pair holds that pair only."""
    first = F.get("newcomers", F.lit(0))["reference"]
    return in_cells.withColumn(UNIT_REF, first).join(lone.select(UNIT_REF), UNIT_REF, "left_anti").drop(UNIT_REF)


def resolve_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Run `resolve` over cells that come in order of their place, in one task."""
    pending: list[dict[str, Any]] = []
    for match in resolve(_cell(row) for batch in batches for row in batch.to_pylist()):
        pending.append(
            {UNIT_REF: match.unit_ref, "spine_id": match.spine_id, "place": match.place, "refused": match.refused}
        )
        if len(pending) == _MATCHES_A_BATCH:
            yield pa.RecordBatch.from_pylist(pending, _MATCH_SCHEMA)
            pending = []
    yield pa.RecordBatch.from_pylist(pending, _MATCH_SCHEMA)


def _cell(row: dict[str, Any]) -> Cell:
    return Cell(
        place=row["place"],
        newcomers=tuple(_member(member) for member in row["newcomers"]),
        spine=tuple(_member(member) for member in row["spine"]),
    )


def _member(member: dict[str, Any]) -> Member:
    identifiers = frozenset((one["name"], one["hash"]) for one in member["identifiers"])
    return Member(reference=member["reference"], identifiers=identifiers)


def differ(left: Column, right: Column) -> Column:
    """`anonymise.spine.conflicting` as a Spark expression over two lists of name and hash."""
    return F.exists(
        left, lambda one: F.exists(right, lambda other: (one["name"] == other["name"]) & (one["hash"] != other["hash"]))
    )


def _members(people: DataFrame, reference: str, side: str) -> DataFrame:
    """Spread people over the values they hold: `place`, `hash`, and the member under the side's name."""
    places = F.create_map(*(part for place, name in enumerate(PASSES) for part in (F.lit(name), F.lit(place))))
    spread = people.select(
        F.struct(F.col(reference).alias("reference"), "identifiers").alias(side), F.explode("keys").alias("key")
    )
    # A key that is no longer declared is in no pass.
    return spread.select(
        F.get(F.array(F.element_at(places, F.col("key.name"))), F.lit(0)).alias("place"), "key.hash", side
    )


def _loners(marked: DataFrame, *, side: str, other: str) -> DataFrame:
    """Return the members of a side whose cells are all clean and hold one and the same other member."""
    spread = marked.select(
        "place",
        "clean",
        F.explode(side).alias("member"),
        F.get(other, F.lit(0))["reference"].alias("other"),
        F.get(other, F.lit(0))["identifiers"].alias("other_identifiers"),
    )
    gathered = spread.groupBy(F.col("member.reference").alias("me")).agg(
        F.bool_and("clean").alias("clean"),
        F.min("other").alias("other"),
        F.max("other").alias("last"),
        F.min("place").alias("place"),
        F.bool_or(differ(F.col("member.identifiers"), F.col("other_identifiers"))).alias("refused"),
    )
    return gathered.where(F.col("clean") & (F.col("other") == F.col("last")))
