"""The pages as a server on this machine, until the marks are signed or somebody ends it."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import uvicorn

from datalab.errors import StateError
from ingest.review.app import application
from ingest.review.reading import Reading
from ingest.review.room import Room


@dataclass(slots=True, kw_only=True)
class ReviewServer:
    """A server that listens already."""

    room: Room
    _socket: socket.socket = field(repr=False)
    _server: uvicorn.Server | None = field(default=None, repr=False)

    def run(self) -> None:
        """Serve until the marks are signed; Ctrl-C ends it earlier, and nothing that was saved is lost."""
        config = uvicorn.Config(
            application(self.room, done=self.stop),
            log_config=None,  # a log could quote an address, and the address is the key
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            timeout_graceful_shutdown=5,
        )
        self._server = uvicorn.Server(config)
        with contextlib.suppress(KeyboardInterrupt):
            self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """End the server after what it is answering."""
        if self._server is not None:
            self._server.should_exit = True


@contextlib.contextmanager
def review_server(reading: Reading, *, port: int) -> Iterator[ReviewServer]:
    """Listen on 127.0.0.1 for the length of a block.

    Args:
        reading: what is read.
        port: where; 0 for any that is free.

    Raises:
        StateError: if the port is taken.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            raise StateError(f"Port {port} is taken.", remedy="Leave --port out, and a free one is used.") from None
        listener.listen()
        yield ReviewServer(room=Room(reading=reading, port=listener.getsockname()[1]), _socket=listener)
