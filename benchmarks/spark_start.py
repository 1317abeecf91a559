"""Seconds from a notebook's first word to Spark's first answer: started by it, started ahead, or by Spark Connect.

    python benchmarks/spark_start.py [--runs 5] [--memory 4096] [--cores 2] [--java OPTION ...]

What a notebook starts itself is measured with and without the archive of Spark's classes.
Each run is a new Python process, as a kernel is, with the settings of a sandbox, outside of one. Spark Connect is
measured where `grpcio-status` and `zstandard` can be imported; the lab does not need them. Memory is the share (PSS) of
processes.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pyarrow as pa
import pyspark
from pyarrow import parquet

from datalab.engine.spark.archive import archive_options
from infra.enclave.spark import spark_defaults
from infra.enclave.specification import MIB, Limits

REPOSITORY = Path(__file__).parents[1]
SUBMIT = Path(pyspark.__file__).parent / "bin" / "spark-submit"
AHEAD = REPOSITORY / "infra" / "enclave" / "inside" / "spark_ahead.py"
ROWS = 200_000
ANSWER = """
import json, os, sys, time
began = time.perf_counter()
{imports}
imported = time.perf_counter() - began
{session}
started = time.perf_counter() - began
found = spark.read.parquet(sys.argv[1]).groupBy("area").count().collect()
answered = time.perf_counter() - began
assert sum(row["count"] for row in found) == int(sys.argv[2])
import psutil
own = psutil.Process()
pss = [one.memory_full_info().pss for one in [own, *own.children(recursive=True)]]
print(json.dumps([imported, started, answered, sum(pss) / 2**20]), flush=True)
os._exit(0)
"""
OURS = ANSWER.format(imports="from notebooks.session import open_session", session="spark = open_session({})")
CONNECT = ANSWER.format(
    imports="from pyspark.sql import SparkSession",
    session="spark = SparkSession.builder.remote(os.environ['REMOTE']).getOrCreate()",
)


def ask(program: str, table: Path, environment: Mapping[str, str]) -> list[float]:
    """Return seconds until imported, until the session stands, until the answer, and MiB of it and what it started."""
    command = [sys.executable, "-c", program, str(table), str(ROWS)]
    done = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=True, cwd="/")
    if not done.stdout:
        raise RuntimeError(f"A notebook printed nothing: {done.stderr[-500:]}")
    return list(json.loads(done.stdout.splitlines()[-1]))


def started_anew(table: Path, settings: str, environment: Mapping[str, str], runs: int) -> list[list[float]]:
    """Return what `ask` does of notebooks that start a Java process of their own, by these settings."""
    conf = table.with_name("own.conf")
    conf.write_text(settings)
    own = {**environment, "PYSPARK_SUBMIT_ARGS": f"--properties-file {conf} pyspark-shell"}
    return [ask(OURS, table, own) for _ in range(runs)]


@contextlib.contextmanager
def held(command: list[str], environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process and what it starts for the length of a block."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def memory(process: subprocess.Popen[bytes]) -> float:
    """Return MiB of a process and all below it."""
    tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    return float(sum(one.memory_full_info().pss for one in tree)) / MIB


def settle(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Wait until a process tree takes no processor any more; returns its MiB and its seconds of processor."""
    before = -1.0
    while True:
        time.sleep(3)
        tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        now = sum(sum(one.cpu_times()[:4]) for one in tree if one.is_running())
        if now - before < 0.6:
            return memory(process), now
        before = now


def show(way: str, runs: list[list[float]]) -> None:
    """Print medians."""
    middle = [statistics.median(column) for column in zip(*runs, strict=True)]
    print(
        f"{way:<28} {middle[0]:>7.2f} s {middle[1]:>7.2f} s {middle[2]:>7.2f} s {middle[3]:>15.0f}",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--memory", type=int, default=4096)
    options.add_argument("--cores", type=int, default=2)
    options.add_argument("--java", nargs="*", default=[])
    chosen = options.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        table = place / "data"
        table.mkdir()
        area = ["north" if number % 4 else "south" for number in range(ROWS)]
        parquet.write_table(pa.table({"area": area, "minutes": range(ROWS)}), table / "part-0.parquet")
        text = spark_defaults(Limits(memory=chosen.memory * MIB, cpu=float(chosen.cores)))
        java = " ".join(["-Djava.io.tmpdir=/tmp", *(one.replace("%", "-", 1) for one in chosen.java)])
        (place / "spark-defaults.conf").write_text(text.replace("-Djava.io.tmpdir=/tmp", java))
        gateway = place / "ahead" / "gateway"
        base = {name: os.environ[name] for name in ("PATH", "JAVA_HOME", "LANG") if name in os.environ} | {
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "PYSPARK_SUBMIT_ARGS": f"--properties-file {place / 'spark-defaults.conf'} pyspark-shell",
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": sys.executable,
            "JUPYTER_RUNTIME_DIR": folder,
        }
        notes: list[str] = []
        print(
            f"{'median of ' + str(chosen.runs):<28} {'imported':>9} {'session':>9} {'answer':>9} {'MiB a notebook':>15}"
        )
        show("its own, no class archive", started_anew(table, text.replace(archive_options(), ""), base, chosen.runs))
        show("its own, from the archive", started_anew(table, text, base, chosen.runs))

        Path(folder, "jpserver-1.json").touch()
        (place / "catalogue.json").write_text(json.dumps({"datasets": [{"dataset": "data"}]}))
        ours = base | {"DATALAB_SPARK_GATEWAY": str(gateway), "DATALAB_DATA": folder}
        with held([sys.executable, str(AHEAD), str(os.getpid())], ours, place / "ahead.log") as ahead:
            while not gateway.with_name("warm").exists():
                time.sleep(0.1)
            mib, cpu = settle(ahead)
            notes.append(f"started ahead: {mib:.0f} MiB, {cpu:.0f} s of processor until warm")
            show("started ahead", [ask(OURS, table, ours) for _ in range(chosen.runs)])
            notes.append(f"started ahead, after {chosen.runs} notebooks: {memory(ahead):.0f} MiB")

        if all(map(importlib.util.find_spec, ("grpc_status", "zstandard"))):
            port = 15_000 + secrets.randbelow(900)
            conf = [
                "--conf",
                f"spark.connect.grpc.binding.port={port}",
                "--conf",
                "spark.connect.grpc.binding.address=127.0.0.1",
            ]
            server = ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", *conf, "spark-internal"]
            remote = base | {"REMOTE": f"sc://localhost:{port}"}
            with held(
                [str(SUBMIT), "--properties-file", str(place / "spark-defaults.conf"), *server],
                base,
                place / "connect.log",
            ) as connect:
                while f":{port}" not in (place / "connect.log").read_text(errors="replace"):
                    time.sleep(0.1)
                ask(CONNECT, table, remote)  # the first one warms it up
                mib, cpu = settle(connect)
                notes.append(f"Spark Connect server: {mib:.0f} MiB, {cpu:.0f} s of processor until warm")
                show("Spark Connect", [ask(CONNECT, table, remote) for _ in range(chosen.runs)])
                notes.append(f"Spark Connect server, after {chosen.runs} notebooks: {memory(connect):.0f} MiB")
        else:
            notes.append("Spark Connect was not measured: grpcio-status and zstandard are not both installed.")
        print("\n".join(notes))
        print(f"load {load:.1f} at the start, {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
