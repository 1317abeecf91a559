"""A page's reader is given no frame, however the page is written and cut into pieces."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from infra.enclave.door.page.frames import ClosedFrames
from infra.enclave.door.page.rewritten import Rewritten

FRAMES = [
    b"iframe",
    b"IFrame",
    b"frame",
    b"frameset",
    b"object",
    b"OBJECT",
    b"embed",
    b"fencedframe",
    b"FencedFrame",
    b"portal",
]
PASSES = [
    b"<p>a < b</p>",
    b"</iframe>",
    b"<i>frame</i>",
    b"< iframe>",
    b"<ifram",
    b"<\0iframe>",
    b"&lt;iframe>",
    b"<form>",
    b"",
]
SIZES = [1, 2, 5, 6, 7, 11, 12, 13, 1000]


def _open() -> Rewritten:
    return Rewritten(said=True)


def _passed(page: bytes, size: int, by: Callable[[], ClosedFrames | Rewritten] = ClosedFrames) -> bytes:
    one = by()
    return b"".join([*(one.passed(page[at : at + size]) for at in range(0, len(page), size)), one.rest()])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("behind", [b">", b" src=a>", b"/>", b"\t", b""])
def test_a_frames_tag_is_a_text(name: bytes, behind: bytes, size: int) -> None:
    """Whatever its letters and what follows, the sign that begins it begins nothing any more."""
    assert _passed(b"a<" + name + behind, size) == b"a&lt;" + name + behind
    assert _passed(b"<<" + name + behind + b"<" + name, size) == b"<&lt;" + name + behind + b"&lt;" + name


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", PASSES)
def test_what_is_no_frame_stays(page: bytes, size: int) -> None:
    """What a browser does not read as a frame's tag passes as it came, to its last byte."""
    assert _passed(page, size) == page


@pytest.mark.parametrize("size", SIZES)
def test_a_page_is_rewritten_in_every_way_at_once(size: int) -> None:
    """Trees, frames, what leads elsewhere, and scripts hide one another in no piece."""
    page = b"<script>a</script><iframe shadowrootmode><link rel=a><object><script/>"

    assert _passed(page, size, _open) == (
        b"<script nonce=datalab >a</script>&lt;iframe shadowrootnone><!link rel=a>&lt;object><script nonce=datalab />"
    )
    assert _passed(page, size, Rewritten) == (
        b"<script>a</script>&lt;iframe shadowrootnone><!link rel=a>&lt;object><script/>"
    )


def test_json_with_a_frame_in_it_is_still_json() -> None:
    """A string in which a frame's tag stands ends where it did."""
    assert json.loads(_passed(json.dumps({"a": "<iframe>"}).encode(), 3)) == {"a": "&lt;iframe>"}
