"""Frames of a page: none is made as it is read, for the tag of each passes as a text.

A frame has a window of its own, where the guard does not stand. The guard takes frames out of what programs put in
place and out of the page as it is read; but a program can take an element out of the page while the reader still fills
it (HTML, 13.2.6: the stack of open elements holds it), or hold a template's content meanwhile, and put it back later.
So the reader is given no frame. A tag's name is written in its own letters (13.2.5.8).
"""

from __future__ import annotations

import re

from infra.enclave.door.page.exchange import Exchange

LONGEST = b"<fencedframe"
_TAG = re.compile(rb"<(?=i?frame|object|embed|fencedframe|portal)", re.IGNORECASE)


class ClosedFrames(Exchange):
    """A page that passes piece by piece."""

    def __init__(self) -> None:
        super().__init__(_TAG, b"&lt;", longest=len(LONGEST))
