"""Questions on a Spark standalone cluster of two workers, through the session that a lab opens."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from cluster_questions import MARKER, PLANS, rows
from pyarrow import parquet
from spark_cluster import WORKER_MEMORY, WORKERS, SparkCluster, spark_cluster

from datalab.engine.reference import ReferenceEngine
from datalab.engine.spark import session as sessions
from datalab.errors import SettingsError
from infra.enclave.spark import spark_defaults
from infra.enclave.specification import Limits

ASKER = Path(__file__).parent / "workers" / "cluster_asker.py"
REDACTOR = ASKER.with_name("cluster_redactor.py")
REPOSITORY = Path(__file__).parents[2]
ASK_SECONDS = 300

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkCluster]:
    """A master and two workers, which are gone afterwards."""
    with spark_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running
    assert [process.poll() is None for process in running.processes] == [False] * (1 + WORKERS)


@pytest.fixture(scope="module")
def asked(cluster: SparkCluster, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one process got from the cluster."""
    return ask(cluster, tmp_path_factory.mktemp("asked"))


def ask(cluster: SparkCluster, folder: Path, memory: str = WORKER_MEMORY, patience: int = 60) -> dict[str, Any]:
    """Ask every question in a process of its own."""
    return run(cluster, ASKER, cluster.master, memory, str(folder), str(patience))


def run(cluster: SparkCluster, script: Path, *words: str) -> dict[str, Any]:
    """Run a script that the cluster lets in, and return what it prints."""
    paths = [str(REPOSITORY), str(REPOSITORY / "tests" / "support"), os.environ.get("PYTHONPATH", "")]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_"))}
    done = subprocess.run(
        [sys.executable, str(script), *words],
        env=environ | {"PYTHONPATH": os.pathsep.join(paths), **cluster.environ},
        capture_output=True,
        text=True,
        timeout=ASK_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{done.stderr}\nLogs of the cluster: {cluster.folder}"
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_cluster_redacts_as_one_machine_does(cluster: SparkCluster, tmp_path: Path) -> None:
    """Parts that two workers made are sealed where the lab keeps them, and hold the rows that local cores make."""
    made = {}
    for name, master in (("cluster", cluster.master), ("local", "local[1]")):
        (tmp_path / name).mkdir()
        made[name] = run(cluster, REDACTOR, master, WORKER_MEMORY, str(tmp_path / name))

    assert made["cluster"]["parts"] == 4
    assert len(made["cluster"]["rows"]) == 36
    assert all("PERSON" in row and "Okafor" not in row for row in made["cluster"]["rows"])
    assert made["cluster"] == made["local"]
    lying = [path for path in (tmp_path / "cluster" / "parts").rglob("*") if path.is_file()]
    assert not [path for path in lying if b"Okafor" in path.read_bytes()]


@pytest.mark.parametrize("name", PLANS)
def test_a_cluster_answers_as_the_reference_does(name: str, asked: dict[str, Any]) -> None:
    """Each question's integers are exactly those of the reference engine, and not all nothing."""
    expected = ReferenceEngine().cells(PLANS[name], rows()).vectors

    assert any(any(vector) for vector in expected.values())
    assert asked["cells"][name] == {part: list(vector) for part, vector in expected.items()}


def test_every_worker_of_a_cluster_computes(asked: dict[str, Any]) -> None:
    """Both workers have an executor of the session, and each of them did tasks."""
    assert len(asked["tasks"]) == WORKERS
    assert all(done > 0 for done in asked["tasks"].values())


def test_a_worker_keeps_no_value_of_a_failed_question(cluster: SparkCluster, asked: dict[str, Any]) -> None:
    """Where Spark's message quotes a row, no log and no scratch file of the cluster does."""
    kept = [path for path in cluster.folder.rglob("*") if path.is_file()]
    quoting = [str(path) for path in kept if MARKER.encode() in path.read_bytes()]

    assert MARKER in asked["failed"]
    assert len([path for path in kept if path.name == "stderr"]) >= WORKERS
    assert quoting == []


def test_workers_that_are_too_small_are_a_clear_error(cluster: SparkCluster, tmp_path: Path) -> None:
    """Where no worker has the memory of an executor, the session ends with that reason instead of waiting for ever."""
    found = ask(cluster, tmp_path, memory="900m", patience=5)

    assert "granted no executor in 5 seconds" in found["error"]
    assert "spark_memory" in found["error"]


def test_an_address_without_a_cluster_is_a_clear_error(tmp_path: Path) -> None:
    """Where nothing listens, the session ends at once with what to correct, before Spark is started."""
    with socket.socket() as free:  # bound and not listening: nobody else takes it meanwhile
        free.bind(("127.0.0.1", 0))
        master = f"spark://127.0.0.1:{free.getsockname()[1]}"

        with pytest.raises(SettingsError, match=r"(?s)Nothing answers there.*spark_master"):
            sessions.open_session("release", scratch=tmp_path, master=master)


@pytest.mark.parametrize("master", ["spark://", "spark://127.0.0.1", "spark://127.0.0.1:x", "spark://127.0.0.1:70000"])
def test_an_address_that_is_none_is_a_clear_error(master: str, tmp_path: Path) -> None:
    """An address without a host or a port is refused with the form of one."""
    with pytest.raises(SettingsError, match="spark://HOST:PORT"):
        sessions.open_session("release", scratch=tmp_path, master=master)


NOTEBOOK = """
import json, sys
from pathlib import Path
from notebooks.session import open_session
spark = open_session({"incidents": Path(sys.argv[1])})
twice = spark.udf.register("twice", lambda minutes: 2 * minutes, "long")
found = spark.sql("SELECT area, count(*) AS n, sum(twice(minutes)) AS m FROM incidents GROUP BY area ORDER BY area")
rows = [list(row) for row in found.collect()]
print(json.dumps({"master": spark.sparkContext.master, "rows": rows}))
spark.stop()
"""


def test_a_notebook_runs_on_a_cluster_by_configuration_alone(cluster: SparkCluster, tmp_path: Path) -> None:
    """The same notebook, with named tables and a Python function, gives the same on local cores and on the workers."""
    table = tmp_path / "incidents"
    table.mkdir()
    parquet.write_table(pa.table({"area": ["north", "south", "north"], "minutes": [1, 2, 3]}), table / "part-0.parquet")
    local = spark_defaults(Limits(memory=2048 << 20))
    secrets = Path(cluster.environ["SPARK_CONF_DIR"], "spark-defaults.conf").read_text()
    theirs = f"spark.master {cluster.master}\nspark.executor.memory {WORKER_MEMORY}\nspark.cores.max {WORKERS}\n"
    found = {}
    for name, text in (("local", local), ("cluster", local.replace("spark.master", "#") + secrets + theirs)):
        conf = tmp_path / name
        conf.mkdir()
        (conf / "spark-defaults.conf").write_text(text)
        environ = {key: value for key, value in os.environ.items() if not key.startswith(("SPARK_", "PYSPARK_"))}
        environ |= {"SPARK_CONF_DIR": str(conf), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
        environ |= {"PYTHONPATH": str(REPOSITORY)}
        done = subprocess.run(
            [sys.executable, "-c", NOTEBOOK, str(table)],
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=ASK_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found[name] = json.loads(done.stdout.splitlines()[-1])

    assert found["local"] == {"master": "local[2]", "rows": [["north", 2, 8], ["south", 1, 4]]}
    assert found["cluster"] == {"master": cluster.master, "rows": found["local"]["rows"]}
