"""The thread that passes live connections on, with plain sockets at its ends."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from infra.enclave.door.channel.frames import ChannelClosed, FrameCounter
from infra.enclave.door.channel.relay import LONGEST_READ, Channel, Relay, Stream

PATIENCE = 60.0
MIB = 1 << 20


def frame(content: bytes) -> bytes:
    """Write a server's message as RFC 6455 (5.2) does."""
    length = bytes((len(content),)) if len(content) < 126 else b"\x7f" + len(content).to_bytes(8, "big")
    return b"\x82" + length + content


@dataclass
class Ends:
    """Both ends of a channel, and what the relay told of it."""

    browser: socket.socket
    server: socket.socket
    channel: Channel = field(init=False)
    over: threading.Event = field(default_factory=threading.Event)
    told: list[tuple[bytes, ChannelClosed | None]] = field(default_factory=list)

    def ended(self, owed: bytes, closed: ChannelClosed | None) -> None:
        """Note the end."""
        self.told.append((owed, closed))
        self.over.set()

    def read(self, size: int) -> bytes:
        """Return what the browser gets, up to a size."""
        got = bytearray()
        while len(got) < size and (part := self.browser.recv(size - len(got))):
            got += part
        return bytes(got)


@contextmanager
def joined(
    relay: Relay, *, spend: Callable[[int], bool] = lambda _: True, answer: bytes = b"", rest: bytes = b""
) -> Iterator[Ends]:
    """Join two pairs of sockets."""
    browser, lent = socket.socketpair()
    server, far = socket.socketpair()
    with browser, far:
        for one in (lent, server):
            one.settimeout(0)
        for one in (browser, far):
            one.settimeout(PATIENCE)
        ends = Ends(browser, far)
        ends.channel = Channel(
            shown=Stream(server, lent, FrameCounter(masked=False, longest=64 * MIB, spend=spend, dropped=print)),
            typed=Stream(lent, server, FrameCounter(masked=True, longest=MIB, spend=lambda _: True, dropped=print)),
            ended=ends.ended,
        )
        relay.join(ends.channel, answer=answer, rest=rest)
        yield ends
        relay.part(ends.channel)
        assert ends.over.wait(PATIENCE)
        assert len(ends.told) == 1


@pytest.fixture
def relay() -> Iterator[Relay]:
    """Give a relay for the length of a test."""
    one = Relay()
    yield one
    one.close()


def test_a_slow_reader_gets_everything_in_order_and_fills_no_memory(relay: Relay) -> None:
    """Sixteen megabytes wait at their sender and not in the door, another channel goes on, and all of it arrives."""
    sent = frame(bytes(range(256)) * (16 * MIB // 256))
    with joined(relay) as slow, joined(relay) as quick:
        sender = threading.Thread(target=slow.server.sendall, args=(sent,))
        sender.start()
        for _ in range(50):
            quick.server.sendall(frame(b"quick"))
            assert quick.read(7) == frame(b"quick")

        assert sender.is_alive()
        assert len(slow.channel.shown.waiting) <= LONGEST_READ
        assert hashlib.sha256(slow.read(len(sent))).digest() == hashlib.sha256(sent).digest()
        sender.join(PATIENCE)


def test_what_came_with_the_answer_is_counted_and_follows_it(relay: Relay) -> None:
    """A server that speaks right behind its handshake is metered, and the browser reads the answer first."""
    counted: list[int] = []
    rest = frame(b"early")
    with joined(relay, spend=lambda size: not counted.append(size), answer=b"HTTP", rest=rest) as ends:
        assert ends.read(4 + len(rest)) == b"HTTP" + rest

    assert counted == [len(rest)]


def test_the_end_of_one_side_is_the_end_of_the_other(relay: Relay) -> None:
    """Whichever side hangs up, the relay lets go of both and says so once."""
    with joined(relay) as ends:
        ends.server.close()
        assert ends.over.wait(PATIENCE)
        assert ends.read(1) == b""
    with joined(relay) as ends:
        ends.browser.close()
        assert ends.over.wait(PATIENCE)
        assert ends.server.recv(1) == b""


def test_a_used_up_window_ends_the_channel_with_its_rule(relay: Relay) -> None:
    """What does not fit the window is not passed on, and the channel ends with the standard's code."""
    with joined(relay, spend=lambda size: size < 100) as ends:
        ends.server.sendall(frame(b"a") + frame(b"b" * 100))
        assert ends.over.wait(PATIENCE)
        assert ends.read(1000) == frame(b"a")
        assert ends.told[0][1] is not None
        assert ends.told[0][1].code == 1008


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_the_relay_leaves_nobody_waiting(relay: Relay) -> None:
    """If its thread ever ended by a fault, its channels end, and one that is opened later ends at once."""

    def faulty(_: int) -> bool:
        raise ZeroDivisionError

    with joined(relay) as other, joined(relay, spend=faulty) as ends:
        ends.server.sendall(frame(b"a"))
        assert ends.over.wait(PATIENCE)
        assert other.over.wait(PATIENCE)
    with joined(relay) as late:
        assert late.over.wait(PATIENCE)
