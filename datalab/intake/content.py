"""What a file is by its content, and what of it is placed."""

from __future__ import annotations

from pathlib import Path

from datalab.errors import UploadError
from datalab.intake.names import TEXTS, UNPACK, kind_of_name
from datalab.intake.notebook import strip_notebook
from datalab.intake.parquet import check_parquet
from datalab.intake.text import check_text, read_text

SIGNATURES = {
    b"PK\x03\x04": "a ZIP archive",
    b"PK\x05\x06": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ\x00": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"\xcf\xfa\xed\xfe": "a program",
    b"\xca\xfe\xba\xbe": "a program",
    b"\x00asm": "a program",
    b"%PDF-": "a PDF",
    b"\xd0\xcf\x11\xe0": "an Office document",
    b"\x93NUMPY": "a NumPy file",
    b"\x89HDF\r\n": "an HDF5 file",
    b"SQLite format 3\x00": "a database",
    b"\x89PNG\r\n": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    **{bytes([0x80, protocol]): "a pickle, which runs code when it is opened" for protocol in range(2, 6)},
}
"""First bytes of what does not come in, whatever its name (file formats' own specifications)."""
TAR_AT, TAR = 257, b"ustar"
"""POSIX.1-1988 (ustar) archives say so here."""


def admit(file: Path, name: str) -> tuple[str, bytes | None]:
    """Check a file's content against its name.

    Returns:
        Its kind, and what is placed in its stead; None where the file is placed as it is.

    Raises:
        UploadError: if it does not come in; says why, and nothing of what stands in it.
    """
    kind = kind_of_name(name)
    with file.open("rb") as content:
        head = content.read(TAR_AT + len(TAR))
    if not head:
        raise UploadError("That file is empty.", remedy="Choose another.")
    found = next((what for sign, what in SIGNATURES.items() if head.startswith(sign) and _means(sign, head)), "")
    if head[TAR_AT:] == TAR:
        found = "a tar archive"
    if found:
        raise UploadError(f"That file is {found}.", why="Its name says otherwise.", remedy=UNPACK)
    if kind == "parquet":
        check_parquet(file)
        return kind, None
    text = read_text(file.read_bytes())
    if kind == "notebook":
        return kind, strip_notebook(text)
    check_text(text, kind)
    return kind, None


def is_text(kind: str) -> bool:
    """Say whether a file of a kind can be shown as text to who decides on it."""
    return kind in TEXTS.values() or kind == "notebook"


def _means(sign: bytes, head: bytes) -> bool:
    """Two letters can begin a text as well: they mean a program or an archive where control characters follow."""
    return not sign.isascii() or not sign.isalnum() or any(byte < 9 for byte in head)  # noqa: PLR2004 - tab
