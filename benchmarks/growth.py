"""How time and memory grow with the rows: count, sum and median on both engines, each figure from a process of its own.

    python benchmarks/growth.py --folder .make/growth [--rows 1000000 5000000 20000000 50000000] [--chart FILE]

Tables lie as views do, bucketed and sorted by person; 30 regions x 24 months, at most 36 rows a person and 3 a cell,
both engines with the memory that the lab gives them. Each process warms up on a million rows, and then asks `--runs`
questions of an engine that keeps nothing from the one before; it says the medians of wall and CPU seconds, the peak of
what the process tree holds in memory (with the interpreter, Java and the files' pages that are mapped), and the mean
distance from the raw truth. `--heavy` adds one person with so many rows to the smallest table, as a table of its own.
Results are lines of JSON; a table is printed, and the chart is an SVG picture.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from events import Made
from growth_chart import chart
from peers.measure import measured
from person_layout import write_by_person
from questions import QUESTIONS, Bounds, figures, truths

from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.noise import OpenDPNoise
from datalab.engine.spark.engine import SparkEngine
from datalab.engine.spark.session import open_session
from datalab.governance.policy import Policy
from datalab.privacy.answer import answer_question
from datalab.privacy.compile import compile_question
from datalab.privacy.plan import Engine
from datalab.privacy.table import TableRef

ENGINES = ("embedded", "Spark")
CELLS = 720
WARM_ROWS = 1_000_000
"""Rows that a process is warmed up on."""
HEAD = (
    "| question | engine | rows | wall s | CPU s | CPU s a million rows | peak MB | error |\n"
    "|---|---|---|---|---|---|---|---|"
)


def measure(made: Made, engine: str, question: str, runs: int, master: str) -> dict[str, Any]:
    """Measure one question on one engine in this process."""
    bounds, noise = Bounds(), OpenDPNoise()
    tables = [table.tables(laid=True)["events"] for table in (Made(folder=made.folder, rows=WARM_ROWS), made)]
    scratch = made.folder / "scratch"
    scratch.mkdir(exist_ok=True)
    on_spark = SparkEngine(open_session("growth", scratch=scratch, master=master)) if engine == "Spark" else None

    def ask(number: int) -> dict[str, float | None]:
        plan = compile_question(bounds.spend(question, number), made.schemas(), Policy())
        # An engine of its own: a kept table would make the second question another thing than the first.
        chosen: Engine[TableRef] = on_spark or EmbeddedEngine(scratch=scratch)
        read = {"events": tables[number > 0]}
        return figures(answer_question(plan, read, engine=chosen, noise=noise, delta=bounds.delta))

    truth = json.loads(_truth(made).read_text())[question]
    found = measured(ask, truth, runs)
    if found["cells"] != CELLS:
        raise AssertionError(found["cells"])
    return {"question": question, "engine": engine, "rows": made.rows + made.heavy, "heavy": made.heavy, **found}


def _truth(made: Made) -> Path:
    return made.folder / f"truth-{made.name}.json"


def prepared(made: Made, questions: Sequence[str]) -> None:
    """Write a table and what its raw rows say, unless they are there."""
    if not made.laid("events").is_dir():
        write_by_person(made)
    if not _truth(made).is_file():
        _truth(made).write_text(json.dumps(truths(made, tuple(questions), laid=True)))


def in_own_process(made: Made, engine: str, question: str, chosen: argparse.Namespace) -> dict[str, Any]:
    """Measure in a process that has done nothing else, so that its peak of memory is this question's."""
    task = ["--one", engine, question, str(made.rows), str(made.heavy), "--runs", str(chosen.runs)]
    task += ["--folder", str(made.folder), "--master", chosen.master]
    done = subprocess.run([sys.executable, __file__, *task], capture_output=True, text=True, check=False)
    last = done.stdout.strip().splitlines()[-1:] or [""]
    if done.returncode or not last[0].startswith("{"):
        failure = done.stderr.strip().splitlines()[-1:] or ["no text"]
        found = {"question": question, "engine": engine, "rows": made.rows + made.heavy, "heavy": made.heavy}
        return found | {"cannot": failure[0][:200]}
    result: dict[str, Any] = json.loads(last[0])
    return result | {"load": round(os.getloadavg()[0], 1)}


def table(results: Iterable[dict[str, Any]]) -> str:
    """Return the results as markdown."""
    return "\n".join([HEAD, *map(_line, results)])


def _line(result: dict[str, Any]) -> str:
    rows = f"{result['rows']:,}" + (f", {result['heavy']:,} of one person" if result["heavy"] else "")
    named = f"| {result['question']} | {result['engine']} | {rows} "
    if "cannot" in result:
        return f"{named}| {result['cannot']} | | | | |"
    a_million = result["cpu"] / result["rows"] * 1e6
    return (
        f"{named}| {result['wall']:.2f} | {result['cpu']:.2f} | {a_million:.2f} | {result['memory']:.0f} "
        f"| {result['error']:.4g} |"
    )


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 5_000_000, 20_000_000, 50_000_000])
    parser.add_argument("--heavy", type=int, default=1_000_000, help="rows of the person who has very many; 0 for none")
    parser.add_argument("--folder", type=Path, required=True, help="where the made-up rows are kept between runs")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--questions", nargs="+", choices=tuple(QUESTIONS), default=["count", "sum", "median"])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--master", default="local[2]", help="Spark master")
    parser.add_argument("--chart", type=Path, help="file of a picture, SVG")
    parser.add_argument("--one", nargs=4, metavar=("ENGINE", "QUESTION", "ROWS", "HEAVY"), help="one, in this process")
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if chosen.one:
        engine, question, rows, heavy = chosen.one
        made = Made(folder=folder, rows=int(rows), heavy=int(heavy))
        print(json.dumps(measure(made, engine, question, chosen.runs, chosen.master)))
        return
    sizes = [Made(folder=folder, rows=rows) for rows in chosen.rows]
    sizes += [Made(folder=folder, rows=min(chosen.rows), heavy=chosen.heavy)] if chosen.heavy else []
    results: list[dict[str, Any]] = []
    for made in (Made(folder=folder, rows=WARM_ROWS), *sizes):
        prepared(made, chosen.questions)
    with (folder / "results.jsonl").open("w") as file:
        for engine in chosen.engines:
            for question in chosen.questions:
                for made in sizes:
                    results.append(in_own_process(made, engine, question, chosen))
                    file.write(json.dumps(results[-1]) + "\n")
                    file.flush()
    print(table(results))
    if chosen.chart:
        chosen.chart.write_text(chart(results))


if __name__ == "__main__":
    main()
