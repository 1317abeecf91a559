"""The enclave measured, each beside a bare JupyterLab of the same run: no sandbox, no door, no hub.

    python benchmarks/enclave.py [--people 20] [--rounds 30] [--spark 4]

- spawn: from the click to a usable JupyterLab and to the first cell's answer;
- Spark: the first answer of a notebook, right after the lab opened and once Spark is warm, and where Spark was not
  started ahead;
- memory: the share (PSS) of all processes of a sandbox with its supervisor, idle, with Spark warm, and at work;
- people at once: how many labs came up, and the round trip of a cell over the websocket for all of them together,
  median and 95th percentile, without Spark and with it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import psutil
from desk_lab import PROJECT
from open_house import OpenHouse, change_project, open_house
from visitor import Visitor

from datalab.governance.people import LabRole, Person
from datalab.signin.reception import Reception
from datalab.wiring import office, open_reception
from infra.hub.spawner import sandbox_key

MIB = 1 << 20
SPARK = """
from notebooks.enclave import open_lab
lab = open_lab()
print(lab.table("incidents").groupBy("area").count().count())
"""
BARE_SPARK = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[2]").config("spark.driver.memory", "1536m").getOrCreate()
print(spark.read.parquet({folder!r}).groupBy("area").count().count())
"""
WARM = "import pathlib, time\nwhile not pathlib.Path('/tmp/datalab-spark/warm').exists(): time.sleep(0.1)"


def invite(house: OpenHouse, people: int) -> list[str]:
    """Have more researchers in the project, with accounts; returns their names."""
    names = [f"p{number:02}" for number in range(people)]
    with house.lab.control.begin() as tx:
        for name in names:
            office(tx, "olga").add_person(
                Person(username=name, full_name=f"Person {name}", roles=frozenset({LabRole.RESEARCHER}))
            )
    change_project(house.lab, members=PROJECT.members | set(names))
    reception: Reception = open_reception(house.lab)
    for name in names:
        reception.enrol(reception.invite(name, actor="olga"), password=PASSWORD, code="")
    return names


PASSWORD = secrets.token_urlsafe(18)


def memory(pid: int) -> float:
    """Return MiB of a process and all below it."""
    process = psutil.Process(pid)
    found = 0.0
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            found += one.memory_full_info().pss / MIB
    return found


@contextlib.asynccontextmanager
async def arrived(house: OpenHouse, name: str, password: str) -> AsyncIterator[Visitor]:
    """Sign somebody in."""
    visitor = Visitor(house.settings.address)
    try:
        await visitor.sign_in(name, password)
        yield visitor
    finally:
        await visitor.close()


async def cell_times(visitor: Visitor, name: str, kernel: str, rounds: int, code: str = "print(1)") -> list[float]:
    """Return seconds of each round trip of a cell over one channel."""
    times = []
    async with visitor.channel(name, PROJECT.id, kernel) as channel:
        await channel.run(code)
        for _ in range(rounds):
            began = time.perf_counter()
            await channel.run(code)
            times.append(time.perf_counter() - began)
    return times


def show(what: str, seconds: Sequence[float]) -> None:
    """Print median and 95th percentile."""
    ordered = sorted(seconds)
    worst = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    print(f"{what:<58} median {statistics.median(ordered) * 1000:>8.0f} ms   p95 {worst * 1000:>8.0f} ms", flush=True)


async def one_person(house: OpenHouse, rounds: int) -> None:
    """Measure one researcher's way: spawn, first cell, Spark, memory."""
    async with arrived(house, "ann", OPEN) as visitor:
        began = time.perf_counter()
        await visitor.start("ann", PROJECT.id)
        show("sandbox: click to usable JupyterLab", [time.perf_counter() - began])
        kernel = await visitor.kernel("ann", PROJECT.id)
        await visitor.run("ann", PROJECT.id, kernel, "print(1)")
        show("sandbox: click to first cell's answer", [time.perf_counter() - began])
        show("sandbox: a cell's round trip", await cell_times(visitor, "ann", kernel, rounds))
        run = house.settings.run / "sandboxes"
        pid = int((run / f"{sandbox_key(house.settings, PROJECT.id, 'ann')}.pid").read_text())
        ahead = house.settings.spark_start == "ahead"
        if ahead:
            await visitor.run("ann", PROJECT.id, kernel, WARM)
        print(f"memory, Spark {house.settings.spark_start}, one idle kernel: {memory(pid):.0f} MiB")
        began = time.perf_counter()
        await visitor.run("ann", PROJECT.id, kernel, SPARK)
        show(f"sandbox: Spark's first answer, {'warm' if ahead else 'cold'}", [time.perf_counter() - began])
        again = await visitor.kernel("ann", PROJECT.id)
        began = time.perf_counter()
        await visitor.run("ann", PROJECT.id, again, SPARK)
        show("sandbox: Spark's first answer, a second notebook", [time.perf_counter() - began])
        print(f"memory, two notebooks at work with Spark: {memory(pid):.0f} MiB")


