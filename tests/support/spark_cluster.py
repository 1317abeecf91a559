"""A Spark standalone cluster on loopback: one master and two workers, ended with whoever started them."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark

HOST = "127.0.0.1"
WORKERS = 2
DEADLINE = 90
"""Seconds until the cluster has to stand."""


@contextmanager
def standalone_cluster(folder: Path, *, memory: str = "1g") -> Iterator[str]:
    """Run a cluster for the length of a block, and return its address.

    Args:
        folder: existing; logs and work of the cluster go there.
        memory: of each worker.
    """
    started: list[subprocess.Popen[bytes]] = []
    port = _free_port()
    address = f"spark://{HOST}:{port}"
    try:
        master = ("deploy.master.Master", "--host", HOST, "--port", str(port), "--webui-port", "0")
        started.append(_start(folder, "master", *master))
        _wait(folder / "master.log", "I have been elected leader", started)
        for number in range(WORKERS):
            work = folder / f"work{number}"
            worker = ("--host", HOST, "--webui-port", "0", "--cores", "1", "--memory", memory, "--work-dir", str(work))
            started.append(_start(folder, f"worker{number}", "deploy.worker.Worker", *worker, address))
        for number in range(WORKERS):
            _wait(folder / f"worker{number}.log", "Successfully registered with master", started)
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _start(folder: Path, name: str, kind: str, *arguments: str) -> subprocess.Popen[bytes]:
    home = Path(pyspark.__file__).parent
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST, "SPARK_NO_DAEMONIZE": "1"}
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.{kind}", *arguments]
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)


def _wait(log: Path, text: str, started: list[subprocess.Popen[bytes]]) -> None:
    end = time.monotonic() + DEADLINE
    while text not in log.read_text(errors="replace"):
        if time.monotonic() > end or any(process.poll() is not None for process in started):
            message = f"The cluster does not stand: see {log}."
            raise RuntimeError(message)
        time.sleep(0.2)
