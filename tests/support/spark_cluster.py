"""A Spark standalone cluster on loopback: a master and two workers, for as long as a test needs them.

Every process takes a free port by itself, shares a secret drawn for this cluster, and is ended by its own process id.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pyspark

WORKERS = 2
WORKER_MEMORY = "700m"
START_SECONDS = 90
"""Seconds for the master to start, and again for its workers to register, on a machine that is busy."""
STOP_SECONDS = 20
"""Seconds for a process to end by itself; then it and what it started are killed."""
_SPARK = Path(pyspark.__file__).parent


@dataclass(frozen=True, kw_only=True)
class SparkCluster:
    """A cluster that runs."""

    master: str
    """Its address, such as `spark://127.0.0.1:40123`."""
    folder: Path
    """Holds logs (`master.log`, `worker-0.log`), and what workers write: `worker-0/work`, `worker-0/scratch`."""
    environ: Mapping[str, str]
    """What a driver's environment needs to be let in: the folder of this cluster's spark-defaults.conf."""
    processes: tuple[subprocess.Popen[bytes], ...]


@contextmanager
def spark_cluster(folder: Path) -> Iterator[SparkCluster]:
    """Start a cluster in an empty folder, and end it.

    Raises:
        RuntimeError: if a process ends, or the cluster is not complete in time; names the log to read.
    """
    conf = folder / "conf"
    conf.mkdir()
    # Whoever reaches a master without a secret runs code as its user; its REST door (port 6066) knows no secret.
    (conf / "spark-defaults.conf").write_text(
        "spark.authenticate true\n"
        f"spark.authenticate.secret {secrets.token_hex(32)}\n"
        "spark.network.crypto.enabled true\n"
        "spark.master.rest.enabled false\n"
    )
    (conf / "spark-defaults.conf").chmod(0o600)
    environ = {"SPARK_CONF_DIR": str(conf)}
    processes: list[subprocess.Popen[bytes]] = []
    with ExitStack() as stack:

        def start(name: str, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
            process = _start(folder / f"{name}.log", arguments, environ | more)
            stack.callback(_end, process)
            processes.append(process)
            return process

        master_log = folder / "master.log"
        master = start("master", "master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        address = _awaited(master, master_log, lambda log: re.findall(r"Starting Spark master at (spark://\S+)", log))
        for number in range(WORKERS):
            own = folder / f"worker-{number}"
            scratch, work = own / "scratch", own / "work"
            scratch.mkdir(parents=True)
            options = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0", "--work-dir", str(work)]
            options += ["--cores", "1", "--memory", WORKER_MEMORY]
            start(f"worker-{number}", "worker.Worker", *options, address[0], SPARK_LOCAL_DIRS=str(scratch))
        for number, worker in enumerate(processes[1:]):
            _awaited(
                worker,
                folder / f"worker-{number}.log",
                lambda log: re.findall("Successfully registered with master", log),
            )
        yield SparkCluster(master=address[0], folder=folder, environ=environ, processes=tuple(processes))


def _start(log: Path, arguments: tuple[str, ...], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    name, *rest = arguments
    command = [str(_SPARK / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", *rest]
    plain = {key: value for key, value in os.environ.items() if not key.startswith("SPARK_")}
    # Spark's scripts become the Java process, so that its id is ours; the heap is the daemon's, not its executors'.
    more = {"SPARK_HOME": str(_SPARK), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m"}
    with log.open("wb") as out:
        return subprocess.Popen(
            command,
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            env=plain | more | environ,
            start_new_session=True,
        )


def _awaited(process: subprocess.Popen[bytes], log: Path, found: Callable[[str], list[str]]) -> list[str]:
    end = time.monotonic() + START_SECONDS
    while not (said := found(log.read_text(errors="replace"))):
        if process.poll() is not None:
            raise RuntimeError(f"A process of the Spark cluster ended with {process.returncode}; read {log}.")
        if time.monotonic() > end:
            raise RuntimeError(f"The Spark cluster was not complete in {START_SECONDS} seconds; read {log}.")
        time.sleep(0.1)
    return said


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process; a worker ends its executors first, and those that it leaves share its process group."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
