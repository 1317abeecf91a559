"""De-identification of many notes on Spark: how fast, in how much memory, and that it goes on where it was killed.

    python benchmarks/deidentify/scale.py --folder .make/scale [--notes 1000000] [--workers 2]
    PYTHONPATH=tests/support python benchmarks/deidentify/scale.py --folder .make/scale --notes 10000 40000 --cluster

Case notes of the sample county (`county_notes`) are treated part by part as ingest does it, with the county's own
contract: free text redacted with what each row knows, match keys hashed, dates coarsened. Kill it, start it again with
the same words, and it goes on. Every look goes to `<folder>/<name>/looks.jsonl`; when all notes are done a line is
printed: notes, characters a note, attempts, wall and CPU seconds, notes a CPU second by fifths of the run, memory by
fifths of it. With `--so-far` nothing is treated, and the line is of what was done.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from county_notes import notes_contract, write_notes
from process_tree import ProcessTree
from rich.console import Console

from anonymise.keys.keyring import KeyRing
from anonymise.spark.parts import part_count
from datalab.jobs import Progress
from datalab.settings import Settings
from ingest.sealed.parts import SealedParts
from ingest.spark.session import IngestSession
from ingest.spark.treating import Treater
from ingest.spark.typing import type_rows

SIZES = (10_000, 50_000, 200_000, 1_000_000)
KEY = bytes(range(32))
FIFTHS = 5
EVERY = 10.0
"""Seconds between looks that are written down."""


def main() -> None:
    """Run each size, and print a line of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="keeps notes, parts and looks")
    parser.add_argument("--notes", type=int, nargs="+", default=list(SIZES), help="sizes, one after another")
    parser.add_argument("--workers", type=int, default=2, help="Python workers of one machine")
    parser.add_argument(
        "--cluster", action="store_true", help="a standalone cluster of two workers on loopback instead"
    )
    parser.add_argument("--so-far", action="store_true", help="say what was done, and do nothing")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    name = "cluster" if chosen.cluster else f"local-{chosen.workers}"
    if chosen.so_far:
        for notes in chosen.notes:
            print(ScaleRun(chosen.folder, notes, name).summary())
        return
    with TemporaryDirectory(dir=chosen.folder) as scratch, _spark(Path(scratch), chosen) as session:
        for notes in chosen.notes:
            run = ScaleRun(chosen.folder, notes, name)
            run.go_on(session)
            print(run.summary(), flush=True)


@contextmanager
def _spark(scratch: Path, chosen: argparse.Namespace) -> Iterator[IngestSession]:
    """Start workers below this process, or a cluster and a session of it, and end them."""
    with ExitStack() as stack:
        master, memory = f"local[{chosen.workers}]", "1g"
        if chosen.cluster:
            from spark_cluster import WORKER_MEMORY, spark_cluster  # noqa: PLC0415 - in tests/support

            (scratch / "cluster").mkdir()
            cluster = stack.enter_context(spark_cluster(scratch / "cluster"))
            os.environ.update(cluster.environ)
            master, memory = cluster.master, WORKER_MEMORY
        settings = Settings(home=scratch, spark_master=master, spark_memory=memory)
        session = IngestSession(settings=settings, folder=scratch)
        stack.callback(session.stop)
        yield session


