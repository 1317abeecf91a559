"""Whoever reaches the lab door cannot fill the memory of its process, which no control group holds."""

from __future__ import annotations

import contextlib
import socket
import time
from pathlib import Path

import pytest
from sandboxes import MIB, House, running

pytestmark = pytest.mark.enclave
MANY = 500
PIECE = bytes(1 << 16)


def test_open_uploads_do_not_fill_the_hosts_memory(any_house: House) -> None:
    """Hundreds of notebooks that are never sent whole are held by number and refused beyond it; the lab goes on."""
    with running(any_house, any_house.serving()) as lab, contextlib.ExitStack() as stack:
        before = most_held(lab.process.pid)
        head = f"PUT {lab.specification.prefix}api/contents/a.ipynb HTTP/1.1\r\nHost: lab\r\nContent-Type: "
        head += "application/json\r\nContent-Length: 16000000\r\n\r\n"
        opened = []
        for _ in range(MANY):
            one = stack.enter_context(socket.socket())
            one.settimeout(5)
            with contextlib.suppress(OSError):
                one.connect(("127.0.0.1", lab.specification.port))
                one.sendall(head.encode())
                one.settimeout(0)
                opened.append(one)
        for _ in range(16 * MIB // len(PIECE) - 20):
            for one in opened:
                with contextlib.suppress(OSError):
                    one.send(PIECE)
        time.sleep(1)
        refused = 0
        for one in opened:
            with contextlib.suppress(OSError):
                refused += one.recv(12) == b"HTTP/1.1 503"
        grown = most_held(lab.process.pid) - before
        stack.close()
        status, until = 503, time.monotonic() + 20
        while status != 200 and time.monotonic() < until:
            time.sleep(0.5)
            status = lab.request("GET", "api/me")[0]

    assert grown < 300 * MIB, f"{grown:,} bytes"
    assert refused + MANY - len(opened) > 100
    assert status == 200


def most_held(process: int) -> int:
    """Bytes of memory that a process of the host had at its largest."""
    status = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) * 1024
