"""Spark in a lab that runs: started with it, one Java process for all notebooks, and what happens when it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from lodging import Kernel, Lodging, lodging
from open_house import UNITS, open_house, programs_there

pytestmark = [
    pytest.mark.spark,
    pytest.mark.slow,
    pytest.mark.skipif(not programs_there(), reason="needs bubblewrap and the proxy"),
]

ASK = """
import json
from notebooks.enclave import open_lab
lab = open_lab()
spark = lab.spark()
counts = {row["area"]: row["count"] for row in lab.table("incidents").groupBy("area").count().collect()}
with_python = spark.range(3).rdd.map(lambda row: row.id + 1).sum()
print(json.dumps([counts, with_python, spark.sparkContext.applicationId, len(spark.catalog.listTables())]))
"""
COUNTS = {"north": UNITS * 3 // 4, "south": UNITS // 4}
JAVA = "import psutil; print(sorted(one.pid for one in psutil.process_iter() if one.name() == 'java'))"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lodging]:
    """Run a lab for this module."""
    with open_house(tmp_path_factory.mktemp("spark") / "lab") as house, lodging(house) as given:
        yield given


def asked(kernel: Kernel) -> tuple[str, int]:
    """Have a notebook ask Spark; returns the application that answered and how many tables the notebook knows."""
    said = kernel.run(ASK)
    counts, with_python, application, tables = json.loads(said.splitlines()[-1])
    assert (counts, with_python) == (COUNTS, 6), said
    return application, tables


@pytest.fixture(scope="module")
def notebooks(lab: Lodging) -> tuple[Kernel, Kernel, str]:
    """Two notebooks of one lab, and the Java processes that were there before either asked for Spark."""
    visitor, first = lab.in_lab("ann")
    second = Kernel(lab, visitor, "ann", "safer", lab.runner.run(visitor.kernel("ann", "safer")))
    wait = "import pathlib, time\nwhile not pathlib.Path('/tmp/datalab-spark/gateway').exists(): time.sleep(0.2)"
    assert first.run(wait) == ""
    before = first.run(JAVA)
    assert before.strip() != "[]"
    return first, second, before


def test_notebooks_share_the_spark_that_was_started_with_the_lab(notebooks: tuple[Kernel, Kernel, str]) -> None:
    """Two notebooks: the one Java process that was there before either asked, and names of tables of their own."""
    first, second, before = notebooks

    application, tables = asked(first)
    first.run("spark.range(3).createOrReplaceTempView('mine')")

    assert asked(second) == (application, tables)
    assert asked(first) == (application, tables + 1)
    assert first.run(JAVA) == before


def test_a_notebook_gets_over_a_stopped_and_an_ended_spark(notebooks: tuple[Kernel, Kernel, str]) -> None:
    """After `spark.stop()` a new context of that process answers; after its end, a process of the notebook's own."""
    first, second, before = notebooks
    application, _ = asked(second)

    assert second.run("spark.stop()") == ""
    restarted, _ = asked(first)
    assert restarted != application
    assert asked(second)[0] == restarted
    assert first.run(JAVA) == before

    first.run("import psutil\nfor one in psutil.process_iter():\n    if one.name() == 'java': one.kill()")
    assert asked(first)[0] not in (application, restarted)
    assert first.run(JAVA) != before
