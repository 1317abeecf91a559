"""Law 5: a key is in no plan, no executor's environment or command line, no error and no representation."""

from __future__ import annotations

import contextlib
import io
import pickle
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from treated_dataset import MODEL, batch, contract, frame, row

from anonymise.keys.keyring import KeyRing
from anonymise.spark.treatment import treat_frame
from anonymise.treatment.plan import TreatmentPlan, plan_treatment

MASTER = b"PlantedMasterSecretOfThisTest-0123456789"[:32]
pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def plan() -> TreatmentPlan:
    """A plan whose keys this test knows."""
    ring = KeyRing({"unit-ref": (1, MASTER), "linkage": (1, MASTER)}, folder=None)
    return plan_treatment(contract(), ring, extract_id="x1", spacy_model=MODEL)


def spellings(plan: TreatmentPlan) -> list[str]:
    """Every key of the plan, as it could be written somewhere."""
    assert plan.unit_key is not None
    assert plan.hasher is not None
    keys = [plan.unit_key.secret, *(key.secret.secret for key in plan.hasher.keys), MASTER]
    return [
        spelling
        for key in keys
        for spelling in (key.hex(), b64encode(key).decode(), repr(key)[2:-1], key.decode("latin-1"))
    ]


def found(plan: TreatmentPlan, text: str) -> list[str]:
    """Spellings of keys that a text holds."""
    return [spelling for spelling in spellings(plan) if spelling in text]


def test_the_search_would_find_a_key(plan: TreatmentPlan) -> None:
    """The control: keys do travel in the plan's pickle, and the search sees them there."""
    assert found(plan, pickle.dumps(plan).decode("latin-1"))


def test_no_plan_shows_a_key(spark: SparkSession, plan: TreatmentPlan, tmp_path: Path) -> None:
    """Neither the extended nor the formatted plan, before or after Spark rewrote it."""
    treated = treat_frame(frame(spark, pa.Table.from_batches([batch(row(0))]), tmp_path), plan)
    shown = io.StringIO()

    with contextlib.redirect_stdout(shown):
        for mode in ("extended", "formatted", "codegen", "cost"):
            treated.explain(mode=mode)
    executed = treated._jdf.queryExecution()

    text = shown.getvalue() + str(executed.toString()) + str(executed.logical().treeString()) + repr(treated)
    assert "treat_batches" in text
    assert found(plan, text) == []


def test_no_executor_shows_a_key(spark: SparkSession, plan: TreatmentPlan) -> None:
    """A worker that holds the keys has them in neither environment nor command line; nor has its parent."""

    def look(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        list(batches)
        held = plan.key_label  # the plan, keys and all, is in this worker
        seen = [held]
        for process in Path("/proc").glob("[0-9]*"):
            for file in ("environ", "cmdline"):
                with contextlib.suppress(OSError):
                    seen.append((process / file).read_bytes().decode("latin-1"))
        yield pa.RecordBatch.from_arrays([pa.array(["\n".join(seen)])], names=["seen"])

    seen = spark.range(2).repartition(2).mapInArrow(look, "seen string").collect()
    configured = spark.sparkContext.getConf().toDebugString()

    text = configured + "".join(cell.seen for cell in seen)
    assert "unit-ref/visits/v1" in text
    assert "java" in text
    assert found(plan, text) == []


def test_a_failure_quotes_neither_key_nor_cell(spark: SparkSession, plan: TreatmentPlan, tmp_path: Path) -> None:
    """An error inside a worker names the column; the trace that Spark brings back holds no value."""
    rows: list[dict[str, Any]] = [row(0, surname="Xq7Marker", notes="Xq8Marker")]
    table = pa.Table.from_batches([batch(*rows)]).drop_columns(["minutes"])
    wrong = table.append_column("minutes", pa.array(["Xq9Marker"]))

    with pytest.raises(PySparkException) as caught:
        treat_frame(frame(spark, wrong, tmp_path), plan).collect()

    text = str(caught.value)
    assert "minutes" in text
    assert not [marker for marker in ("Xq7Marker", "Xq8Marker", "Xq9Marker") if marker in text]
    assert found(plan, text) == []


def test_no_representation_shows_a_key(plan: TreatmentPlan) -> None:
    """What a log line or a debugger prints of a plan names keys and holds none."""
    text = repr(plan) + str(plan) + repr(plan.unit_key) + repr(plan.hasher)

    assert "unit-ref/visits" in text
    assert found(plan, text) == []
