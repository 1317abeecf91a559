"""Reading a Parquet file that somebody brought, in a process that may use little: `python -m datalab.intake.parquet F`.

A file of 2 MB can say in its footer that it holds 2 MB, and unpack to 20 GB; so it is unpacked, batch by batch, and
counted. The exit status is the answer: 0 good, 3 not Parquet, 4 too much.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from datalab.errors import UploadError

MOST = 2 << 30
"""Bytes that a file may unpack to."""
MEMORY = 3 << 30
"""Address space of the reading process."""
SECONDS = 120
BATCH = 4096
"""Rows at a time."""
COLUMNS = 2000
NOT_PARQUET, TOO_MUCH = 3, 4
MAGIC = b"PAR1"
"""First and last four bytes of the file (Apache Parquet format, File format)."""


def check_parquet(file: Path) -> None:
    """Check that a file is Parquet and unpacks to a reasonable size.

    Raises:
        UploadError: if not.
    """
    with file.open("rb") as content:
        first = content.read(4)
        content.seek(max(0, file.stat().st_size - 4))
        last = content.read(4)
    status = NOT_PARQUET
    if first == last == MAGIC:
        try:
            status = subprocess.run(  # noqa: S603 - our own module
                [sys.executable, "-m", "datalab.intake.parquet", str(file.resolve())],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
                env=_environment(),
                cwd="/",
                timeout=2 * SECONDS,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            status = TOO_MUCH
    if status == NOT_PARQUET:
        raise UploadError(
            "That file is not Parquet that can be read.",
            why="Its name says Parquet, and its content does not.",
            remedy="Write it again, or give it the ending of what it is.",
        )
    if status:
        raise UploadError(
            "That Parquet file unpacks to too much.",
            why=f"More than {MOST >> 30} GiB, {COLUMNS} columns, or the memory and time that reading it may take.",
            remedy="Split it.",
        )


def _environment() -> dict[str, str]:
    """Return where our modules are, and nothing else of this process's own: the portal's token stands there."""
    return {"PYTHONPATH": str(Path(__file__).parents[2]), "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"}


def main(file: Path) -> int:
    """Read a whole file; return the exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    import pyarrow as pa  # noqa: PLC0415 - in this process alone, after its limits
    from pyarrow import parquet  # noqa: PLC0415

    pa.set_cpu_count(1)
    try:
        reader = parquet.ParquetFile(file)
        if len(reader.schema_arrow) > COLUMNS:
            return TOO_MUCH
        size = 0
        for batch in reader.iter_batches(batch_size=BATCH, use_threads=False):
            size += batch.nbytes
            if size > MOST:
                return TOO_MUCH
    except MemoryError:
        return TOO_MUCH
    except Exception:  # noqa: BLE001 - the file is a stranger's: whatever it provokes, it is not taken
        return NOT_PARQUET
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
