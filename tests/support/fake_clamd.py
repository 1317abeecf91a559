"""A malware scanner that speaks clamd's INSTREAM over a unix socket, and knows one signature: EICAR's test file."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + rb"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The test string that every scanner finds (European Institute for Computer Antivirus Research), in two halves, so that
no scanner finds it in this file."""
MOST = 1 << 20
"""Bytes after which it says that its limit is passed, as clamd does at StreamMaxLength."""


@contextlib.contextmanager
def fake_clamd(path: Path, *, silent: bool = False) -> Iterator[list[int]]:
    """Serve for the length of a block; yields the sizes of what was scanned. A silent one hangs up."""
    sizes: list[int] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        listener.settimeout(0.2)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    peer, _ = listener.accept()
                except TimeoutError:
                    continue
                with peer:
                    peer.settimeout(30)
                    if not silent:
                        _answer(peer, sizes)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield sizes
        finally:
            ended.set()
            thread.join()


def _answer(peer: socket.socket, sizes: list[int]) -> None:
    command = _exactly(peer, len(b"zINSTREAM\0"))
    if command != b"zINSTREAM\0":
        peer.sendall(b"UNKNOWN COMMAND\0")
        return
    content = b""
    while length := struct.unpack("!I", _exactly(peer, 4))[0]:
        content += _exactly(peer, length)
        if len(content) > MOST:
            peer.sendall(b"INSTREAM size limit exceeded. ERROR\0")
            while peer.recv(1 << 16):
                pass
            return
    sizes.append(len(content))
    peer.sendall(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0")


def _exactly(peer: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size and (part := peer.recv(size - len(got))):
        got += part
    return got
