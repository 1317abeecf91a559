"""The canonical archive."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile

import pytest

from datalab.errors import IntegrityError
from datalab.release.bundle.archive import MAX_BYTES, pack, unpack

ENTRIES = {"b.txt": b"second", "a.json": b"{}", "empty.csv": b""}


def test_any_tool_reads_it_and_it_reads_back() -> None:
    """The standard library finds it sound, and its entries come back."""
    archive = pack(ENTRIES)

    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == ENTRIES
    assert unpack(archive) == ENTRIES


def test_equal_entries_give_equal_bytes_in_any_order() -> None:
    """Neither time nor order of entries enters the file."""
    assert pack(dict(reversed(ENTRIES.items()))) == pack(ENTRIES)


def test_no_byte_can_be_changed_unnoticed() -> None:
    """Each byte with each bit flipped is refused, headers and all."""
    archive = pack(ENTRIES)
    for at in range(len(archive)):
        for bit in range(8):
            changed = bytearray(archive)
            changed[at] ^= 1 << bit
            with pytest.raises(IntegrityError):
                unpack(bytes(changed))


def _stdlib(*entries: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", compression) as archive:
        warnings.simplefilter("ignore")  # a duplicate name is what we want
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("what", "archive"),
    [
        ("empty file", b""),
        ("text", b"PK is not enough"),
        ("another writer", _stdlib(*sorted(ENTRIES.items()))),
        ("two entries of one name", _stdlib(("a.txt", b"1"), ("a.txt", b"2"))),
        ("a way out", _stdlib(("../a.txt", b"1"))),
        ("an absolute path", _stdlib(("/etc/passwd", b"1"))),
        ("a backslash", _stdlib(("..\\a.txt", b"1"))),
        ("a folder", _stdlib(("sub/a.txt", b"1"))),
        ("a bomb", _stdlib(("a.txt", bytes(10_000_000)), compression=zipfile.ZIP_DEFLATED)),
        ("something before", b"#!/bin/sh\n" + pack(ENTRIES)),
        ("something after", pack(ENTRIES) + b"\n"),
        ("two archives", pack(ENTRIES) + pack(ENTRIES)),
        ("no end", pack(ENTRIES)[:-1]),
        ("only local headers", pack(ENTRIES)[: 30 + 6 + 2]),
        (
            "a size past the end",
            struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 0, 0, 33, 0, 0, 2**32 - 1, 5, 0) + b"a.txt",
        ),
        ("too long", bytes(MAX_BYTES + 1)),
    ],
)
def test_what_is_not_canonical_is_refused(what: str, archive: bytes) -> None:
    """Each trick that a general reader would have to decide about is refused without deciding."""
    with pytest.raises(IntegrityError):
        unpack(archive)


def test_a_name_that_could_lead_elsewhere_is_not_written() -> None:
    """The writer refuses what the reader would refuse."""
    with pytest.raises(ValueError, match="no name"):
        pack({"../a.txt": b""})
