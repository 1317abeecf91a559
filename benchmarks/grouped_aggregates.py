"""Grouped count and sum by region and month: the lab's whole answer on both engines, plain Spark, and Tumult.

    python benchmarks/grouped_aggregates.py --rows 1000000 --folder /tmp/bench [--tumult-python VENV/bin/python]

720 public cells, about 13 rows a person, regions by Zipf. Each system answers once to warm up, then `--runs` times; the
figures are medians of wall seconds and of CPU seconds of the whole process tree. Error is the mean |noisy - truth| over
cells, noise and bounds together. Tumult Analytics pins another Spark, so it runs in its own environment and process,
by `benchmarks/peers/tumult_grouped.py`, on the same files and at the same R, in the same run. By default it spends pure
epsilon 1 (Laplace noise), where its error is about the lab's at epsilon 1 and delta 1e-6: times are then compared at
equal error, under a promise of Tumult's that has no delta. `--tumult-budget rho` gives it the lab's own rho instead.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from datalab.contract.model import Bounds, LogicalType, PrivacyUnit, Role
from datalab.contract.published import PublishedColumn
from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.noise import OpenDPNoise
from datalab.engine.spark.engine import SparkEngine
from datalab.engine.spark.session import open_session
from datalab.governance.policy import Policy
from datalab.privacy.answer import Answer, answer_question
from datalab.privacy.compile import compile_question
from datalab.privacy.plan import Engine, Plan
from datalab.privacy.table import TableRef
from datalab.query.build import Asking, ask
from datalab.query.schema import ViewSchema

REGIONS = tuple(f"R{i:02d}" for i in range(30))
MONTHS = tuple(f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13))
ROWS_PER_PERSON = 13
TOP = 500
"""Stated upper bound of an amount; about 4 in 100 lie above."""
ROWS_PER_UNIT, ROWS_PER_CELL = 36, 3
RHO = Fraction("0.0244")
"""About epsilon 1 at delta 1e-6."""
DELTA = Fraction(1, 10**6)
EPSILON = 1.0
POLICY = Policy()


def column(name: str, **rest: object) -> PublishedColumn:
    """Return a published column with short defaults."""
    plain: dict[str, Any] = {
        "logical_type": LogicalType.STRING, "role": Role.GEOGRAPHY, "values": None, "bounds": None, "unit": "",
        "nullable": False, "description": "",
    }  # fmt: skip
    return PublishedColumn(name=name, **(plain | rest))


SCHEMA = ViewSchema(
    dataset="events",
    privacy_unit=PrivacyUnit.PERSON,
    max_rows_per_unit=1_000,
    columns=(
        column("region", values=REGIONS),
        column("month", values=MONTHS),
        column(
            "amount",
            logical_type=LogicalType.INTEGER,
            role=Role.MEASURE,
            bounds=Bounds(lower=0, upper=TOP, unit="GBP"),
            unit="GBP",
        ),
    ),
)


def generate(path: Path, rows: int) -> None:
    """Write one Parquet file of made-up events, the same for the same number of rows."""
    dice = np.random.default_rng(rows)
    weights = 1 / np.arange(1, len(REGIONS) + 1)
    people = dice.integers(0, rows // ROWS_PER_PERSON, rows)
    table = pa.table(
        {
            "unit_id": pa.array([sha256(str(person).encode()).hexdigest()[:32] for person in people.tolist()]),
            "region": pa.array(np.array(REGIONS)[dice.choice(len(REGIONS), rows, p=weights / weights.sum())]),
            "month": pa.array(np.array(MONTHS)[dice.integers(0, len(MONTHS), rows)]),
            "amount": pa.array(dice.lognormal(4.5, 1.0, rows).astype(np.int64)),
        }
    )
    path.mkdir(parents=True)
    parquet.write_table(table, path / "part-0.parquet", row_group_size=200_000)


def lay_out(spark: SparkSession, plain: Path, laid: Path, buckets: int) -> float:
    """Write the rows as a view lies, and return the seconds it took; it is done once a dataset."""
    start = time.perf_counter()
    frame = spark.read.parquet(str(plain)).repartition(buckets, "unit_id")
    writer = frame.write.bucketBy(buckets, "unit_id").sortBy("unit_id").format("parquet").option("path", str(laid))
    writer.saveAsTable("laid_out")
    spark.sql("DROP TABLE laid_out")
    return time.perf_counter() - start


def cpu_seconds() -> float:
    """Return CPU seconds used so far by this process and every process below it (Linux)."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            after_name = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry.name)] = int(after_name[1])
        used[int(entry.name)] = (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
    family = {os.getpid()}
    while grown := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= grown
    return sum(used.get(pid, 0.0) for pid in family)


def timed(work: Callable[[], Any], runs: int) -> tuple[Any, float, float]:
    """Return the last result, median wall seconds and median CPU seconds, after one run to warm up."""
    work()
    walls, cpus, result = [], [], None
    for _ in range(runs):
        wall, cpu = time.perf_counter(), cpu_seconds()
        result = work()
        walls.append(time.perf_counter() - wall)
        cpus.append(cpu_seconds() - cpu)
    return result, statistics.median(walls), statistics.median(cpus)


def plan_of(asking: Asking) -> Plan:
    """Compile one of the two questions."""
    asked = asking.spend(rho=RHO, rows_per_unit=ROWS_PER_UNIT, rows_per_cell=ROWS_PER_CELL)
    return compile_question(asked, {"events": SCHEMA}, POLICY)


def error(answer: Answer, truth: Mapping[tuple[str, ...], float]) -> float:
    """Return the mean |noisy - truth| over cells."""
    return statistics.fmean(abs((cell.estimates[0].value or 0) - truth.get(cell.keys, 0)) for cell in answer.cells)


def measure(spark: SparkSession, tables: Mapping[str, TableRef], runs: int, scratch: Path) -> list[dict[str, Any]]:
    """Time plain Spark and the lab's answers on each layout."""
    rows: list[dict[str, Any]] = []
    plain = spark.read.parquet(str(tables["no layout"].path))
    by = ("region", "month")
    floors = {
        "count": lambda: plain.groupBy(*by).agg(F.count("*")).collect(),
        "sum": lambda: plain.groupBy(*by).agg(F.sum("amount")).collect(),
    }
    asked = {
        "count": plan_of(ask("events").group_by(*by).count_rows()),
        "sum": plan_of(ask("events").group_by(*by).sum("amount")),
    }
    noise = OpenDPNoise()
    engines = {"embedded": EmbeddedEngine(scratch=scratch), "Spark": SparkEngine(spark)}
    for what, floor in floors.items():
        found, wall, cpu = timed(floor, runs)
        truth = {(row[0], row[1]): float(row[2]) for row in found}
        rows.append({"system": "plain Spark", "what": what, "wall": wall, "cpu": cpu, "error": 0.0})
        for (name, engine), (layout, table) in itertools.product(engines.items(), tables.items()):

            def ours(engine: Engine[TableRef] = engine, table: TableRef = table, plan: Plan = asked[what]) -> Answer:
                return answer_question(plan, {"events": table}, engine=engine, noise=noise, delta=DELTA)

            answer, wall, cpu = timed(ours, runs)
            system = f"datalab {name}, {layout}"
            rows.append({"system": system, "what": what, "wall": wall, "cpu": cpu, "error": error(answer, truth)})
    return rows


def measure_tumult(python: Path, plain: Path, runs: int, budget: str) -> list[dict[str, Any]]:
    """Run Tumult's half in its own environment and return its figures."""
    script = Path(__file__).parent / "peers" / "tumult_grouped.py"
    stated = {
        "path": str(plain), "runs": runs, "rho": float(RHO), "rows_per_unit": ROWS_PER_UNIT, "top": TOP,
        "regions": REGIONS, "months": MONTHS, "budget": budget, "epsilon": EPSILON,
    }  # fmt: skip
    # Executors must start the same interpreter, or they lack its packages.
    environment = os.environ | {"PYSPARK_PYTHON": str(python), "PYSPARK_DRIVER_PYTHON": str(python)}
    done = subprocess.run(
        [str(python), str(script)],
        input=json.dumps(stated), text=True, stdout=subprocess.PIPE, env=environment, check=True,
    )  # fmt: skip
    figures: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return figures


def report(rows: list[dict[str, Any]]) -> None:
    """Print the figures; ratios are to the lab's answer on the embedded engine with the person layout."""
    base = {row["what"]: row for row in rows if row["system"] == "datalab embedded, person layout"}
    print(f"{'system':34} {'what':6} {'wall s':>8} {'ratio':>6} {'CPU s':>8} {'ratio':>6} {'error':>12}")
    for row in rows:
        ours = base[row["what"]]
        wall, cpu = row["wall"] / ours["wall"], row["cpu"] / max(ours["cpu"], 1e-9)
        print(
            f"{row['system']:34} {row['what']:6} {row['wall']:8.2f} {wall:6.2f} {row['cpu']:8.2f} {cpu:6.2f} "
            f"{row['error']:12.1f}"
        )


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, required=True, help="where the made-up rows are kept between runs")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--buckets", type=int, default=4)
    parser.add_argument("--tumult-python", type=Path, help="interpreter of an environment with tmlt.analytics 0.21")
    parser.add_argument("--tumult-budget", choices=("pure", "rho"), default="pure")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    chosen = parser.parse_args()
    chosen.folder = chosen.folder.resolve()
    plain = chosen.folder / f"events-{chosen.rows}"
    laid = chosen.folder / f"events-{chosen.rows}-by-person-{chosen.buckets}"
    if not plain.is_dir():
        generate(plain, chosen.rows)
    spark = open_session("benchmark", scratch=chosen.folder, master="local[2]", memory="4g", shuffle_partitions=4)
    if not laid.is_dir():
        print(f"layout by person written once in {lay_out(spark, plain, laid, chosen.buckets):.1f} s")
    tables = {
        "no layout": TableRef(path=plain, buckets=0, schema=SCHEMA),
        "person layout": TableRef(path=laid, buckets=chosen.buckets, schema=SCHEMA),
    }
    rows = measure(spark, tables, chosen.runs, chosen.folder)
    spark.stop()
    if chosen.tumult_python:
        rows += measure_tumult(chosen.tumult_python, plain, chosen.runs, chosen.tumult_budget)
    load = os.getloadavg()[0]
    print(f"{chosen.rows} rows, 720 cells, R={ROWS_PER_UNIT}, cap={ROWS_PER_CELL}, rho={float(RHO)}, load {load:.1f}")
    report(rows)
    if chosen.json:
        chosen.json.write_text(json.dumps({"rows": chosen.rows, "load": load, "figures": rows}, indent=1))


if __name__ == "__main__":
    main()
