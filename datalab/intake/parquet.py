"""Reading a Parquet file that somebody brought, in a process that may do little: `python -m datalab.intake.parquet <F`.

A file of 2 MB can say in its footer that it holds 2 MB, and unpack to 20 GB; so it is unpacked, batch by batch, and
counted. The exit status is the answer: 0 good, 3 not Parquet, 4 too much.

Readers of Parquet have had faults by which a file ran a program (CVE-2023-47248 in PyArrow). What such a program would
find: no root, no other's file but what everybody may read, no way to start a process, to write to a file or, where the
portal runs as root, to reach any network.
"""

from __future__ import annotations

import ctypes
import io
import os
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
NOBODY = 65534
"""Linux's user and group without files of their own (Linux Standard Base, 23.2)."""
NEW_NETWORK = 0x40000000
"""`CLONE_NEWNET` of unshare(2)."""
NO_NEW_PRIVILEGES, DUMPABLE = 38, 4
"""`PR_SET_NO_NEW_PRIVS` and `PR_SET_DUMPABLE` of prctl(2)."""
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
            content.seek(0)
            try:
                status = subprocess.run(
                    [sys.executable, "-m", "datalab.intake.parquet"],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    stdin=content,
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


def leave_network() -> None:
    """Take this process, which has one thread yet, out of every network; a container's root may not, and stays."""
    if os.geteuid() == 0:
        _libc().unshare(NEW_NETWORK)
    _libc().prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def give_up_rights() -> None:
    """Let this process compute with the threads it has and read what it has open.

    Raises:
        OSError: if root cannot be given up.
    """
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    _libc().prctl(DUMPABLE, 0, 0, 0, 0)  # another reader of the same user does not look into this one
    for limit in (resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(limit, (0, 0))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def read(source: object) -> int:
    """Unpack a whole file, batch by batch; return the exit status.

    Args:
        source: what PyArrow reads: a path, or a file that is open.
    """
    from pyarrow import parquet  # noqa: PLC0415 - in the reading process alone, after its limits

    try:
        reader = parquet.ParquetFile(source)
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


def main() -> int:
    """Read the file that is the standard input; return the exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    leave_network()
    import pyarrow as pa  # noqa: PLC0415 - after the limits, and before the rights to read it go
    from pyarrow import parquet  # noqa: PLC0415

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    ours = pa.BufferOutputStream()
    parquet.write_table(pa.table({"n": [1]}), ours)
    read(pa.PythonFile(io.BytesIO(ours.getvalue()), mode="r"))  # PyArrow starts its thread: later it may start none
    give_up_rights()
    return read(pa.PythonFile(os.fdopen(0, "rb", buffering=0), mode="r"))


if __name__ == "__main__":
    sys.exit(main())