class ScaleRun:
    """One size on one kind of machine."""

    def __init__(self, folder: Path, notes: int, name: str) -> None:
        self._notes = notes
        self._cells = folder.resolve() / f"notes-{notes}.parquet"
        self._place = (folder / f"{name}-{notes}").resolve()  # a cluster's workers stand elsewhere
        self._looks = self._place / "looks.jsonl"
        self._tree = ProcessTree(os.getpid())
        self._said = 0.0

    def go_on(self, session: IngestSession) -> None:
        """Treat what is left."""
        if not self._cells.exists():
            _say(f"Writing {self._notes:,} notes.")
            write_notes(self._cells, self._notes)
        self._place.mkdir(exist_ok=True)
        if not (self._place / "treated").exists():
            self._treat(session)

    def _treat(self, session: IngestSession) -> None:
        contract = notes_contract()
        ring = KeyRing(
            {"unit-ref": (1, KEY), "linkage": (1, KEY)}, folder=None
        )  # another run goes on: a key that stays
        treater = Treater.of(contract, ring, extract_id="scale", spacy_model=Settings(home=self._place).spacy_model)
        count = part_count(self._notes)
        parts = SealedParts.open(self._place / "parts", stated=treater.version(str(self._notes)), count=count, key=KEY)
        found = len(parts.done())
        _say(f"{self._notes:,} notes in {count} parts, of which {found} were done before.")
        shutil.rmtree(self._place / "treated.part", ignore_errors=True)  # of one that was killed while it unsealed
        spark = session.spark  # its start is not timed
        began = time.monotonic()
        self._note("began", done=sum(one.texts for one in parts.done().values()), parts=found)
        treater.write_parts(
            lambda: type_rows(spark.read.parquet(str(self._cells)), contract.columns),
            parts,
            self._place / "treated.part",
            self._report,
            rows=self._notes,
        )
        self._note("ended", done=self._notes, seconds=round(time.monotonic() - began, 1))
        (self._place / "treated.part").rename(self._place / "treated")

    def _report(self, progress: Progress) -> None:
        if progress.seconds - self._said < EVERY and progress.done < progress.of:
            return
        self._said = progress.seconds
        seen = self._note("look", done=progress.done, seconds=round(progress.seconds, 1))
        _say(f"{progress}; a worker holds {seen['worker_mib']} MiB, load {seen['load']:.1f}")

    def _note(self, what: str, **said: float) -> dict[str, Any]:
        found = {"what": what, **said, **self._tree.look(), "load": os.getloadavg()[0]}
        with self._looks.open("a") as file:
            file.write(json.dumps(found) + "\n")
        return found

    def summary(self) -> str:
        """Say what it took, all attempts together."""
        looks = [json.loads(line) for line in self._looks.read_text().splitlines()]
        attempts = _attempts(looks)
        seconds = sum(attempt[-1]["seconds"] for attempt in attempts)
        timed = sum(attempt[-1]["done"] - attempt[0]["done"] for attempt in attempts)
        cpu = sum(attempt[-1]["worker_cpu"] for attempt in attempts)
        length = pc.mean(pc.utf8_length(pq.read_table(self._cells, columns=["case_note"]).column(0))).as_py()
        loads = sorted(look["load"] for look in looks)
        done, java = attempts[-1][-1]["done"], max(look["java_mib"] for look in looks)
        return (
            f"{done:,} of {self._notes:,} notes of {length:.0f} characters: {len(attempts)} attempts, "
            f"{seconds:,.0f} s wall, {cpu:,.0f} s CPU of workers, {timed / seconds:,.0f} notes a second; "
            f"a CPU second {timed / cpu:,.0f} notes, {timed * length / cpu:,.0f} characters, "
            f"by fifths {_by_fifths(attempts)} notes; largest worker by fifths {_memory(looks)} MiB, Java {java} MiB; "
            f"load {loads[0]:.1f} to {loads[-1]:.1f}"
        )


def _attempts(looks: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Part what was seen by attempt; one that was killed ends with its last look."""
    found: list[list[dict[str, Any]]] = []
    for look in looks:
        if look["what"] == "began":
            found.append([])
        found[-1].append({"seconds": 0.0, **look})
    return found


def _by_fifths(attempts: list[list[dict[str, Any]]]) -> str:
    """Return notes a CPU second of each fifth of the looks."""
    steps = [
        (after["done"] - before["done"], after["worker_cpu"] - before["worker_cpu"])
        for attempt in attempts
        for before, after in pairwise(attempt)
    ]
    return " ".join(
        f"{sum(done for done, _ in some) / max(sum(took for _, took in some), 1e-9):,.0f}" for some in _cut(steps)
    )


def _memory(looks: list[dict[str, Any]]) -> str:
    return " ".join(str(max(look["worker_mib"] for look in some)) for some in _cut(looks))


def _cut(some: list[Any]) -> list[list[Any]]:
    fifths = min(FIFTHS, len(some))
    edges = [len(some) * place // fifths for place in range(fifths + 1)]
    return [some[start:end] for start, end in pairwise(edges)]


def _say(text: str) -> None:
    Console(file=sys.stderr, highlight=False, soft_wrap=True).print(f"{time.strftime('%H:%M:%S')} {text}", markup=False)


if __name__ == "__main__":
    main()
