"""De-identification in parts: each is done once and kept, so that a kill costs the parts under way and no more.

A part is the rows of some units, chosen by the units' keyed hash: a unit is never in two, so names are carried between
all of its texts, and what becomes of them does not depend on how Spark cuts and orders rows. How parts are kept is the
caller's (`Keeper`): they are handed over in the worker that made them, for what leaves a worker by Spark's own writer
is lost with the job.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from math import ceil
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame
from pyspark.sql.types import IntegerType, StringType, StructField, StructType

from anonymise.spark.microaggregation import microaggregated
from anonymise.spark.treatment import TALLY, needed_columns, treated_batches
from anonymise.treatment.part import Keeper, TreatedPart
from anonymise.treatment.plan import ROW, TreatmentPlan
from anonymise.treatment.treat import units_of
from anonymise.treatment.whole_units import runs, whole_units
from datalab.contract.model import Treatment
from datalab.errors import DatalabError, InternalError

ROWS: Final = 8_192
"""Rows of a part, about: half a minute of one core where they are notes of 300 characters."""
FEWEST: Final = 8
"""Parts of the smallest extract: something to do for several cores."""
_DIGITS: Final = 8
"""Of a `unit_ref`, which are hexadecimal and as good as random: what a part is chosen by."""
_PLACE, _UNIT = "_place", "_unit"


def part_count(rows: int) -> int:
    """Return in how many parts an extract is treated: by its rows alone, or nobody else could go on with it."""
    return max(FEWEST, ceil(rows / ROWS))


def treat_parts(
    frame: DataFrame, plan: TreatmentPlan, keeper: Keeper, *, parts: int, done: Collection[int] = ()
) -> None:
    """De-identify a typed frame part by part, and have each part kept.

    Args:
        frame: `_row` and the contract's columns, typed, invalid cells blanked; other columns are passed over.
        plan: the contract and its keys.
        keeper: what keeps a part, in the worker that made it.
        parts: how many there are in all.
        done: numbers of those that are kept already.

    Raises:
        InternalError: whatever failed in a worker; its text quotes no cell.
    """
    left = sorted(set(range(parts)).difference(done))
    if not left:
        return
    places = {number: place for place, number in enumerate(left)}

    def place_rows(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return _placed(batches, plan, parts, places)

    def treat_part(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return _kept(batches, plan, keeper, left)

    rows = microaggregated(frame, plan.contract).select(*needed_columns(plan))
    beside = [StructField(_PLACE, IntegerType()), StructField(_UNIT, StringType())]
    placed = rows.mapInArrow(place_rows, StructType([*rows.schema.fields, *beside]))
    # By place first: however Spark joins partitions, the rows of a part follow one another, and a unit's in it.
    ordered = placed.repartitionById(len(left), _PLACE).sortWithinPartitions(_PLACE, _UNIT, ROW)
    made = {row[0] for row in ordered.mapInArrow(treat_part, f"{_PLACE} int").collect()}
    for place in set(range(len(left))).difference(made):  # no unit of the extract falls there
        keeper.keep(_part(left[place], (), plan))


def _placed(
    batches: Iterable[pa.RecordBatch], plan: TreatmentPlan, parts: int, places: dict[int, int]
) -> Iterator[pa.RecordBatch]:
    """Add to each row where it belongs and whose it is, and leave out rows of parts that are done."""
    try:
        for batch in batches:
            units = units_of(batch, plan)
            refs = [None] * batch.num_rows if units is None else units.to_pylist()
            numbers = (
                (row if ref is None else int(ref[:_DIGITS], 16)) % parts
                for row, ref in zip(batch.column(ROW).to_pylist(), refs, strict=True)
            )
            place = pa.array([places.get(number) for number in numbers], pa.int32())
            unit = pa.nulls(batch.num_rows, pa.string()) if units is None else units
            schema = pa.schema([*batch.schema, pa.field(_PLACE, pa.int32()), pa.field(_UNIT, pa.string())])
            whole = pa.RecordBatch.from_arrays([*batch.columns, place, unit], schema=schema)
            yield whole.filter(place.is_valid())
    except DatalabError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever failed, its text may quote a cell, and Spark logs it
        raise InternalError(f"Rows could not be told apart by unit ({type(error).__name__}).") from None


def _kept(
    batches: Iterable[pa.RecordBatch], plan: TreatmentPlan, keeper: Keeper, left: Sequence[int]
) -> Iterator[pa.RecordBatch]:
    """Treat a task's parts one after another, and hand each over as soon as it is whole."""
    for place, pieces in groupby(runs(batches, _PLACE), key=lambda piece: piece[0]):
        part = _part(left[place], (piece for _, piece in pieces), plan)
        try:
            keeper.keep(part)
        except OSError as error:  # the message holds a path, and no value
            raise InternalError(f"A treated part could not be written: {error.strerror}.") from None
        yield pa.RecordBatch.from_arrays([pa.array([place], pa.int32())], names=[_PLACE])


def _part(number: int, pieces: Iterable[pa.RecordBatch], plan: TreatmentPlan) -> TreatedPart:
    """Treat the rows of one part."""
    redacted = [column.name for column in plan.contract.columns if column.treatment is Treatment.REDACT]
    rows = texts = 0

    def counted() -> Iterator[pa.RecordBatch]:
        nonlocal rows, texts
        for batch in whole_units(pieces, _UNIT):
            rows += batch.num_rows
            texts += sum(batch.num_rows - batch.column(name).null_count for name in redacted)
            yield batch

    out = pa.BufferOutputStream()
    schema = pa.schema([*plan.schema, pa.field(TALLY, pa.string())])
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in treated_batches(counted(), plan, schema):
            writer.write_batch(batch)
    return TreatedPart(number=number, rows=rows, texts=texts, content=out.getvalue().to_pybytes())
