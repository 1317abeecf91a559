"""Text files as lines, for any size, checked as they pass: UTF-8, no NUL, no endless line, no bomb."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from ingest.limits import Limits
from ingest.reporting.faults import FaultKind, FaultTally, FileFault, UnreadableExtractError
from ingest.sealed.manifest import FileFormat

_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff")  # UTF-16 either way; UTF-32 begins the same


def open_bytes(path: Path, file_format: FileFormat) -> BinaryIO:
    """Open a text file for reading, unpacked."""
    return cast("BinaryIO", gzip.open(path, "rb")) if file_format is FileFormat.CSV_GZ else path.open("rb")


def read_lines(stream: BinaryIO, tally: FaultTally, limits: Limits) -> Iterator[str]:
    """Yield each line with its line end; a faulty line is counted and passed on as far as it can be read.

    Raises:
        UnreadableExtractError: at once for what makes reading on pointless.
    """
    for number, raw in enumerate(_raw_lines(stream, limits), 1):
        line = raw
        if number == 1:
            if raw.startswith(_OTHER_BOMS):
                raise UnreadableExtractError(FileFault(kind=FaultKind.OTHER_ENCODING, count=0))
            line = raw.removeprefix(_BOM)
            if b"\r" in line.rstrip(b"\r\n"):
                raise UnreadableExtractError(FileFault(kind=FaultKind.LINE_ENDS, count=0))
        if len(line) > limits.line:
            tally.add(FaultKind.LONG_LINE, number)
            line = b"\n"
        if b"\0" in line:
            tally.add(FaultKind.NUL, number)
        try:
            yield line.decode()
        except UnicodeDecodeError:
            tally.add(FaultKind.NOT_UTF8, number)
            yield line.decode(errors="replace")


def _raw_lines(stream: BinaryIO, limits: Limits) -> Iterator[bytes]:
    """Yield lines of at most one byte more than allowed; the rest of a longer one is passed over."""
    inside_long_line = False
    try:
        for piece in _pieces(stream, limits):
            if not inside_long_line:
                yield piece
            inside_long_line = len(piece) > limits.line and not piece.endswith(b"\n")
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UnreadableExtractError(FileFault(kind=FaultKind.NOT_GZIP, count=0)) from None


def _pieces(stream: BinaryIO, limits: Limits) -> Iterator[bytes]:
    total = 0
    while piece := stream.readline(limits.line + 1):
        total += len(piece)
        if total > limits.plaintext:
            raise UnreadableExtractError(FileFault(kind=FaultKind.TOO_LARGE, count=0))
        yield piece
