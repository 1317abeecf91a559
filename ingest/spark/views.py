"""Project views: the granted columns of a dataset version, under the project's own pseudonyms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from anonymise.keys.keyring import NamedKey
from anonymise.keys.pseudonyms import unit_ids
from anonymise.spark.linkage import view_ids
from datalab.contract.model import UNIT_ID, UNIT_REF, Contract, PrivacyUnit
from datalab.errors import InternalError
from ingest.spark.write import write_table


def write_view(
    spark: SparkSession,
    *,
    contract: Contract,
    version: Path,
    columns: Sequence[str],
    key: NamedKey,
    generation: Path | None,
    folder: Path,
    buckets: int,
) -> int:
    """Write a view; the folder is complete or absent.

    Args:
        spark: the session.
        contract: the dataset's.
        version: folder of the dataset version.
        columns: granted columns that the version holds.
        key: the project's key.
        generation: folder of the newest spine; not used for units other than persons.
        folder: where the view goes.
        buckets: buckets by `unit_id`.

    Returns:
        Rows written.

    Raises:
        InternalError: if a row of a person dataset is not linked: the spine is older than the version.
    """
    rows = spark.read.parquet(str(version))
    held = rows.count()
    match contract.privacy_unit:
        case PrivacyUnit.PUBLIC:
            return write_table(_only(rows, columns), folder, unit=None, buckets=0)
        case PrivacyUnit.PERSON:
            if generation is None:
                raise InternalError(f"There is no spine to make a view of {contract.dataset} from.")
            ids = view_ids(spark, generation, key_space=contract.key_space, key=key)
            view = rows.join(ids, UNIT_REF)
        case PrivacyUnit.HOUSEHOLD | PrivacyUnit.RECORD:
            view = _rekeyed(rows, key)
    written = write_table(_only(view, (UNIT_ID, *columns)), folder, unit=UNIT_ID, buckets=buckets)
    if written != held:
        raise InternalError(f"{held - written} rows of {contract.dataset} have no person in the spine.")
    return written


def _only(rows: DataFrame, columns: Sequence[str]) -> DataFrame:
    return rows.select(*(f"`{name}`" for name in columns))


def _rekeyed(rows: DataFrame, key: NamedKey) -> DataFrame:
    """Put HMAC(project key, unit_ref) in the place of `unit_ref`; the key travels inside the function, not the plan."""

    def translate(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            place = batch.schema.get_field_index(UNIT_REF)
            yield batch.set_column(place, UNIT_ID, unit_ids(key, batch.column(place)))

    schema = rows.withColumnRenamed(UNIT_REF, UNIT_ID).schema
    return rows.mapInArrow(translate, schema)
