"""De-identification on Spark: the same rows and counts as in memory, however often a task runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession
from treated_dataset import MODEL, batch, contract, frame, row

from anonymise.keys.keyring import KeyRing
from anonymise.prose.recognisers import load_recognisers
from anonymise.prose.redaction import Redactor
from anonymise.spark.treatment import TALLY, data_rows, tally_of, treat_frame
from anonymise.treatment.plan import TreatmentPlan, plan_treatment
from anonymise.treatment.tally import MISSED, PLANTED, Tally
from anonymise.treatment.treat import treat
from datalab.contract.model import PrivacyUnit
from ingest.reporting.checks import owned_results

pytestmark = pytest.mark.spark
RING = KeyRing.throwaway()
ROWS = [
    row(
        number,
        nominal=None if number % 10 == 9 else f"NOM{number % 7}",
        minutes=number * 10,
        postcode="nowhere" if number % 5 == 0 else "GU21 4XX",
        notes=f"Mrs Okafor rang from 07700 90{number:04d}" if number % 2 else None,
    )
    for number in range(40)
]


def plan(unit: PrivacyUnit = PrivacyUnit.PERSON) -> TreatmentPlan:
    """The plan of the small dataset."""
    return plan_treatment(contract(unit), RING, extract_id="x1", spacy_model=MODEL)


def without_canaries(tally: Tally) -> dict[str, dict[str, int]]:
    """Return what was done to cells, by column."""
    return {
        name: {what: count for what, count in counts.items() if count and not what.startswith((PLANTED, MISSED))}
        for name, counts in tally.columns.items()
    }


def planted(tally: Tally) -> int:
    """Return how many canaries the notes got."""
    return sum(count for what, count in tally.columns["notes"].items() if what.startswith(PLANTED))


def test_spark_agrees_with_memory(spark: SparkSession, tmp_path: Path) -> None:
    """Two partitions give the rows and the counts of one batch, and no column more."""
    rows_in = frame(spark, pa.Table.from_batches([batch(*ROWS)]), tmp_path).repartition(2)
    expected = treat(batch(*ROWS), plan(), Redactor(load_recognisers(MODEL)))
    treated = treat_frame(rows_in, plan())

    treated.write.parquet(str(tmp_path / "treated"))
    back = spark.read.parquet(str(tmp_path / "treated"))

    rows = data_rows(back)
    assert rows.columns == plan().schema.names
    assert sorted(map(str, rows.toArrow().to_pylist())) == sorted(map(str, expected.batch.to_pylist()))
    assert tally_of(back).rows == 40
    assert tally_of(back).without_unit == 4
    assert without_canaries(tally_of(back)) == without_canaries(expected.tally)
    assert planted(tally_of(back)) == planted(expected.tally) == 16  # each text got one, and batches draw their own


def test_counts_are_of_what_was_written(spark: SparkSession, tmp_path: Path) -> None:
    """Work that Spark did and threw away is counted nowhere."""
    rows_in = frame(spark, pa.Table.from_batches([batch(*ROWS)]), tmp_path).repartition(2)
    treated = treat_frame(rows_in, plan())
    treated.where(f"{TALLY} is null").count()
    treated.write.parquet(str(tmp_path / "first"))
    treated.write.parquet(str(tmp_path / "second"))

    first, second = (tally_of(spark.read.parquet(str(tmp_path / name))) for name in ("first", "second"))

    assert first == second
    assert first.rows == 40


def test_an_empty_frame_is_treated(spark: SparkSession, tmp_path: Path) -> None:
    """No rows in, no rows out, and counts of nothing."""
    rows_in = frame(spark, pa.Table.from_batches([batch(*ROWS)]), tmp_path).where("false")

    treat_frame(rows_in, plan()).write.parquet(str(tmp_path / "treated"))
    back = spark.read.parquet(str(tmp_path / "treated"))

    assert data_rows(back).count() == 0
    assert tally_of(back).rows == 0


def test_columns_may_have_any_name_and_more_may_stand_beside(spark: SparkSession, tmp_path: Path) -> None:
    """Columns that the contract does not name are not looked at."""
    table = pa.Table.from_batches([batch(row(0))]).append_column("_valid__kind", pa.array([True]))

    out = data_rows(treat_frame(frame(spark, table, tmp_path), plan(PrivacyUnit.PUBLIC)))

    assert out.columns == plan(PrivacyUnit.PUBLIC).schema.names
    assert out.count() == 1


def test_rows_of_nobody_leave_an_empty_table_that_every_check_can_judge(spark: SparkSession, tmp_path: Path) -> None:
    """Nothing fails where no row is left, so that the extract is held by what is wrong with it, and its job ends."""
    from ingest.spark.quality import check_treated  # noqa: PLC0415 - Great Expectations takes seconds to import

    stated = contract()
    stated = replace(stated, min_k=5, columns=tuple(column for column in stated.columns if column.name != "notes"))
    plan = plan_treatment(stated, KeyRing.throwaway(), extract_id="x1", spacy_model=MODEL)
    rows = pa.Table.from_batches([batch(row(0, nominal=" "), row(1, nominal=None))])
    treat_frame(frame(spark, rows, tmp_path), plan).write.parquet(str(tmp_path / "treated"))
    back = spark.read.parquet(str(tmp_path / "treated"))

    results = check_treated(data_rows(back), stated)

    assert len(results) > 1
    assert {(result.checked, result.failed) for result in results} == {(0, 0)}
    assert [result.passed for result in owned_results(stated, tally_of(back))] == [False]
