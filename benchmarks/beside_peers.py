"""The lab's answers beside plain Spark and beside peers: seconds, memory, and error on the same made-up rows.

    python benchmarks/beside_peers.py --rows 1000000 --folder .make/benchmark [--peers .make] [--results FILE]

About 13 rows a person, regions by Zipf, 30 regions x 24 months = 720 cells. Every system answers a question once to
warm up and then `--runs` times, a fresh question each; the figures are medians of wall and CPU seconds of the whole
process tree, its peak memory, and the mean |answer - truth| over cells, noise and bounds together
(a figure that is not stated counts as 0). Peers pin packages
of their own: each runs in its own environment and process, on the same files, in the same run. The lab spends rho
0.0244 (epsilon 1 at delta 1e-6); the others pure epsilon 1, where their error is least for that price, and epsilon 1
with delta 1e-6 for unlisted values; a peer that has zCDP is asked under the lab's own budget as well. Each keeps 36
rows a person, or `--rows-per-unit`. What one cannot be asked is said with the reason. With `--of N` the same budget has
to last for N questions, as a study's does: each side spends an equal part on one.
The embedded engine answers each question twice over: opened anew, and as one that has kept the coded rows of the
question before ("asked again": other budget, same columns).
Results are lines of JSON; `results_table.py` makes a table of them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from events import KINDS, REGIONS, TOP, Made, generate, lay_out
from peers.measure import Values, measured
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention
from questions import (
    BAND_LABELS,
    BANDS,
    CELLS,
    LARGE,
    LEVEL,
    MOST,
    QUESTIONS,
    WITHIN,
    Bounds,
    figures,
    truths,
)
from results_table import table

from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.noise import OpenDPNoise
from datalab.engine.spark.engine import SparkEngine
from datalab.engine.spark.session import open_session
from datalab.governance.policy import Policy
from datalab.privacy.answer import answer_question
from datalab.privacy.compile import compile_question
from datalab.privacy.plan import Engine
from datalab.privacy.table import TableRef

PEERS = ("tumult", "opendp", "smartnoise")
MEMORY = "4g"
Asked = Callable[[int], Values]


def ours(
    opened: Callable[[], Engine[TableRef]], made: Made, bounds: Bounds, name: str, tables: Mapping[str, TableRef]
) -> Asked:
    """Return the lab's way to answer a question: compiled, counted, noised and dressed anew each time.

    Args:
        opened: gives the engine of each question: one for all, which may keep rows between them, or a new one each.
        made: the made-up rows.
        bounds: what is spent, and how a person is bounded.
        name: which question.
        tables: where the rows lie.

    Raises:
        AttributeError: if the builder has no word for it.
    """
    bounds.spend(name, 0)
    noise = OpenDPNoise()

    def ask(number: int) -> Values:
        plan = compile_question(bounds.spend(name, number), made.schemas(), Policy())
        read = {source.dataset: tables[source.dataset] for source in plan.sources}
        return figures(answer_question(plan, read, engine=opened(), noise=noise, delta=bounds.delta))

    return ask


def floors(spark: SparkSession, made: Made) -> dict[str, Asked]:
    """Return plain Spark's aggregates on the rows as they come, without any privacy.

    Each is made anew whenever it is asked: a frame that is collected twice keeps what it shuffled.
    """
    rows, visits = (spark.read.parquet(str(made.plain(dataset))) for dataset in ("events", "visits"))
    large = F.col("amount") >= LARGE
    figure = {
        "count": F.count("*"),
        "sum": F.sum("amount"),
        "mean": F.avg("amount"),
        "variance": F.var_pop("amount"),
        "deviation": F.stddev_pop("amount"),
        "median": F.median("amount"),
        "units": F.countDistinct("unit_id"),
        "share": F.avg(large.cast("int")),
        "rate": F.sum("amount") / F.countDistinct("unit_id"),
    }
    band = F.lit(BAND_LABELS[0])
    for edge, label in zip(BANDS, BAND_LABELS[1:], strict=True):
        band = F.when(F.col("amount") >= edge, label).otherwise(band)
    period = F.concat(F.year("happened"), F.lit("-Q"), F.quarter("happened"))
    soon = F.datediff("seen", "happened").between(0, WITHIN)
    person = Window.partitionBy("unit_id").orderBy(F.unix_date("happened")).rangeBetween(0, WITHIN)
    level = F.percentile("count", float(LEVEL))
    frames: dict[str, Callable[[], DataFrame]] = {
        **{name: partial(lambda column: rows.groupBy(*CELLS).agg(column), column) for name, column in figure.items()},
        "histogram": lambda: rows.groupBy(band).count(),
        "most_frequent": lambda: rows.groupBy("region").count().orderBy(F.desc("count")).limit(MOST),
        "unit_rows": lambda: rows.groupBy("unit_id").count().agg(F.first(F.lit("")), level),
        "filtered": lambda: rows.where(large).groupBy(*CELLS).count(),
        "derived": lambda: rows.groupBy("region", period).count(),
        "join": lambda: rows.join(visits, "unit_id").groupBy("kind").count(),
        "window_join": lambda: rows.join(visits, "unit_id").where(soon).groupBy("kind").count(),
        "repeat": lambda: rows.withColumn("near", F.count("*").over(person)).where("near > 1").groupBy(*CELLS).count(),
    }
    return {
        name: lambda _, frame=frame: {"|".join(row[:-1]): float(row[-1]) for row in frame().collect()}
        for name, frame in frames.items()
    }


def measure_lab(made: Made, bounds: Bounds, chosen: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Measure plain Spark and both engines of the lab, each on each layout."""
    raw = truths(made, tuple(chosen.questions))
    spark = open_session("benchmark", scratch=made.folder, master=chosen.master, memory=MEMORY)
    if not made.laid("visits").is_dir():
        yield {"system": "layout by person", "question": "written once", "wall": lay_out(spark, made)}
    plain = floors(spark, made)
    on_spark, keeping = SparkEngine(spark), EmbeddedEngine(scratch=made.folder)
    engines: dict[str, Callable[[], Engine[TableRef]]] = {
        "embedded": lambda: EmbeddedEngine(scratch=made.folder),
        "embedded, asked again": lambda: keeping,
        "Spark": lambda: on_spark,
    }
    layouts = {"person layout": True, "no layout": False} if chosen.no_layout else {"person layout": True}
    for name in chosen.questions:
        if name in plain:
            yield {"system": "plain Spark", "question": name, **measured(plain[name], raw[name], chosen.runs)}
        for engine_name, opened in engines.items():
            for layout, laid in layouts.items():
                result = {"system": f"datalab {engine_name}, {layout}", "question": name}
                try:
                    asked = ours(opened, made, bounds, name, made.tables(laid=laid))
                    yield result | measured(asked, raw[name], chosen.runs)
                except AttributeError as missing:
                    yield result | {"cannot": f"the builder has no {missing.name}"}
    spark.stop()


