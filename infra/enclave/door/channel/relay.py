"""Live connections passed on by one thread, which waits for the kernel and for nothing else.

An event loop takes as long for a message as the message's way through two sockets takes. Here a message is one wait,
one read, one look at the head of its frame and one write (docs/benchmarks.md, "the door").
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from infra.enclave.door.channel.frames import ChannelClosed, FrameCounter, Piece

LONGEST_READ = 1 << 18
"""Bytes that are read at once; at most as many wait in a door's memory for one slow reader."""
READABLE = select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR
PATIENCE = 10.0
"""Seconds in which the thread must end."""


@dataclass(slots=True, eq=False)
class Stream:
    """One direction of a channel."""

    source: socket.socket
    target: socket.socket
    frames: FrameCounter
    waiting: bytes = b""
    """What the target's reader has not taken yet; while there is some, nothing is read from the source."""

    def pull(self, data: Piece) -> ChannelClosed | None:
        """Send on what may pass, and return why nothing more may; raises OSError where the target is gone."""
        end = None
        try:
            pieces = self.frames.feed(data)
        except ChannelClosed as closed:
            pieces, end = closed.passed, closed
        if pieces:
            self.push(pieces[0] if len(pieces) == 1 else b"".join(pieces))
        return end

    def push(self, data: Piece = b"") -> None:
        """Send what waits and more, as much as the kernel takes; raises OSError where the target is gone."""
        if self.waiting:
            data = self.waiting + data
        sent = 0
        with contextlib.suppress(BlockingIOError):
            sent = self.target.send(data)
        self.waiting = b"" if sent == len(data) else bytes(data[sent:])


@dataclass(slots=True, eq=False)
class Channel:
    """Two joined sockets that do not block; the relay closes both when either ends."""

    shown: Stream
    """From the lab's server to the browser."""
    typed: Stream
    ended: Callable[[bytes, ChannelClosed | None], None]
    """Told once, by the relay's thread: what the browser is owed, and the rule that ended it, if one did."""

    def streams(self, number: int) -> tuple[Stream, Stream]:
        """Return what comes from a socket, and what goes to it."""
        return (self.shown, self.typed) if self.shown.source.fileno() == number else (self.typed, self.shown)


@dataclass(slots=True)
class Relay:
    """Passes on the channels of one door; its thread begins with the first."""

    _poll: select.epoll = field(default_factory=select.epoll)
    _bell: int = field(default_factory=lambda: os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC))
    _calls: SimpleQueue[Callable[[], None]] = field(default_factory=SimpleQueue)
    _at: dict[int, Channel] = field(default_factory=dict)
    """Channels by the number of either socket."""
    _wanted: dict[int, int] = field(default_factory=dict)
    """What is waited for, by socket; one of which nothing is wanted is not among them."""
    _buffer: memoryview = field(default_factory=lambda: memoryview(bytearray(LONGEST_READ)))
    _thread: threading.Thread | None = None
    _open: bool = True

    def join(self, channel: Channel, *, answer: bytes, rest: bytes) -> None:
        """Pass on a channel until it ends.

        Args:
            channel: whose handshake is done.
            answer: what the browser is told first; not counted.
            rest: what the server sent right behind its own answer; counted.
        """
        if self._thread is None:
            self._poll.register(self._bell, select.EPOLLIN)
            self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
            self._thread.start()
        self._tell(lambda: self._begin(channel, answer, rest))

    def part(self, channel: Channel) -> None:
        """End a channel, if it has not ended."""
        self._tell(lambda: self._end(channel, None))

    def close(self) -> None:
        """End all channels and the thread."""
        if self._thread is not None:
            self._tell(self._stop)
            self._thread.join(PATIENCE)
        self._poll.close()
        os.close(self._bell)

    def _tell(self, call: Callable[[], None]) -> None:
        self._calls.put(call)
        if self._open:
            os.eventfd_write(self._bell, 1)
        else:
            self._take_calls()  # nobody else does any more

    def _stop(self) -> None:
        self._open = False

    def _run(self) -> None:
        try:
            while self._open:
                for number, events in self._poll.poll():
                    if number == self._bell:
                        os.eventfd_read(self._bell)
                        self._take_calls()
                    elif (channel := self._at.get(number)) is not None:  # else it ended a moment ago
                        self._move(channel, number, events)
        finally:  # were it a fault of ours, nobody is left to wait for ever
            self._open = False
            for channel in set(self._at.values()):
                self._end(channel, None)
            self._take_calls()

    def _take_calls(self) -> None:
        with contextlib.suppress(Empty):
            while True:
                self._calls.get_nowait()()

    def _begin(self, channel: Channel, answer: bytes, rest: bytes) -> None:
        for one in (channel.shown, channel.typed):
            self._at[one.source.fileno()] = channel
        try:
            channel.shown.push(answer)
            closed = channel.shown.pull(rest) if rest else None
        except OSError:
            self._end(channel, None)
            return
        if closed or not self._open:
            self._end(channel, closed)
        else:
            self._want(channel)

    def _move(self, channel: Channel, number: int, events: int) -> None:
        """Do what a socket is ready for."""
        coming, going = channel.streams(number)
        held = bool(coming.waiting), bool(going.waiting)
        closed = None
        try:
            if events & select.EPOLLOUT:
                going.push()
            if events & READABLE and not coming.waiting:
                size = coming.source.recv_into(self._buffer)
                if not size:
                    self._end(channel, None)
                    return
                closed = coming.pull(self._buffer[:size])
        except BlockingIOError:
            pass  # it was ready, and is no more
        except OSError:
            self._end(channel, None)
            return
        if closed:
            self._end(channel, closed)
        elif held != (bool(coming.waiting), bool(going.waiting)):
            self._want(channel)

    def _want(self, channel: Channel) -> None:
        """Wait for what either socket may do next; a socket that may do nothing is not looked at, even if it ends."""
        for number in (channel.shown.source.fileno(), channel.typed.source.fileno()):
            coming, going = channel.streams(number)
            wanted = (0 if coming.waiting else select.EPOLLIN) | (select.EPOLLOUT if going.waiting else 0)
            before = self._wanted.pop(number, 0)
            if wanted:
                self._wanted[number] = wanted
            if wanted and before:
                self._poll.modify(number, wanted)
            elif wanted:
                self._poll.register(number, wanted)
            elif before:
                self._poll.unregister(number)

    def _end(self, channel: Channel, closed: ChannelClosed | None) -> None:
        numbers = (channel.shown.source.fileno(), channel.typed.source.fileno())
        if self._at.get(numbers[0]) is not channel:
            return  # it ended before
        for number in numbers:
            del self._at[number]
            if self._wanted.pop(number, 0):  # the browser's socket is open elsewhere too: closing it is not enough
                self._poll.unregister(number)
        channel.shown.source.close()
        channel.typed.source.close()
        channel.ended(channel.shown.waiting, closed)
