"""Linking an extract's people to the spine, on Spark: the next generation of the spine, from files to files.

The rules are `anonymise.spine`'s. Most people share values with one candidate only, who shares values with nobody else:
those pairs are decided where they lie, in parallel. The rest, where somebody has to leave the pool before somebody else
is alone, goes in order of the passes through `resolve` in one task; it holds the people linked there, not the cells.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own documentation uses

from anonymise.keys import NamedKey
from anonymise.matchhasher import HASH_BYTES, IDENTIFIER_PREFIX, KEY_PREFIX
from anonymise.pseudonyms import unit_ids
from anonymise.spark.cells import MATCH_DDL, cells, contested, differ, lone_pairs, resolve_batches
from anonymise.spark.spine_files import new_generation, read_links, read_persons, write
from anonymise.spine import FIRST_SEEN, PASSES, LinkageReport
from datalab.contract.model import UNIT_ID, UNIT_REF

_HASHES = "array<struct<name: string, hash: binary>>"


def link(
    spark: SparkSession,
    incoming: DataFrame,
    *,
    key_space: str,
    generation: int,
    previous: Path | None,
    out: Path,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> LinkageReport:
    """Link an extract's people and write the next generation of the spine, with every earlier link kept.

    One `unit_ref` is one person of that agency, so a spine person is linked to one `unit_ref` of a key space at most.

    Args:
        spark: the session.
        incoming: rows of an extract: `unit_ref`, and `mk_...` and `id_...` as `MatchHasher` makes them; many rows a
            person, other columns are left alone, rows without `unit_ref` are left out.
        key_space: whose person keys `unit_ref` stands for.
        generation: number of the generation to write.
        previous: folder of the generation before; None for the first.
        out: folder to write; complete or absent at any moment.
        entropy: source of random bytes.

    Raises:
        StateError: if `out` exists.
    """
    links, persons = read_links(spark, previous), read_persons(spark, previous)
    own = links.where(F.col("key_space") == key_space).select(UNIT_REF, "spine_id")
    arrivals = _kept(profiles(incoming).join(own, UNIT_REF, "left"))
    newcomers = arrivals.where("spine_id IS NULL").drop("spine_id")
    matches = _kept(_matches(newcomers, persons.join(own, "spine_id", "left_anti")))
    settled = _kept(_settled(newcomers, matches, _random_ids(entropy)))
    known = arrivals.where("spine_id IS NOT NULL")
    merged = _kept(_merged(persons, known.unionByName(settled.drop("place"))))
    with new_generation(out) as aside:
        write(links.unionByName(_links(settled, key_space, generation)), aside / "links")
        write(merged.drop("contradicted"), aside / "persons")
        report = _report(key_space, generation, settled=settled, known=known, matches=matches, merged=merged)
    for frame in (merged, settled, matches, arrivals):
        frame.unpersist()
    return report


def view_ids(spark: SparkSession, generation: Path, *, key_space: str, key: NamedKey) -> DataFrame:
    """Return `unit_ref` and `unit_id`: the people of a key space under a project's own pseudonyms.

    Args:
        spark: the session.
        generation: folder of a generation of the spine.
        key_space: whose references to translate.
        key: the project's key; it travels inside the function and never stands in a plan.
    """

    def translate(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            refs, spine_ids = batch.columns
            yield pa.RecordBatch.from_arrays([refs, unit_ids(key, spine_ids)], [UNIT_REF, UNIT_ID])

    links = read_links(spark, generation).where(F.col("key_space") == key_space)
    return links.select(UNIT_REF, "spine_id").mapInArrow(translate, f"{UNIT_REF} string, {UNIT_ID} string")


def profiles(rows: DataFrame) -> DataFrame:
    """Gather rows into people: `unit_ref`, `keys` and `identifiers`, each a list of name and hash.

    An identifier that most of a person's rows hold stands alone (`anonymise.spine.standing`).
    """
    keys = [name for name in rows.columns if name.startswith(KEY_PREFIX)]
    identifiers = [name for name in rows.columns if name.startswith(IDENTIFIER_PREFIX)]
    gathered = (
        rows.where(f"{UNIT_REF} IS NOT NULL")
        .groupBy(UNIT_REF)
        .agg(
            F.count(F.lit(1)).alias("rows"),
            *(F.collect_set(name).alias(name) for name in keys),
            *(F.collect_list(name).alias(name) for name in identifiers),
        )
    )
    return gathered.select(
        UNIT_REF,
        _named([(name.removeprefix(KEY_PREFIX), F.col(name)) for name in keys]).alias("keys"),
        _named([(name.removeprefix(IDENTIFIER_PREFIX), _standing(name)) for name in identifiers]).alias("identifiers"),
    )


def _named(lists: list[tuple[str, Column]]) -> Column:
    """Put lists of hashes into one list of name and hash."""
    named = [_with_name(name, hashes) for name, hashes in lists]
    return F.concat(*named).cast(_HASHES) if named else F.array().cast(_HASHES)


def _with_name(name: str, hashes: Column) -> Column:
    return F.transform(hashes, lambda one: F.struct(F.lit(name).alias("name"), one.alias("hash")))


def _standing(name: str) -> Column:
    """`anonymise.spine.standing` as a Spark expression."""
    values = F.col(name)
    distinct = F.array_distinct(values)
    majority = F.filter(distinct, lambda one: F.size(F.filter(values, lambda each: each == one)) * 2 > F.size(values))
    return F.when(F.size(majority) > 0, majority).otherwise(distinct)


def _matches(newcomers: DataFrame, pool: DataFrame) -> DataFrame:
    """Decide who of the newcomers is who in the pool."""
    in_cells = _kept(cells(newcomers, pool))
    lone = _kept(lone_pairs(in_cells))
    in_order = contested(in_cells, lone).repartition(1).sortWithinPartitions("place")
    return lone.unionByName(in_order.mapInArrow(resolve_batches, MATCH_DDL))


def _settled(newcomers: DataFrame, matches: DataFrame, random_id: Callable[[str], str]) -> DataFrame:
    """Give every newcomer a spine id: the one found, or a new one."""

    def complete(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            found = zip(batch.column(UNIT_REF).to_pylist(), batch.column("spine_id").to_pylist(), strict=True)
            ids = pa.array([spine_id or random_id(unit_ref) for unit_ref, spine_id in found], pa.string())
            yield batch.set_column(batch.schema.get_field_index("spine_id"), "spine_id", ids)

    links = matches.where("NOT refused").select(UNIT_REF, "spine_id", "place")
    joined = newcomers.join(links, UNIT_REF, "left").select(UNIT_REF, "keys", "identifiers", "spine_id", "place")
    return joined.mapInArrow(complete, joined.schema)


def _random_ids(entropy: Callable[[int], bytes]) -> Callable[[str], str]:
    """Return a function that draws a spine id for a reference.

    A pseudo-random function under a secret that is thrown away with this call: as good as chance to everybody, and the
    same when Spark computes a partition twice.
    """
    secret = entropy(32)

    def draw(unit_ref: str) -> str:
        return hmac.digest(secret, unit_ref.encode(), "sha256")[:HASH_BYTES].hex()

    return draw


def _merged(persons: DataFrame, arrived: DataFrame) -> DataFrame:
    """Teach the spine what the arrivals bring: new hashes for people it knows, and new people."""
    news = arrived.select("spine_id", F.col("keys").alias("new_keys"), F.col("identifiers").alias("new_identifiers"))
    joined = persons.join(news, "spine_id", "full")
    empty = F.array().cast(_HASHES)
    old, new = (F.coalesce(name, empty) for name in ("identifiers", "new_identifiers"))
    marked = joined.withColumn("contradicted", differ(old, new))

    def union(name: str) -> Column:
        before, after = F.coalesce(name, empty), F.coalesce(f"new_{name}", empty)
        return F.when(F.col("contradicted"), before).otherwise(F.array_union(before, after)).alias(name)

    return marked.select("spine_id", union("keys"), union("identifiers"), "contradicted")


def _links(settled: DataFrame, key_space: str, generation: int) -> DataFrame:
    names = F.array(*(F.lit(name) for name in PASSES))
    return settled.select(
        F.lit(key_space).alias("key_space"),
        UNIT_REF,
        "spine_id",
        F.coalesce(F.get(names, "place"), F.lit(FIRST_SEEN)).alias("pass"),
        F.lit(generation).alias("generation"),
    )


def _report(
    key_space: str, generation: int, *, settled: DataFrame, known: DataFrame, matches: DataFrame, merged: DataFrame
) -> LinkageReport:
    by_place = {row["place"]: row["count"] for row in settled.groupBy("place").count().collect()}
    people = merged.agg(F.count(F.lit(1)).alias("all"), F.count_if("contradicted").alias("contradicted")).first()
    assert people is not None  # noqa: S101 - an aggregate without groups has one row
    return LinkageReport(
        key_space=key_space,
        generation=generation,
        newcomers=sum(by_place.values()),
        known=known.count(),
        links={name: by_place[place] for place, name in enumerate(PASSES) if place in by_place},
        new_persons=by_place.get(None, 0),
        conflicts=matches.where("refused").count(),
        contradictions=people["contradicted"],
        persons=people["all"],
    )


def _kept(frame: DataFrame) -> DataFrame:
    """Keep a result for the steps that follow; what memory cannot hold goes to Spark's encrypted spill."""
    return frame.persist(StorageLevel.MEMORY_AND_DISK)
