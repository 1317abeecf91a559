"""Linking an extract's people to the spine, on Spark: the next generation of the spine, from files to files.

The rules are `anonymise.linkage.spine`'s. Everything is flat rows of a reference, a name and a hash: a person's
keys never meet in one value, and memory does not grow with a person's rows or with the population.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, Observation, SparkSession, Window
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own documentation uses

from anonymise.keys.keyring import NamedKey
from anonymise.keys.pseudonyms import unit_ids
from anonymise.linkage.match_hasher import HASH_BYTES, IDENTIFIER_PREFIX, KEY_PREFIX
from anonymise.linkage.spine import FIRST_SEEN, PASSES, LinkageReport
from anonymise.spark.edges import AT_ONCE, MATCH_DDL, matches
from anonymise.spark.spine_files import empty, new_generation, read_links, read_spine, write_table
from datalab.contract.model import UNIT_ID, UNIT_REF

Keep = Callable[[DataFrame], DataFrame]


def link(
    spark: SparkSession,
    incoming: DataFrame,
    *,
    key_space: str,
    generation: int,
    previous: Path | None,
    out: Path,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
    at_once: int = AT_ONCE,
) -> LinkageReport:
    """Link an extract's people and write the next generation of the spine, with every earlier link kept.

    One `unit_ref` is one person of that agency, so a spine person is linked to one `unit_ref` of a key space at most.

    Args:
        spark: the session.
        incoming: rows of an extract: `unit_ref`, and `mk_...` and `id_...` as `MatchHasher` makes them; many rows a
            person, other columns are left alone, rows without `unit_ref` are left out. Read once.
        key_space: whose person keys `unit_ref` stands for.
        generation: number of the generation to write.
        previous: folder of the generation before; None for the first.
        out: folder to write; complete or absent at any moment.
        entropy: source of random bytes.
        at_once: most edges that are resolved in one task without setting the plain ones apart first.

    Raises:
        StateError: if `out` exists.
    """
    spine = read_spine(spark, previous)
    counts, people = Observation(), Observation()
    with new_generation(out) as aside, _keeping() as keep:
        facts = keep(_facts(incoming))
        own = spine.links.where(F.col("key_space") == key_space).select(UNIT_REF, "spine_id")
        hashes = _standing(facts)
        newcomers, pool = hashes.join(own, UNIT_REF, "left_anti"), spine.hashes.join(own, "spine_id", "left_anti")
        found = matches(newcomers, pool, keep=keep, at_once=at_once) if previous else empty(spark, MATCH_DDL)
        settled = keep(_settled(facts, own, found, _random_ids(entropy)))
        links = _as_links(settled.observe(counts, *_link_counts()), key_space, generation)
        write_table(spine.links.unionByName(links).observe(people, _persons()), aside, "links")
        contradicted = (
            keep(_contradicted(settled, hashes, spine.hashes)) if previous else empty(spark, "spine_id string")
        )
        taught = settled.select(UNIT_REF, "spine_id").join(contradicted, "spine_id", "left_anti")
        learnt = hashes.join(taught, UNIT_REF).select("spine_id", "name", "hash")
        write_table(spine.hashes.unionByName(learnt).distinct(), aside, "hashes")
        contradictions = contradicted.count() if previous else 0
    return _report(key_space, generation, {**counts.get, **people.get, "contradictions": contradictions})


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


def _facts(incoming: DataFrame) -> DataFrame:
    """Gather rows into facts: `unit_ref`, `name` of a hash column, `hash`, and how many rows hold it.

    Everybody has one fact with a null name at least, so that people without any key are counted.
    """
    columns = [name for name in incoming.columns if name.startswith((KEY_PREFIX, IDENTIFIER_PREFIX))]
    entries = [F.struct(F.lit(name).alias("name"), F.col(name).alias("hash")) for name in columns]
    somebody = F.struct(F.lit(None).cast("string").alias("name"), F.lit(None).cast("binary").alias("hash"))
    return (
        incoming.where(f"{UNIT_REF} IS NOT NULL")
        .select(UNIT_REF, F.explode(F.array(somebody, *entries)).alias("fact"))
        .select(UNIT_REF, "fact.name", "fact.hash")
        .where("name IS NULL OR hash IS NOT NULL")
        .groupBy(UNIT_REF, "name", "hash")
        .agg(F.count(F.lit(1)).alias("rows"))
    )


def _standing(facts: DataFrame) -> DataFrame:
    """Return by what each person is known: `unit_ref`, `name`, `hash`, every match key and `standing` identifiers."""
    keys = facts.where(F.col("name").startswith(KEY_PREFIX)).select(UNIT_REF, "name", "hash")
    own = Window.partitionBy(UNIT_REF, "name")
    identifiers = (
        facts.where(F.col("name").startswith(IDENTIFIER_PREFIX))
        .withColumn("majority", F.col("rows") * 2 > F.sum("rows").over(own))
        .withColumn("decided", F.max("majority").over(own))
        .where("majority OR NOT decided")
        .select(UNIT_REF, "name", "hash")
    )
    return keys.unionByName(identifiers)


def _settled(facts: DataFrame, own: DataFrame, found: DataFrame, random_id: Callable[[str], str]) -> DataFrame:
    """Give every arrival a spine id: the one known, the one found, or a new one."""

    def complete(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            given = zip(batch.column(UNIT_REF).to_pylist(), batch.column("spine_id").to_pylist(), strict=True)
            ids = pa.array([spine_id or random_id(unit_ref) for unit_ref, spine_id in given], pa.string())
            yield batch.set_column(batch.schema.get_field_index("spine_id"), "spine_id", ids)

    # A newcomer can be refused several times and is linked once at most.
    by_newcomer = found.groupBy(UNIT_REF).agg(
        F.max(F.when(~F.col("refused"), F.col("spine_id"))).alias("found"),
        F.max(F.when(~F.col("refused"), F.col("place"))).alias("place"),
        F.count_if("refused").alias("refused"),
    )
    joined = (
        facts.where("name IS NULL")
        .join(own.withColumnRenamed("spine_id", "known_as"), UNIT_REF, "left")
        .join(by_newcomer, UNIT_REF, "left")
        .select(
            UNIT_REF,
            F.coalesce("known_as", "found").alias("spine_id"),
            F.col("known_as").isNotNull().alias("known"),
            "place",
            F.coalesce("refused", F.lit(0)).alias("refused"),
        )
    )
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


def _contradicted(settled: DataFrame, hashes: DataFrame, known: DataFrame) -> DataFrame:
    """Return the people whose agency now holds another valid identifier than the one they are known by."""
    return (
        settled.where("known")
        .join(hashes.where(F.col("name").startswith(IDENTIFIER_PREFIX)), UNIT_REF)
        .join(known.withColumnRenamed("hash", "other"), ["spine_id", "name"])
        .where(F.col("hash") != F.col("other"))
        .select("spine_id")
        .distinct()
    )


def _as_links(settled: DataFrame, key_space: str, generation: int) -> DataFrame:
    names = F.array(*(F.lit(name) for name in PASSES))
    return settled.where("NOT known").select(
        F.lit(key_space).alias("key_space"),
        UNIT_REF,
        "spine_id",
        F.coalesce(F.get(names, "place"), F.lit(FIRST_SEEN)).alias("pass"),
        F.lit(generation).alias("generation"),
    )


def _link_counts() -> list[Column]:
    """What is counted of the arrivals while their links are written."""
    place, known = F.col("place"), F.col("known")
    return [
        F.count_if(known).alias("known"),
        F.count_if(~known & place.isNull()).alias(FIRST_SEEN),
        F.coalesce(F.sum("refused"), F.lit(0)).alias("conflicts"),
        *(F.count_if(place == number).alias(name) for number, name in enumerate(PASSES)),
    ]


def _persons() -> Column:
    """Everybody was seen first once."""
    return F.count_if(F.col("pass") == FIRST_SEEN).alias("persons")


def _report(key_space: str, generation: int, counts: Mapping[str, int]) -> LinkageReport:
    links = {name: counts[name] for name in PASSES if counts[name]}
    return LinkageReport(
        key_space=key_space,
        generation=generation,
        newcomers=counts[FIRST_SEEN] + sum(links.values()),
        known=counts["known"],
        links=links,
        new_persons=counts[FIRST_SEEN],
        conflicts=counts["conflicts"],
        contradictions=counts["contradictions"],
        persons=counts["persons"],
    )


@contextmanager
def _keeping() -> Iterator[Keep]:
    """Keep results for the steps that follow; what memory cannot hold goes to Spark's encrypted spill."""
    kept: list[DataFrame] = []

    def keep(frame: DataFrame) -> DataFrame:
        kept.append(frame.persist(StorageLevel.MEMORY_AND_DISK))
        return frame

    try:
        yield keep
    finally:
        for frame in kept:
            frame.unpersist()