async def many(house: OpenHouse, names: list[str], rounds: int, code: str) -> None:
    """Have many people work at once."""

    async def work(name: str) -> tuple[float, list[float]]:
        async with arrived(house, name, PASSWORD) as visitor:
            began = time.perf_counter()
            opened = await visitor.start(name, PROJECT.id)
            started = time.perf_counter() - began
            if opened.status != 200:
                raise RuntimeError(opened.text[:100])
            kernel = await visitor.kernel(name, PROJECT.id)
            return started, await cell_times(visitor, name, kernel, rounds, code)

    found = await asyncio.gather(*(work(name) for name in names), return_exceptions=True)
    good = [one for one in found if isinstance(one, tuple)]
    what = "a cell" if code == "print(1)" else "a cell that asks Spark"
    print(f"{len(names)} people at once: {len(good)} labs came up; load {os.getloadavg()[0]:.1f}")
    for one in found:
        if isinstance(one, BaseException):
            print(f"  refused or ended: {type(one).__name__}: {str(one)[:100]}")
    if good:
        show(f"{len(names)} at once: click to usable JupyterLab", [started for started, _ in good])
        show(f"{len(names)} at once: {what}", [seconds for _, all_of in good for seconds in all_of])


@contextlib.contextmanager
def bare(folder: Path) -> Iterator[tuple[str, int]]:
    """Run JupyterLab alone on loopback, as the floor; yields its address and process id."""
    (folder / "home").mkdir()
    token = secrets.token_hex(16)
    import socket  # noqa: PLC0415

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += [f"--IdentityProvider.token={token}", "--ServerApp.disable_check_xsrf=True", f"--notebook-dir={folder}"]
    environment = {**os.environ, "HOME": str(folder / "home")}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield f"http://127.0.0.1:{port}/?token={token}", process.pid
    finally:
        for one in psutil.Process(process.pid).children(recursive=True):
            one.kill()
        process.kill()
        process.wait()


async def floor(folder: Path, rounds: int, table: Path) -> None:
    """Measure the same without sandbox, door and hub."""
    began = time.perf_counter()
    with bare(folder) as (address, pid):
        base, token = address.split("/?token=")
        visitor = Visitor(base)
        visitor.floor(base, token)
        while True:
            with contextlib.suppress(OSError):
                if (await visitor.get(f"{base}/lab?token={token}")).status == 200:
                    break
            await asyncio.sleep(0.1)
        show("floor: start to usable JupyterLab", [time.perf_counter() - began])
        kernel = await visitor.kernel("", "")
        await visitor.run("", "", kernel, "print(1)")
        show("floor: start to first cell's answer", [time.perf_counter() - began])
        show("floor: a cell's round trip", await cell_times(visitor, "", kernel, rounds))
        print(f"floor: memory with one idle kernel: {memory(pid):.0f} MiB")
        began = time.perf_counter()
        await visitor.run("", "", kernel, BARE_SPARK.format(folder=str(table)))
        show("floor: Spark's first answer, cold", [time.perf_counter() - began])
        print(f"floor: memory of a notebook at work with Spark: {memory(pid):.0f} MiB")
        await visitor.close()


OPEN = "marble kettle drifting north"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=20)
    options.add_argument("--rounds", type=int, default=30)
    options.add_argument("--spark", type=int, default=6, help="people at once with Spark in each")
    chosen = options.parse_args()
    print(
        f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {psutil.virtual_memory().total >> 30} GiB", flush=True
    )
    for start, crowd, code in (("ahead", chosen.spark, SPARK), ("asked", chosen.people, "print(1)")):
        with (
            tempfile.TemporaryDirectory(prefix="dl-", ignore_cleanup_errors=True) as name,  # logs end last
            open_house(Path(name, "lab"), spark_start=f'"{start}"') as house,
        ):
            asyncio.run(one_person(house, chosen.rounds))
            if crowd:
                rounds = chosen.rounds if start == "asked" else 5
                asyncio.run(many(house, invite(house, crowd), rounds, code))
            view = house.settings.views / PROJECT.id / "incidents" / "v0001"
            if start == "asked":
                asyncio.run(floor(Path(name), chosen.rounds, view))


if __name__ == "__main__":
    main()
