r"""ClamAV's daemon, spoken to over its unix socket: INSTREAM of clamd(8).

`zINSTREAM\0`, then chunks, each after its length as four bytes in network order, then four zero bytes. The answer is
`stream: OK`, `stream: NAME FOUND` or `... ERROR`, and ends with a zero byte.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from pathlib import Path

from datalab.errors import InternalError

CHUNK = 64 * 1024
PATIENCE = 120.0
"""Seconds that the daemon may take for one file."""
LONGEST = 4096
"""Bytes of an answer that are read."""
CLEAN, ABSENT = "clean", "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clamd:
    """The malware scanner of this machine, which may be absent."""

    socket_path: Path

    @property
    def present(self) -> bool:
        """Whether a daemon's socket is there."""
        return self.socket_path.is_socket()

    def scan(self, file: Path) -> str:
        """Scan a file.

        Returns:
            `clean`, `absent` where there is no daemon, or the name of what was found.

        Raises:
            InternalError: if a daemon is there and gives no verdict: a file without one does not pass.
        """
        if not self.present:
            return ABSENT
        try:
            answer = self._ask(file)
        except OSError as error:
            raise _silent(type(error).__name__) from None
        verdict = answer.removeprefix("stream: ")
        if verdict == "OK":
            return CLEAN
        if verdict.endswith(" FOUND"):
            return verdict.removesuffix(" FOUND")[:120]
        raise _silent("It answered with an error, such as a file above its StreamMaxLength.")

    def _ask(self, file: Path) -> str:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as daemon, file.open("rb") as content:
            daemon.settimeout(PATIENCE)
            daemon.connect(str(self.socket_path))
            daemon.sendall(b"zINSTREAM\0")
            try:
                while chunk := content.read(CHUNK):
                    daemon.sendall(struct.pack("!I", len(chunk)) + chunk)
                daemon.sendall(struct.pack("!I", 0))
            except BrokenPipeError:
                pass  # it stops to read at its limit, and says so
            said = b""
            while b"\0" not in said and len(said) < LONGEST and (part := daemon.recv(LONGEST)):
                said += part
        return said.split(b"\0")[0].decode("utf-8", "replace").strip()


def _silent(why: str) -> InternalError:
    return InternalError(
        "The malware scanner gave no verdict, so the file was not taken.",
        why=why,
        remedy="Try again later, and tell an operator to look at clamd.",
    )
