"""Start Spark ahead of the first notebook, and hold its Java process for as long as the lab's server runs.

Runs inside the sandbox, by the lab's Python: `spark_ahead.py SERVER`, with the server's process id. It waits until the
server has started, so as not to take its cores. Port and secret of the Java process stand in a file that only the
sandbox's user can read. A Java process that ends is not started again: notebooks then start their own.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
WARM_UP = """
import json, os, pathlib
from notebooks.session import warm_up
data = pathlib.Path(os.environ['DATALAB_DATA'])
names = [one['dataset'] for one in json.loads((data / 'catalogue.json').read_text())['datasets']]
warm_up({name: data / name for name in names})
os._exit(0)  # the session stays
"""
LOOK = 0.2
"""Seconds between two looks."""


def main() -> None:
    """Start, tell, warm up, hold."""
    told = Path(os.environ["DATALAB_SPARK_GATEWAY"])
    told.parent.mkdir(mode=0o700, exist_ok=True)
    starting = told.with_name("starting")
    starting.touch()  # a notebook that asks meanwhile waits, so that there are not two
    try:
        java = _told(told)
    finally:
        starting.unlink()
    if java is not None:
        subprocess.run([sys.executable, "-c", WARM_UP], check=False, **QUIET)  # type: ignore[call-overload]  # noqa: S603
        told.with_name("warm").touch()
        java.wait()
        told.unlink(missing_ok=True)


def _told(told: Path) -> subprocess.Popen[bytes] | None:
    """Start Java once the server stands, and write down where it listens; None where it did not start."""
    server = int(sys.argv[1])
    runtime = Path(os.environ["JUPYTER_RUNTIME_DIR"])
    while not list(runtime.glob("jpserver-*.json")):
        time.sleep(LOOK)
        os.kill(server, 0)
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder, "port-and-secret")
        java = _start(found)
        while not found.exists():
            if java.poll() is not None:
                return None
            time.sleep(LOOK)
        port, secret = _read(found)
    new = told.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(f"{port} {secret}")
    new.replace(told)
    return java


def _start(found: Path) -> subprocess.Popen[bytes]:
    spec = importlib.util.find_spec("pyspark")
    assert spec is not None and spec.submodule_search_locations  # noqa: S101, PT018 - the lab has it
    submit = Path(spec.submodule_search_locations[0], "bin", "spark-submit")
    environment = os.environ | {"_PYSPARK_DRIVER_CONN_INFO_PATH": str(found), "SPARK_CONNECT_MODE": "0"}
    command = [submit, "--name", "lab", *os.environ.get("PYSPARK_SUBMIT_ARGS", "pyspark-shell").split()]
    # Java ends when its standard input does: with this process, however it ends.
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, **QUIET)  # type: ignore[call-overload,no-any-return]  # noqa: S603


def _read(found: Path) -> tuple[int, str]:
    """Read what Spark writes for Python: a port of four bytes, the length of the secret in four, the secret."""
    said = found.read_bytes()
    length = int.from_bytes(said[4:8], "big")
    return int.from_bytes(said[:4], "big"), said[8 : 8 + length].decode()


if __name__ == "__main__":
    main()
