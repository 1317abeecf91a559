"""Live connections to a kernel through the lab door: what is shown is counted, limited and not changed."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import pytest
from sandboxes import House, Running, running

from infra.enclave.specification import Meter

pytestmark = pytest.mark.enclave
MIB = 1 << 20
CHANNEL = "api/kernels/0a1b-2c/channels"
T = TypeVar("T")


def talk(lab: Running, dialogue: Callable[[aiohttp.ClientWebSocketResponse], Awaitable[T]], **options: object) -> T:
    """Open a channel and hold a dialogue."""

    async def hold() -> T:
        address = f"http://127.0.0.1:{lab.specification.port}{lab.specification.prefix}{CHANNEL}"
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(address, max_msg_size=0, **options) as channel,
        ):  # type: ignore[arg-type]
            return await dialogue(channel)

    return asyncio.run(asyncio.wait_for(hold(), 40))


def test_messages_pass_unchanged_in_both_directions(lab: Running) -> None:
    """Texts and bytes of any size up to the limit come back as they were sent, many on one channel."""

    async def dialogue(channel: aiohttp.ClientWebSocketResponse) -> list[bytes | str]:
        sent: list[bytes | str] = ["a", "é" * 200, b"\x00" * 126, b"x" * 65_535, b"y" * 65_536, "", b"z" * (3 * MIB)]
        for one in sent:
            await (channel.send_str(one) if isinstance(one, str) else channel.send_bytes(one))
        return [(await channel.receive()).data == one for one in sent]

    assert talk(lab, dialogue) == [True] * 7


def test_compression_is_not_negotiated(lab: Running) -> None:
    """A browser that offers compression gets none, so that what is counted is what is shown."""

    async def dialogue(channel: aiohttp.ClientWebSocketResponse) -> tuple[int, bool]:
        await channel.send_str("headers")
        seen = json.loads((await channel.receive()).data)
        return channel.compress, any("extensions" in name.lower() for name in seen)

    assert talk(lab, dialogue, compress=15) == (0, False)


def opened(lab: Running, query: str) -> bytes:
    """Open a channel as a browser does, with the example of RFC 6455 (1.3), and return the head of the answer."""
    lines = (f"GET {lab.specification.prefix}{CHANNEL}?{query} HTTP/1.1", "Host: lab", "Connection: Upgrade")
    more = ("Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
    with socket.create_connection(("127.0.0.1", lab.specification.port), timeout=30) as one:
        one.sendall("\r\n".join([*lines, *more, "Sec-WebSocket-Protocol: a, b", "", ""]).encode())
        head = b""
        while b"\r\n\r\n" not in head and (piece := one.recv(4096)):
            head += piece
    return head.partition(b"\r\n\r\n")[0]


def test_a_channel_is_opened_in_the_standards_words(lab: Running) -> None:
    """Whatever a hostile server says as it opens a channel, the browser reads the answer that the standard computes."""
    head = opened(lab, "opened=hostile&protocol=b")

    assert b"hostile" not in head
    assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
    assert b"Sec-WebSocket-Protocol: b" in head
    assert opened(lab, "opened=hostile&protocol=c").startswith(b"HTTP/1.1 503")


def test_a_message_past_the_limit_is_left_out_and_told(lab: Running) -> None:
    """An output of more than 4 MiB is left out, the ones around it pass, and the researcher is told why."""

    async def dialogue(channel: aiohttp.ClientWebSocketResponse) -> list[int]:
        for size in (10, 4 * MIB + 1, 4 * MIB, 11):
            await channel.send_str(f"size:{size}")
        return [len((await channel.receive()).data) for _ in range(3)]

    assert talk(lab, dialogue) == [10, 4 * MIB, 11]
    assert "4,194,305 bytes was left out" in lab.notices()
    assert any(one["event"] == "lab-cut" and one["why"] == "message too large" for one in lab.events())


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ("c10161", 1002),  # a bit that compression would use
        ("8181000000006161", 1002),  # masked, as no server may
        ("830161", 1002),  # a kind that there is not
        ("800161", 1002),  # the rest of no message
        ("897e0080", 1002),  # a ping that is longer than pings are
        ("0900", 1002),  # a ping in parts
        ("827e000161", 1002),  # a length written longer than it must be
    ],
)
def test_what_is_no_frame_ends_the_channel(lab: Running, frames: str, code: int) -> None:
    """A hostile server's frames that could be read in two ways end the channel with the standard's code."""

    async def dialogue(channel: aiohttp.ClientWebSocketResponse) -> int:
        await channel.send_str(f"raw:{frames}")
        while (message := await channel.receive()).type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            pass
        return int(message.data)

    assert talk(lab, dialogue) == code


def test_a_message_that_grows_too_long_part_by_part_ends_the_channel(lab: Running) -> None:
    """A message in parts is counted over its parts: past the limit the channel ends."""

    async def dialogue(channel: aiohttp.ClientWebSocketResponse) -> int | None:
        await channel.send_str(f"parts:{3 * MIB}")
        return int((await channel.receive()).data)

    assert talk(lab, dialogue) == 1009


def test_another_site_gets_no_channel(lab: Running) -> None:
    """A page of another origin cannot open a channel with the researcher's cookies."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        talk(lab, lambda channel: channel.receive(), origin="http://evil.example")

    assert refused.value.status == 403


def test_a_slow_reader_holds_up_nobody(lab: Running) -> None:
    """One channel that does not read does not stop another, nor fill the door's memory."""

    async def slow(channel: aiohttp.ClientWebSocketResponse) -> int:
        assert channel._response.connection is not None
        channel._response.connection.transport.pause_reading()  # type: ignore[union-attr]
        for _ in range(10):
            await channel.send_str(f"size:{4 * MIB}")
        return await asyncio.to_thread(talk, lab, quick)

    async def quick(channel: aiohttp.ClientWebSocketResponse) -> int:
        await channel.send_str("size:1000")
        return len((await channel.receive()).data)

    assert talk(lab, slow) == 1000


def test_the_window_is_closed_by_what_was_shown_and_outlives_the_sandbox(any_house: House) -> None:
    """When the window is used up the channel ends, and a new sandbox of the same person has no more to show."""
    meter = Meter(
        message_bytes=MIB, window_bytes=3 * MIB, window_seconds=3600, file=str(any_house.place("meters") / "one")
    )

    async def dialogue(channel: aiohttp.ClientWebSocketResponse) -> list[int]:
        seen = []
        for _ in range(4):
            await channel.send_str(f"size:{MIB - 10_000}")
            message = await channel.receive()
            seen.append(len(message.data) if message.type is aiohttp.WSMsgType.BINARY else int(message.data))
        return seen

    with running(any_house, any_house.serving(meter=meter)) as first:
        assert talk(first, dialogue) == [MIB - 10_000] * 3 + [1008]
        assert "showed as much as it may" in first.notices()
    with running(any_house, any_house.serving(meter=meter)) as second:
        status, headers, body = second.request(
            "GET", "api/status?size=900000&headers=[[%22Content-Type%22,%22text/plain%22]]"
        )

        assert status == 429
        assert int(headers["retry-after"]) > 60
        assert b"wait about" in body
