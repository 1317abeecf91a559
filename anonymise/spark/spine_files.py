"""The spine on disk: one folder a generation, never changed once it has its name.

links/    whose `unit_ref` is whose spine id, found by which pass, in which generation; a person is there from their
          first link on, which has the pass `first_seen`
hashes/   by what a person is known: spine id, name of a match key or kind of identifier, hash
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own documentation uses

from datalab.errors import StateError

_DDL: Final = {
    "links": "key_space string, unit_ref string, spine_id string, pass string, generation int",
    "hashes": "spine_id string, name string, hash binary",
}
"""Columns of each table; names of hashes are those of the columns that `MatchHasher` makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineTables:
    """The tables of one generation."""

    links: DataFrame
    hashes: DataFrame


def read_spine(spark: SparkSession, generation: Path | None) -> SpineTables:
    """Open the tables of a generation; empty ones where there is none yet."""
    return SpineTables(links=_read(spark, generation, "links"), hashes=_read(spark, generation, "hashes"))


def read_links(spark: SparkSession, generation: Path) -> DataFrame:
    """Open the links of a generation."""
    return _read(spark, generation, "links")


def write_table(frame: DataFrame, generation: Path, table: str) -> None:
    """Write one table of a generation that is being made."""
    frame.write.mode("overwrite").parquet(_address(generation / table))


def empty(spark: SparkSession, ddl: str) -> DataFrame:
    """Return a table without rows, which costs no job."""
    return spark.range(0).select(F.from_json(F.lit(None).cast("string"), ddl).alias("row")).select("row.*")


@contextmanager
def new_generation(out: Path) -> Iterator[Path]:
    """Give a folder aside to write in, which gets its name when the block ends well: complete or absent.

    What a killed attempt left aside is removed first.

    Raises:
        StateError: if the generation exists; generations are immutable.
    """
    if out.exists():
        raise StateError(
            f"Generation {out.name} of the spine exists already.",
            why="A generation is never changed: views were made from it.",
            remedy="Link into the next generation.",
        )
    aside = out.with_name(f".{out.name}.aside")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700, parents=True)
    yield aside
    aside.rename(out)


def _read(spark: SparkSession, generation: Path | None, table: str) -> DataFrame:
    if generation is None:
        return empty(spark, _DDL[table])
    return spark.read.schema(_DDL[table]).parquet(_address(generation / table))


def _address(folder: Path) -> str:
    return folder.resolve().as_uri()
