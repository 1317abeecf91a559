"""The desk with Spark and OpenDP: a real answer from a real view, and nothing of the data where it does not belong."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from desk_lab import DeskLab, build, public_question, question
from pyspark.sql import SparkSession

from datalab.engine.noise import OpenDPNoise
from datalab.engine.spark.engine import SparkEngine
from datalab.privacy.answer import answer_from_document
from datalab.release.bundle.document import verify_bundle
from datalab.release.request import RequestState

MARKER = "Marker7Zebra"
"""A value that stands in the data and must stand nowhere else."""
ROWS = 400

pytestmark = pytest.mark.spark


@pytest.fixture
def lab(tmp_path: Path, spark: SparkSession) -> DeskLab:
    """A small lab with the real engine and the real noise, and no views on disk yet."""
    made = build(tmp_path / "lab")
    return replace(made, desk=replace(made.desk, engine=SparkEngine(spark), noise=OpenDPNoise()))


def write_view(lab: DeskLab, dataset: str, columns: dict[str, pa.Array]) -> None:
    """Write a view as one file of the first bucket; the catalogue says four, and the others are empty."""
    folder = lab.folder / "views" / "safer" / dataset / "v0001"
    folder.mkdir(parents=True)
    pq.write_table(pa.table(columns), folder / "part-00000-x_00000.c000.parquet")


def incidents(minutes: pa.Array) -> dict[str, pa.Array]:
    """Rows of one view: each unit has one row, half of them in the north."""
    units = [f"{number:032x}" for number in range(len(minutes))]
    return {
        "unit_id": pa.array(units),
        "area": pa.array(["north" if number % 2 else "south" for number in range(len(minutes))]),
        "minutes": minutes,
    }


def test_a_real_answer_leaves_as_a_bundle(lab: DeskLab) -> None:
    """Counts come back within their noise, at the price that was asked, and the bundle holds them."""
    write_view(lab, "incidents", incidents(pa.array([50] * ROWS, pa.int64())))

    request = lab.desk.submit(question(rho=Fraction(1, 2)), project="safer", author="ann")

    assert request.answer is not None
    answer = answer_from_document(request.answer)
    assert answer.cost.nano_rho <= 5 * 10**8
    assert lab.spent() == answer.cost.nano_rho
    for cell in answer.cells:
        assert abs((cell.estimates[0].value or 0) - ROWS / 2) < 40  # 12 standard deviations
    lab.desk.decide(request.id, reviewer="rev", verdict=RequestState.APPROVED, reason="Because.")
    released = lab.desk.publish(request.id)
    assert verify_bundle(lab.desk.outbox.path(released.bundle or ""), lab.desk.key.public_pem).answer == answer


def test_public_data_is_answered_exactly(lab: DeskLab) -> None:
    """Reference data has no units and no noise."""
    write_view(lab, "areas", {"area": pa.array(["north"] * 3 + ["south"])})

    request = lab.desk.submit(public_question(), project="safer", author="ann")

    assert request.answer is not None
    assert [cell["estimates"] for cell in request.answer["cells"]] == [[[3, 3, 3]], [[1, 1, 1]]]


@pytest.mark.parametrize("damage", ["wrong type", "no file", "not parquet"])
def test_a_broken_view_tells_nothing_of_what_is_in_it(
    lab: DeskLab, damage: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever Spark says of the rows it choked on, none of it is in state, log, output, database or outbox."""
    caplog.set_level(logging.DEBUG)
    match damage:
        case "wrong type":
            write_view(lab, "incidents", incidents(pa.array([MARKER] * ROWS)))
        case "not parquet":
            folder = lab.folder / "views" / "safer" / "incidents" / "v0001"
            folder.mkdir(parents=True)
            (folder / "part-00000-x_00000.c000.parquet").write_text(f"unit_id,area\n1,{MARKER}\n" * 50)

    request = lab.desk.submit(question(), project="safer", author="ann")

    assert request.state in (RequestState.FAILED, RequestState.ANSWERED)
    assert request.state is RequestState.FAILED or damage == "no file"
    output = capfd.readouterr()
    for text in (caplog.text, output.out, output.err, str(request)):
        assert MARKER not in text
    for name in ("control", "release"):
        with sqlite3.connect(lab.folder / f"{name}.sqlite") as connection:
            dump = "\n".join(connection.iterdump())
        assert MARKER not in dump
    assert [path for path in lab.desk.outbox.folder.rglob("*") if path.is_file()] == []
    assert lab.spent() == 10**8


def test_a_marker_in_the_data_is_nowhere_but_in_the_view(
    lab: DeskLab, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """A value outside the contract's domain, in the very column that is grouped by, is written nowhere."""
    caplog.set_level(logging.DEBUG)
    columns = incidents(pa.array([50] * ROWS, pa.int64()))
    columns["area"] = pa.array([MARKER] * (ROWS // 2) + ["north"] * (ROWS // 2))
    write_view(lab, "incidents", columns)

    request = lab.desk.submit(question(), project="safer", author="ann")
    lab.desk.decide(request.id, reviewer="rev", verdict=RequestState.APPROVED, reason="Because.")
    lab.desk.publish(request.id)

    output = capfd.readouterr()
    for text in (caplog.text, output.out, output.err):
        assert MARKER not in text
    views = lab.folder / "views"
    for path in lab.folder.rglob("*"):
        if path.is_file() and views not in path.parents:
            assert MARKER.encode() not in path.read_bytes()
    assert any(MARKER.encode() in path.read_bytes() for path in views.rglob("*.parquet"))  # the test can see it
