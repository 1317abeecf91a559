"""Listeners on 127.0.0.1, one for each attempt, that note what reaches them: a connection or a datagram is enough."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterable, Iterator

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
LONGEST = 4096


class Sinks:
    """Listeners of TCP and UDP at one port for each name."""

    def __init__(self, names: Iterable[str]) -> None:
        self.heard: dict[str, list[bytes]] = {}
        self.ports: dict[str, int] = {}
        self._selector = selectors.DefaultSelector()
        self._ended = threading.Event()
        for name in names:
            self._listen(name)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _listen(self, name: str) -> None:
        self.heard[name] = []
        while name not in self.ports:
            stream = socket.create_server(("127.0.0.1", 0), backlog=16)
            datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                datagrams.bind(stream.getsockname())
            except OSError:
                stream.close()
                datagrams.close()
                continue
            self.ports[name] = stream.getsockname()[1]
            self._selector.register(stream, selectors.EVENT_READ, name)
            self._selector.register(datagrams, selectors.EVENT_READ, name)

    def _serve(self) -> None:
        while not self._ended.is_set():
            for key, _ in self._selector.select(0.1):
                one = key.fileobj
                assert isinstance(one, socket.socket)
                if one.type == socket.SOCK_DGRAM:
                    self.heard[key.data].append(one.recv(LONGEST))
                    continue
                connection, _ = one.accept()
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(0.2)
                    self.heard[key.data].append(b"")
                    self.heard[key.data][-1] = connection.recv(LONGEST)
                    connection.sendall(ANSWER)

    def close(self) -> None:
        """End."""
        self._ended.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._selector.close()


@contextlib.contextmanager
def sinks(names: Iterable[str]) -> Iterator[Sinks]:
    """Listen for the length of a block."""
    one = Sinks(names)
    try:
        yield one
    finally:
        one.close()
