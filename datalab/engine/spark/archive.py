"""An archive of the classes that Spark loads at its start, which Java maps instead of reading and checking them anew.

    python -m datalab.engine.spark.archive        # writes it beside PySpark; half a minute, once for an installation

Java's class data sharing (JEP 350): it is used where Java's version and Spark's jars are those it was made with, and
passed over without a word where they are not. It holds classes only. Without it everything works, and starts slower.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from datalab.errors import InternalError

TYPICAL = """
import sys
from pyspark.sql import SparkSession, functions as F
builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.extraJavaOptions", sys.argv[1])
spark = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
rows = spark.range(2000).selectExpr("id", "id % 7 as k", "cast(id as string) as s", "current_timestamp() as t")
rows.write.mode("overwrite").bucketBy(2, "k").sortBy("k").format("parquet").saveAsTable("rows")
read = spark.table("rows")
read.createOrReplaceTempView("seen")
counted = read.groupBy("k").agg(F.count("*").alias("n"), F.avg("id").alias("m"), F.countDistinct("s").alias("d"))
counted.join(read, "k").orderBy("id").limit(5).collect()
spark.sql("SELECT k, count(*), row_number() OVER (ORDER BY k) FROM seen WHERE id > 5 GROUP BY k").collect()
spark.stop()
"""
"""What a session does first: tables in and out, groups, a join, a window, rows to Python."""


def archive_file() -> Path:
    """Return where the archive lies, whether it was made or not."""
    spec = find_spec("pyspark")
    places = spec.submodule_search_locations if spec else None
    if not places:
        message = "PySpark is a dependency of this package."
        raise AssertionError(message)
    return Path(places[0], "jars", "start.jsa")


def archive_options() -> str:
    """Return the options by which a Java process uses the archive; empty where there is none."""
    file = archive_file()
    return f"-XX:SharedArchiveFile={file} -Xshare:auto -Xlog:disable" if file.is_file() else ""


def make_archive() -> Path:
    """Make the archive by a short session that does what sessions do first, and return where it lies.

    Raises:
        InternalError: if Java writes none.
    """
    file = archive_file()
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 - this interpreter, and a text of our own
            [sys.executable, "-c", TYPICAL, f"-XX:ArchiveClassesAtExit={new} -Xlog:disable"],
            check=False,
            cwd=folder,
            capture_output=True,  # so that this waits for Java as well, which writes the archive as it ends
        )
    if done.returncode or not new.is_file():
        raise InternalError(
            "Java wrote no archive of Spark's classes.",
            why="It is older than 13, or lacks the archive of its own classes.",
            remedy="Nothing needs it; Spark starts slower without.",
        )
    new.replace(file)
    return file


if __name__ == "__main__":
    try:
        make_archive()
    except InternalError as error:
        sys.exit(str(error))
