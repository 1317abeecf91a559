"""One canonical form of a ZIP file, written and read by the same rules.

A general ZIP reader must decide which of a file's two directories to believe, what to do with two entries of one
name, how far to inflate, and where `../` may go; attacks live in those decisions. A bundle needs none of them: its
entries are stored without compression, in order of name, with fixed times, so the bytes follow from the contents. A
reader takes the contents out and writes the file again: any difference, in any byte, is refused.

Layout after PKWARE's APPNOTE 6.3: local headers with data, central directory, end record. Any tool can open it.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping

from datalab.errors import IntegrityError

MAX_BYTES = 64 * 1024 * 1024
"""Largest archive that is read: an answer of 20,000 cells takes about a tenth of it."""
NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z0-9]+")
"""Names of entries: no folder, no dot at the front, nothing a file system could misread."""

LOCAL = struct.Struct("<IHHHHHIIIHH")
CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
END = struct.Struct("<IHHHHIIH")
LOCAL_SIGNATURE, CENTRAL_SIGNATURE, END_SIGNATURE = 0x04034B50, 0x02014B50, 0x06054B50
VERSION = 20
"""Version needed to extract: 2.0."""
MADE_ON_UNIX = 3 << 8 | VERSION
READ_ONLY_FILE = 0o100444 << 16
"""Unix mode of each entry, where the central directory keeps it."""
DATE_1980 = 1 << 5 | 1
"""1 January 1980, the first day a ZIP file can state: the time of writing says nothing about the contents."""


def pack(entries: Mapping[str, bytes]) -> bytes:
    """Write an archive; equal entries give equal bytes.

    Raises:
        ValueError: if a name is not one that an archive may hold.
    """
    body, directory = bytearray(), bytearray()
    for name, data in sorted(entries.items()):
        if not NAME.fullmatch(name):
            message = f"{name!r} is no name for an entry."
            raise ValueError(message)
        raw, size = name.encode("ascii"), len(data)
        shared = (VERSION, 0, 0, 0, DATE_1980, zlib.crc32(data), size, size, len(raw), 0)
        directory += CENTRAL.pack(CENTRAL_SIGNATURE, MADE_ON_UNIX, *shared, 0, 0, 0, READ_ONLY_FILE, len(body)) + raw
        body += LOCAL.pack(LOCAL_SIGNATURE, *shared) + raw + data
    end = END.pack(END_SIGNATURE, 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return bytes(body + directory + end)


def unpack(archive: bytes) -> dict[str, bytes]:
    """Read an archive that `pack` wrote.

    Raises:
        IntegrityError: if even one byte is not what `pack` writes for these entries.
    """
    if len(archive) > MAX_BYTES:
        raise _refused(f"It is longer than {MAX_BYTES} bytes.")
    entries: dict[str, bytes] = {}
    at = 0
    while archive[at : at + 4] == LOCAL_SIGNATURE.to_bytes(4, "little"):
        if at + LOCAL.size > len(archive):
            raise _refused("It ends inside an entry.")
        header = LOCAL.unpack_from(archive, at)
        size, name_length = header[8], header[9]
        start = at + LOCAL.size + name_length
        name = archive[at + LOCAL.size : start].decode("ascii", errors="replace")
        if not NAME.fullmatch(name) or name in entries or start + size > len(archive):
            raise _refused("An entry has a name that is not allowed, stands twice, or is longer than the file.")
        entries[name] = archive[start : start + size]
        at = start + size
    if pack(entries) != archive:
        raise _refused("Its bytes are not those that the lab writes for its contents.")
    return entries


def _refused(why: str) -> IntegrityError:
    return IntegrityError(
        "This file is not a bundle as the lab wrote it.", why=why, remedy="Get the file again from the lab."
    )
