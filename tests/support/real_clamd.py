"""ClamAV's own daemon for the length of a block, with a database of one signature, so that nothing is downloaded."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fake_clamd import EICAR

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin") or ""
SIGNATURE = "Test.File.Eicar"
LONGEST = 1 << 20
"""StreamMaxLength: bytes that it scans."""
PATIENCE = 120.0


@contextmanager
def real_clamd(folder: Path) -> Iterator[Path]:
    """Start it, and yield its socket once it answers.

    Args:
        folder: a new folder for its database, socket and log; short, for a socket's name has at most 107 bytes.
    """
    database = folder / "database"
    database.mkdir(parents=True)
    # name : kind of file (0: any) : where (*: anywhere) : the bytes, as ClamAV's manual of signatures writes them
    (database / "one.ndb").write_text(f"{SIGNATURE}:0:*:{EICAR.hex()}\n")
    listening = folder / "clamd.ctl"
    settings = {
        "DatabaseDirectory": database,
        "LocalSocket": listening,
        "LogFile": folder / "log",
        "TemporaryDirectory": folder,
        "StreamMaxLength": LONGEST,
        "MaxThreads": 2,
        "Foreground": "yes",
        "User": pwd.getpwuid(os.geteuid()).pw_name,
    }
    (folder / "clamd.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    process = subprocess.Popen(
        [CLAMD, "--config-file", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(listening, process, folder / "log")
        yield listening
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_for(listening: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text() if log.exists() else "clamd ended before it wrote a log"
        with socket.socket(socket.AF_UNIX) as one:
            if one.connect_ex(str(listening)) == 0:
                one.sendall(b"zPING\0")
                if one.recv(16) == b"PONG\0":
                    return
        time.sleep(0.1)
    raise TimeoutError(log.read_text())
