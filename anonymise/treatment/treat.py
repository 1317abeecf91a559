"""De-identification of a batch of rows: contract and typed rows in, what research may hold out.

Dropped and pseudonymised columns are not copied, so nothing of theirs can be left over. Spark, files and the loading of
models are elsewhere: this is a function of its arguments.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import assert_never

import pyarrow as pa
import pyarrow.compute as pc

from anonymise.keys.day_offsets import day_offsets
from anonymise.keys.pseudonyms import unit_refs
from anonymise.prose.redaction import Redactor
from anonymise.treatment.generalise import generalise
from anonymise.treatment.plan import ARROW_TYPES, ROW, TreatmentPlan
from anonymise.treatment.tally import Did, Tally
from anonymise.treatment.texts import Texts
from datalab.contract.generalisation import DateShift
from datalab.contract.model import Column, PrivacyUnit, Treatment
from datalab.errors import InternalError


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """A batch after treatment."""

    batch: pa.RecordBatch
    """Rows under the plan's schema."""
    tally: Tally


def treat(batch: pa.RecordBatch, plan: TreatmentPlan, redactor: Redactor | None) -> Treated:
    """De-identify a batch.

    Args:
        batch: `_row` and the contract's columns, typed, invalid cells blanked.
        plan: the contract and its keys.
        redactor: for free text; may be None where the plan redacts nothing.

    Raises:
        InternalError: if the batch is not what the plan expects; names the column, and holds no value.
    """
    missing = sorted(set(plan.needed_columns) - set(batch.schema.names))
    if missing:
        raise InternalError(f"Rows came without the columns {', '.join(missing)}.")
    if plan.redacts and redactor is None:
        raise InternalError("Free text came without a redactor.")
    owned, units = _owned(batch, plan)
    days = _days(units, plan)
    texts = Texts(owned, plan, redactor, units=units, days=days) if plan.redacts and redactor is not None else None
    arrays: dict[str, pa.Array] = {}
    counts: dict[str, Counter[str]] = {}
    for column in plan.contract.columns:
        try:
            array, counts[column.name] = _treated(column, owned.column(column.name), texts, days)
        except pa.ArrowException as error:
            what = f"Column {column.name} could not be treated ({type(error).__name__})."
            raise InternalError(what) from None  # Arrow's errors quote cells
        if array is not None:
            arrays[column.name] = array
    hashes = plan.hasher.columns(owned) if plan.hasher is not None else ()
    tally = Tally(rows=batch.num_rows, without_unit=batch.num_rows - owned.num_rows, columns=counts)
    unit = () if units is None else (units,)
    made = pa.RecordBatch.from_arrays([*unit, *arrays.values(), *hashes], schema=plan.schema)
    return Treated(batch=made, tally=tally)


def units_of(batch: pa.RecordBatch, plan: TreatmentPlan) -> pa.Array | None:
    """Return the `unit_ref` of each row, null where nothing says whose it is; None for data that have no units.

    A record without a key of its own is a unit by its place.

    Args:
        batch: `_row` and the contract's columns.
        plan: the contract and its keys.
    """
    if plan.unit_key is None:
        return None
    key = plan.contract.person_key
    refs = pa.nulls(batch.num_rows, pa.string())
    if key is not None:
        refs = unit_refs(plan.unit_key, batch.column(key.name))
    if plan.contract.privacy_unit is PrivacyUnit.RECORD:
        places = [f"{plan.extract_id}|{row}" for row in batch.column(ROW).to_pylist()]
        refs = pc.coalesce(refs, unit_refs(plan.unit_key, pa.array(places, pa.string())))
    return refs


def _owned(batch: pa.RecordBatch, plan: TreatmentPlan) -> tuple[pa.RecordBatch, pa.Array | None]:
    """Return the rows that belong to a unit, and their units."""
    refs = units_of(batch, plan)
    if refs is None:
        return batch, None
    has_unit = pc.is_valid(refs)
    return batch.filter(has_unit), refs.filter(has_unit)


def _days(units: pa.Array | None, plan: TreatmentPlan) -> pa.Array | None:
    """Return by how many days each row's dates are moved, None where none is."""
    if not plan.shifts:
        return None
    if plan.dates_key is None or units is None:
        raise InternalError("Dates are to be moved, and there is no key that says by how much.")
    return day_offsets(plan.dates_key, units)


def _treated(
    column: Column, cells: pa.Array, texts: Texts | None, days: pa.Array | None
) -> tuple[pa.Array | None, Counter[str]]:
    """Return a column after treatment, None where it is not published, and what was done."""
    counts: Counter[str] = Counter({Did.MISSING: cells.null_count})
    there = len(cells) - cells.null_count
    match column.treatment:
        case Treatment.DROP:
            counts[Did.DROPPED] = there
            return None, counts
        case Treatment.PSEUDONYMISE:
            counts[Did.PSEUDONYMISED] = there
            return None, counts
        case Treatment.KEEP:
            counts[Did.KEPT] = there
            return cells.cast(ARROW_TYPES[column.logical_type]), counts
        case Treatment.GENERALISE:
            coarse = generalise(column, cells, days)
            counts[Did.GENERALISED] = coarse.generalised
            counts[Did.TOP_CODED] = coarse.top_coded
            counts[Did.UNFIT] = coarse.unfit
            counts[Did.UNLISTED] = coarse.unlisted
            if isinstance(column.generalisation, DateShift):
                counts[Did.SHIFTED] = coarse.generalised
            return coarse.values, counts
        case Treatment.REDACT:
            if texts is None:
                raise InternalError("Free text came without a redactor.")
            return texts.redacted(column, counts), counts
        case _:
            assert_never(column.treatment)
