"""What a process holds in sockets and pipes is counted, once for all that hold it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from infra.enclave.limits.unmapped import buffered

MIB = 1 << 20
FILL = """
import socket
kept = []
for _ in range(COUNT):
    one, other = socket.socketpair(socket.AF_UNIX, KIND)
    one.setblocking(False)
    kept += [one, other]
    try:
        while True: one.send(bytes(4096))
    except BlockingIOError: pass
    if CLOSE: one.close()
"""
PIPES = """
import os
kept = []
for _ in range(8):
    kept += os.pipe()
    os.set_blocking(kept[-1], False)
    assert os.write(kept[-1], b"x")
"""
REST = "\nprint('made', flush=True)\nimport sys; sys.stdin.read()"


@contextmanager
def holding(code: str) -> Iterator[int]:
    """Run Python that makes something and keeps it; yield its number."""
    with subprocess.Popen(
        [sys.executable, "-c", code + REST], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "made\n"
        yield process.pid
        process.communicate()


@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_SEQPACKET", "SOCK_DGRAM"])
@pytest.mark.parametrize("close", [False, True])
def test_what_waits_in_sockets_is_counted(kind: str, *, close: bool) -> None:
    """Data that were sent and not read count for who holds the sockets, whether or not the sender has closed."""
    code = FILL.replace("KIND", f"socket.{kind}").replace("CLOSE", str(close))
    with holding(code.replace("COUNT", "0")) as idle, holding(code.replace("COUNT", "40")) as full:
        counted = buffered([idle, full])

    assert counted[idle] < MIB
    assert counted[full] > (MIB if kind == "SOCK_DGRAM" else 2 * MIB)


def test_a_pipe_counts_whole_once_something_is_in_it() -> None:
    """A pipe with a byte in it counts as all its pages, for each page may hold one byte."""
    with holding(PIPES) as process:
        assert buffered([process])[process] >= 8 * 65536


def test_what_two_processes_hold_counts_once() -> None:
    """A socket that a process shares with its child counts for the first alone."""
    one, other = socket.socketpair()
    one.send(bytes(50_000))
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    try:
        counted = buffered([os.getpid(), child])
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        one.close()
        other.close()

    assert counted[os.getpid()] >= 50_000
    assert counted[child] == 0


def test_a_process_that_has_ended_holds_nothing() -> None:
    """A number of no process counts nothing."""
    assert buffered([2**22 + 1]) == {2**22 + 1: 0}
