"""Frames of a websocket (RFC 6455, section 5), counted as they pass and not decoded.

Only the head of a frame is read: 2 to 14 bytes. The rest of it passes in the pieces that it came in, so that a door
costs a researcher nothing. Compression is not negotiated, so what is counted is what is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

CONTINUATION, CLOSE = 0x0, 0x8
NORMAL_CLOSE, POLICY, TOO_BIG, PROTOCOL = 1000, 1008, 1009, 1002
CONTROL_LONGEST = 125
WIDE = {126: 2, 127: 8}
"""Bytes of a length that stands behind the second byte, by what that byte says (5.2)."""
LEAST = {126: 126, 127: 1 << 16}
"""The least that each of these lengths may say: a shorter one is written in fewer bytes (5.2)."""
FIRST_BYTES = frozenset(last | kind for last in (0x00, 0x80) for kind in (0, 1, 2, 8, 9, 10))
"""Without bits that only an extension gives a meaning."""

Piece = bytes | memoryview


class ChannelClosed(Exception):  # noqa: N818 - an end, not always an error
    """This direction may not go on; `code` and `reason` are for the browser."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason
        self.passed: list[Piece] = []
        """What came before it in the same bytes, and may pass."""
        super().__init__(reason)


@dataclass(slots=True)
class FrameCounter:
    """Reads one direction of a channel."""

    masked: bool
    """Whether this direction masks its frames: browsers do, servers do not."""
    longest: int
    """Bytes of a message."""
    spend: Callable[[int], bool]
    """Counts a message part; False where the window is used up."""
    dropped: Callable[[int], object]
    """Told of a message that was left out because it is too long."""
    _head: bytearray = field(default_factory=bytearray)
    _left: int = 0
    """Bytes of the present frame that are still to come."""
    _drop: bool = False
    _message: int = 0
    """Bytes of the present message, over its fragments."""
    _open: bool = False
    """Whether more fragments of it are to come."""

    def feed(self, data: Piece) -> list[Piece]:
        """Take bytes and return those that may pass.

        Raises:
            ChannelClosed: they are no frames, or pass a limit.
        """
        if self._left >= len(data) and not self._head:  # the middle of a long frame
            self._left -= len(data)
            return [] if self._drop else [data]
        if not self._left and not self._head and (head := _whole(data)):  # one frame, as most messages are
            self._left = len(data) - len(head)
            passes = self._may_pass(head)
            self._left = 0
            return [data] if passes else []
        held = bool(self._head)  # of a head whose beginning came before, and passes with its end
        view = memoryview(data)
        pieces: list[Piece] = []
        at = 0
        while at < len(data):
            if self._left:
                end = min(at + self._left, len(data))
                if not self._drop:
                    pieces.append(view[at:end])
                self._left -= end - at
                at = end
                continue
            try:
                at = self._read_head(view, at, pieces)
            except ChannelClosed as end:
                end.passed = pieces
                raise
        unchanged = not held and sum(map(len, pieces)) == len(data)
        return [data] if unchanged else pieces

    def _read_head(self, view: memoryview, at: int, pieces: list[Piece]) -> int:
        """Read the head of a frame, or the part of it that has come; returns where its content begins."""
        while True:
            needed = _head_length(self._head[1]) if len(self._head) > 1 else 2
            if len(self._head) == needed:
                break
            taken = view[at : at + needed - len(self._head)]
            if not taken:
                return at
            self._head += taken
            at += len(taken)
        head, self._head = bytes(self._head), bytearray()
        self._left = _length(head)
        self._drop = not self._may_pass(head)
        if not self._drop:
            pieces.append(head)
        return at

    def _may_pass(self, head: bytes) -> bool:
        last, kind = bool(head[0] & 0x80), head[0] & 0x0F
        if (
            head[0] not in FIRST_BYTES
            or bool(head[1] & 0x80) != self.masked
            or self._left < LEAST.get(head[1] & 0x7F, 0)
        ):
            raise ChannelClosed(PROTOCOL, "The lab's server sent what is no frame.")
        if kind >= CLOSE:
            if self._left > CONTROL_LONGEST or not last:
                raise ChannelClosed(PROTOCOL, "A control frame is too long.")
            self._pay(self._left + len(head))  # a ping or a closing reason can carry 125 bytes
            return True
        if (kind == CONTINUATION) != self._open:
            raise ChannelClosed(PROTOCOL, "The parts of a message came in the wrong order.")
        whole = last and not self._open
        self._message = self._left if not self._open else self._message + self._left
        self._open = not last
        if self._message > self.longest:
            self.dropped(self._message)
            if not whole:
                raise ChannelClosed(TOO_BIG, f"A message may hold {self.longest} bytes.")
            return False
        self._pay(self._left + len(head))
        return True

    def _pay(self, size: int) -> None:
        if not self.spend(size):
            raise ChannelClosed(POLICY, "The lab showed as much as it may for now; try again later.")


def close_frame(code: int, reason: str) -> bytes:
    """Return a server's closing frame."""
    text = code.to_bytes(2, "big") + reason.encode()[: CONTROL_LONGEST - 2]
    return bytes((0x80 | CLOSE, len(text))) + text


def _head_length(second: int) -> int:
    return 2 + WIDE.get(second & 0x7F, 0) + (4 if second & 0x80 else 0)


def _length(head: bytes) -> int:
    wide = WIDE.get(head[1] & 0x7F, 0)
    return int.from_bytes(head[2 : 2 + wide], "big") if wide else head[1] & 0x7F


def _whole(data: Piece) -> bytes:
    """Return the head of the one frame that these bytes are; nothing where they are less or more."""
    if len(data) < 2:  # noqa: PLR2004 - RFC 6455: the length stands in the second byte
        return b""
    needed = _head_length(data[1])
    head = bytes(data[:needed])
    return head if len(head) == needed and needed + _length(head) == len(data) else b""
