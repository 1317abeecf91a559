"""What leads a page elsewhere without a click passes as a comment, however the page is cut into pieces."""

from __future__ import annotations

import pytest

from infra.enclave.door.page.rewritten import Rewritten


def _passed(page: bytes, size: int) -> bytes:
    one = Rewritten()
    return b"".join([*(one.passed(page[at : at + size]) for at in range(0, len(page), size)), one.rest()])


@pytest.mark.parametrize("size", [1, 2, 5, 7, 8, 9, 1000])
@pytest.mark.parametrize(
    ("page", "passed"),
    [
        (b'<link rel=preconnect href="https://a.example">', b'<!link rel=preconnect href="https://a.example">'),
        (b"<LiNk/rel=preconnect>", b"<!LiNk/rel=preconnect>"),
        (b"<meta\nhttp-equiv=refresh>", b"<!meta\nhttp-equiv=refresh>"),
        (b"<base\thref=a>", b"<!base\thref=a>"),
        (b"<svg><a><animate attributeName=href to=b>", b"<svg><a><!animate attributeName=href to=b>"),
        (b"<set\x0cattributeName=href>", b"<!set\x0cattributeName=href>"),
        (b"<link>", b"<!link>"),
        (b"<<link >", b"<<!link >"),
        (
            b"<links> <metadata> <basefont> <settings> <animated> </link> <lin",
            b"<links> <metadata> <basefont> <settings> <animated> </link> <lin",
        ),
    ],
)
def test_such_a_tag_is_a_comment_and_all_else_is_as_it_was(page: bytes, passed: bytes, size: int) -> None:
    """Links of a head, refreshes, bases and moved addresses are read by no browser; other names pass."""
    assert _passed(b"a" + page + b"b", size) == b"a" + passed + b"b"