def measure_peer(peer: str, made: Made, bounds: Bounds, chosen: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Run one peer in its own environment and give its results as they come."""
    truth = made.folder / f"truth-{made.name}.json"
    truth.write_text(json.dumps(truths(made, tuple(chosen.questions))))
    task = {
        "events": str(made.plain("events")), "visits": str(made.plain("visits")), "truth": str(truth),
        "scratch": str(made.folder / peer), "memory": MEMORY, "runs": chosen.runs, "questions": chosen.questions,
        "rho": float(bounds.rho), "epsilon": bounds.epsilon, "delta": float(bounds.delta),
        "rows_per_unit": bounds.rows_per_unit, "top": TOP,
        "regions": REGIONS, "months": made.month_labels, "kinds": KINDS, "quarters": made.quarter_labels,
        "quarter_edges": [first.isoformat() for first in made.firsts if first.month % 3 == 1],
        "large": LARGE, "bands": BANDS, "band_labels": BAND_LABELS, "most": MOST, "level": float(LEVEL),
        "within": WITHIN,
    }  # fmt: skip
    python = str((chosen.peers / peer / "bin" / "python").absolute())
    script = Path(__file__).resolve().parent / "peers" / f"{peer}_questions.py"
    # Executors must start the same interpreter, or they lack its packages; and it must find none of the lab's.
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "SPARK_HOME")}
    environment |= {"PYSPARK_PYTHON": python, "PYSPARK_DRIVER_PYTHON": python, "SPARK_LOCAL_IP": "127.0.0.1"}
    scratch = made.folder / peer
    scratch.mkdir(exist_ok=True)
    with subprocess.Popen(
        [python, str(script)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=(scratch / "log").open("w"), text=True, env=environment,
        cwd=scratch,
    ) as process:  # fmt: skip
        if process.stdin is None or process.stdout is None:
            raise AssertionError(peer)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(task))
            process.stdin.close()
        for line in process.stdout:
            if line.startswith("{"):
                yield json.loads(line)
    if process.returncode:
        yield {"system": peer, "question": "all", "cannot": f"ended with {process.returncode}; see {scratch / 'log'}"}


def keep(result: Mapping[str, Any], made: Made, file: TextIO, results: list[dict[str, Any]]) -> None:
    """Keep one result, with what it was measured on."""
    whole = dict(result) | {"rows": made.rows + made.heavy, "load": round(os.getloadavg()[0], 1)}
    results.append(whole)
    file.write(json.dumps(whole) + "\n")
    file.flush()


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--heavy", type=int, default=0, help="rows of one more person, such as 1000000")
    parser.add_argument("--rows-per-cell", type=int, default=3, help="the lab's second bound, where cells are many")
    parser.add_argument("--rows-per-unit", type=int, default=36, help="R; the people have 13 rows each on average")
    parser.add_argument("--of", type=int, default=1, help="so many questions share the budget, such as 20")
    parser.add_argument("--folder", type=Path, required=True, help="where the made-up rows are kept between runs")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--questions", nargs="+", choices=tuple(QUESTIONS), default=list(QUESTIONS))
    parser.add_argument("--master", default="local[2]", help="Spark master of the lab's half")
    parser.add_argument("--no-layout", action="store_true", help="the lab also on rows in no order")
    parser.add_argument("--skip-lab", action="store_true")
    parser.add_argument("--peers", type=Path, help="folder with an environment each: " + ", ".join(PEERS))
    parser.add_argument("--only", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--results", type=Path, help="file of JSON lines; by default in the folder")
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    made = Made(folder=folder, rows=chosen.rows, months=chosen.months, heavy=chosen.heavy)
    bounds = Bounds(rows_per_unit=chosen.rows_per_unit, rows_per_cell=chosen.rows_per_cell, of=chosen.of)
    if not made.plain("visits").is_dir():
        generate(made)
    results: list[dict[str, Any]] = []
    with (chosen.results or folder / f"results-{made.name}.jsonl").open("w") as file:
        if not chosen.skip_lab:
            for result in measure_lab(made, bounds, chosen):
                keep(result, made, file, results)
        for peer in chosen.only if chosen.peers else ():
            for result in measure_peer(peer, made, bounds, chosen):
                keep(result, made, file, results)
    print(table(results))


if __name__ == "__main__":
    main()
