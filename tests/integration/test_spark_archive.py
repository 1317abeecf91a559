"""The archive of Spark's classes, as `make test` made it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from datalab.engine.spark.archive import archive_file

pytestmark = pytest.mark.spark
COUNT = """
from pyspark.sql import SparkSession
print(SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate().range(3).count())
"""


@pytest.mark.skipif(not archive_file().is_file(), reason="needs the archive, which `make test` makes")
@pytest.mark.parametrize("there", [True, False], ids=["there", "control"])
def test_spark_starts_from_the_archive(tmp_path: Path, *, there: bool) -> None:
    """Java that may start from this archive alone starts, and from one that is none does not."""
    file = archive_file() if there else tmp_path / "none.jsa"
    if not there:
        file.touch()
    options = f'--driver-java-options "-XX:SharedArchiveFile={file} -Xshare:on" pyspark-shell'
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_"))}

    done = subprocess.run(
        [sys.executable, "-c", COUNT],
        cwd=tmp_path,
        env={**kept, "PYSPARK_SUBMIT_ARGS": options, "PYSPARK_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode == 0) is there
    assert (done.stdout.strip() == "3") is there


def test_a_session_is_told_where_the_archive_is(spark: SparkSession) -> None:
    """The tests' own session was started with the archive, where it is there."""
    options = spark.conf.get("spark.driver.extraJavaOptions") or ""

    assert (str(archive_file()) in options) is archive_file().is_file()
