"""Memory of the embedded engine: little for one dataset however many units, all there is where that is not enough."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from offence_tables import SCHEMAS, Row, offence, plan_of, question, ref, write
from pyarrow import parquet

from datalab.engine.embedded import memory
from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.reference import ReferenceEngine
from datalab.errors import InternalError
from datalab.privacy.table import TableRef
from datalab.query.model import Join, Keep

PEAK = """
import pickle, sys
from pathlib import Path
from datalab.engine.embedded import memory
from datalab.engine.embedded.engine import EmbeddedEngine

def mebibytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) // 1024

memory.A_THREAD = int(sys.argv[3])
plan, tables = pickle.loads(Path(sys.argv[1]).read_bytes())
before = mebibytes("VmRSS:")
Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
cells = EmbeddedEngine(scratch=Path(sys.argv[2]), threads=1).cells(plan, tables)
print(sum(cells.vectors["rows"]), mebibytes("VmHWM:") - before)
"""
"""Answers a question in a process of its own, and tells by how many MiB its memory rose."""


@pytest.mark.parametrize(
    ("most", "threads", "joined", "limits"),
    [
        ("2GB", 2, False, ("384MB", "2GB")),
        ("2GB", 1, False, ("192MB", "2GB")),
        ("1.5 GB", 2, False, ("384MB", "1.5 GB")),
        ("2GB", 2, True, ("2GB",)),
        ("2GB", 16, False, ("2GB",)),
        ("200MB", 2, False, ("200MB",)),
        ("1GiB", 2, False, ("1GiB",)),
    ],
)
def test_a_question_over_one_dataset_gets_little(
    most: str, threads: int, limits: tuple[str, ...], *, joined: bool
) -> None:
    """192 MB a thread, unless the lab has less; joins, and what is stated in other units, get all there is."""
    joins = (Join(dataset="visits", keep=Keep.ANY),) if joined else ()

    assert memory.memories(most, threads, plan_of(question(joins=joins))) == limits


def test_what_needs_more_than_little_gets_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that DuckDB cannot answer in too little memory is answered in more, and the answer is the same."""
    rows: list[Row] = [offence(f"u{number}", kind=("arson", "theft")[number % 2]) for number in range(3_000)]
    path = write(None, tmp_path, "offences", rows, buckets=0)
    laid = {"offences": TableRef(path=path, buckets=0, schema=SCHEMAS["offences"])}
    plan = plan_of(question(by=[ref("kind")]))
    monkeypatch.setattr(memory, "A_THREAD", 1)

    with pytest.raises(InternalError, match="OutOfMemory"):
        EmbeddedEngine(scratch=tmp_path, memory="1MB", threads=1).cells(plan, laid)

    found = EmbeddedEngine(scratch=tmp_path, threads=1).cells(plan, laid)
    assert found == ReferenceEngine().cells(plan, {"offences": rows})


def test_memory_does_not_grow_with_units(tmp_path: Path) -> None:
    """Over three million units a question holds much less in memory than where it may have all it wants."""
    units, folder, asked, scratch = 3_000_000, tmp_path / "offences", tmp_path / "asked", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()
    columns = {
        "unit_id": pa.array([f"{number:032x}" for number in range(units)]),
        "kind": pa.array(np.array(["arson", "theft"])[np.arange(units) % 2]),
    }
    parquet.write_table(pa.table(columns), folder / "part.parquet")
    plan = plan_of(question(by=[ref("kind")], rows_per_unit=2, rows_per_cell=2))
    laid = {"offences": TableRef(path=folder, buckets=0, schema=SCHEMAS["offences"])}
    asked.write_bytes(pickle.dumps((plan, laid)))

    def rise(a_thread: int) -> int:
        task = [sys.executable, "-c", PEAK, str(asked), str(scratch), str(a_thread)]
        counted, risen = subprocess.run(task, capture_output=True, text=True, check=True).stdout.split()
        assert int(counted) == units
        return int(risen)

    assert rise(memory.A_THREAD) < 0.6 * rise(10**5)
    assert list(scratch.iterdir()) == []
