"""De-identification on Spark, batch by batch, with the keys inside a function and never in a plan.

A plan, an `explain`, an executor's environment and its log name the function; the keys travel in its pickled closure,
over Spark's own channel. The table that comes out carries its counts as rows of its own, one a task: written once,
they are counted once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

import pyarrow as pa
from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it
from pyspark.sql.types import (
    BinaryType,
    BooleanType,
    DataType,
    DateType,
    DoubleType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from anonymise.prose.redaction import Finder, Redactor
from anonymise.prose.seen_texts import SeenTexts
from anonymise.spark.microaggregation import microaggregated
from anonymise.treatment.plan import TreatmentPlan
from anonymise.treatment.tally import Tally, total
from anonymise.treatment.treat import treat
from datalab.errors import DatalabError, InternalError

TALLY = "_tally"
"""Column of the treated table that holds counts as JSON; null in rows of data."""
SPARK_TYPES: dict[pa.DataType, DataType] = {
    pa.string(): StringType(),
    pa.int64(): LongType(),
    pa.float64(): DoubleType(),
    pa.date32(): DateType(),
    pa.timestamp("us", tz="UTC"): TimestampType(),
    pa.bool_(): BooleanType(),
    pa.binary(): BinaryType(),
}
"""Spark's type for each Arrow type of a treated table."""


def treat_frame(frame: DataFrame, plan: TreatmentPlan) -> DataFrame:
    """De-identify a typed frame; nothing runs until the result is written, but the count of microaggregated values.

    Args:
        frame: `_row` and the contract's columns, typed, invalid cells blanked; other columns are passed over.
        plan: the contract and its keys, from `anonymise.treatment.plan.plan_treatment`.

    Returns:
        The plan's schema and `_tally`. Write it once, read it back, and take it apart with `data_rows` and
        `tally_of`: two actions on it unwritten would do the work twice.
    """
    schema = pa.schema([*plan.schema, pa.field(TALLY, pa.string())])

    def treat_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return treated_batches(batches, plan, schema)

    frame = microaggregated(frame, plan.contract)
    fields = [StructField(field.name, SPARK_TYPES[field.type]) for field in schema]
    return frame.select(*needed_columns(plan)).mapInArrow(treat_batches, StructType(fields))


def needed_columns(plan: TreatmentPlan) -> list[Expression]:
    """Return the columns of a frame that its treatment looks at."""
    return [F.col(f"`{name.replace('`', '``')}`") for name in plan.needed_columns]


def data_rows(treated: DataFrame) -> DataFrame:
    """Return the rows of data of a treated table."""
    return treated.where(F.col(TALLY).isNull()).drop(TALLY)


def tally_of(treated: DataFrame) -> Tally:
    """Add up the counts that a treated table carries."""
    rows = treated.where(F.col(TALLY).isNotNull()).select(TALLY).collect()
    return total(Tally.from_json(row[0]) for row in rows)


def treated_batches(
    batches: Iterable[pa.RecordBatch], plan: TreatmentPlan, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """Treat batches in a worker, and end with one row that counts them.

    Args:
        batches: typed rows.
        plan: the contract and its keys.
        schema: the plan's, and `_tally`.

    Raises:
        InternalError: whatever failed; its text quotes no cell.
    """
    tally = Tally()
    try:
        for batch in batches:
            redactor = _redactor(plan.spacy_model, plan.extract_id) if plan.redacts else None
            treated = treat(batch, plan, redactor)
            tally = total((tally, treated.tally))
            yield _with_tally(treated.batch, schema, None)
    except DatalabError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever failed, its text may quote a cell, and Spark logs it
        raise InternalError(f"De-identification failed with {type(error).__name__}.") from None
    one_row = pa.RecordBatch.from_arrays([pa.nulls(1, field.type) for field in plan.schema], schema=plan.schema)
    yield _with_tally(one_row, schema, tally.to_json())


def _with_tally(batch: pa.RecordBatch, schema: pa.Schema, tally: str | None) -> pa.RecordBatch:
    counts = pa.array([tally] * batch.num_rows, pa.string())
    return pa.RecordBatch.from_arrays([*batch.columns, counts], schema=schema)


@cache
def _finder(spacy_model: str) -> Finder:
    """Load the model once a worker process, at its first batch: it takes seconds and 360 MB."""
    from anonymise.prose.recognisers import load_recognisers  # noqa: PLC0415 - a worker without free text never pays for it

    return load_recognisers(spacy_model)


@lru_cache(maxsize=1)
def _redactor(spacy_model: str, extract_id: str) -> Redactor:  # noqa: ARG001 - the next extract's begins anew
    """Return what redacts one extract in this worker: what it remembers of texts ends as the next extract begins."""
    return Redactor(SeenTexts(_finder(spacy_model)))
