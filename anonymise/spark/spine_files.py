"""The spine on disk: one folder a generation, never changed once it has its name.

persons/   one row a person: spine id, the hashes they are known by
links/     one row a unit reference: whose it is, found by which pass, in which generation
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pyspark.sql import DataFrame, SparkSession

from datalab.errors import StateError

PERSONS_DDL: Final = (
    "spine_id string, keys array<struct<name: string, hash: binary>>, "
    "identifiers array<struct<name: string, hash: binary>>"
)
"""A person: match keys by name, and valid identifiers by kind."""
LINKS_DDL: Final = "key_space string, unit_ref string, spine_id string, pass string, generation int"
"""A link; `pass` is a match key's name, or `first_seen` for somebody who was nobody's match."""


def read_persons(spark: SparkSession, generation: Path | None) -> DataFrame:
    """Read the people of a generation; none where there is no generation yet."""
    return _read(spark, generation, "persons", PERSONS_DDL)


def read_links(spark: SparkSession, generation: Path | None) -> DataFrame:
    """Read the links of a generation; none where there is no generation yet."""
    return _read(spark, generation, "links", LINKS_DDL)


def write(frame: DataFrame, folder: Path) -> None:
    """Write a table of a generation that is being made."""
    frame.write.mode("overwrite").parquet(_address(folder))


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


def _read(spark: SparkSession, generation: Path | None, table: str, ddl: str) -> DataFrame:
    if generation is None:
        return spark.createDataFrame([], ddl)
    return spark.read.schema(ddl).parquet(_address(generation / table))


def _address(folder: Path) -> str:
    return folder.resolve().as_uri()
