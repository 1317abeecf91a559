"""The marks as a file, which the custodian keeps between reading and sealing."""

from __future__ import annotations

from datalab.errors import ExtractError, IntegrityError
from ingest.sealed.agency_key import AgencyKey
from ingest.sealed.canonical import render
from ingest.sealed.marks import FORMAT, Marks, parse_marks
from ingest.sealed.signed import enclose, is_signed, open_signed, sign

MARKS = ".marks.json"
"""Ending of the file."""
MAX_MARKS_BYTES = 48 * 1024
"""Longest file of marks that is read: less than a manifest, which holds them."""
_FIELD = "marks"


def sign_marks(marks: Marks, key: AgencyKey) -> bytes:
    """Return the content of a file of marks."""
    return sign(_FIELD, FORMAT, render(marks.document()), key)


def verify_marks(content: bytes, signing_key: str) -> Marks:
    """Read a file of marks and check that the agency's key signed it.

    Args:
        content: the whole file.
        signing_key: the agency's public key, PEM.

    Raises:
        ExtractError: if the file is not, byte for byte, what `sign_marks` writes.
        IntegrityError: if another key signed it, or it was changed afterwards.
    """
    try:
        document, named, signature = open_signed(_FIELD, content, most=MAX_MARKS_BYTES)
    except ValueError:
        raise _refusal() from None
    marks = parse_marks(document)
    rendered = render(marks.document())
    if content != enclose(_FIELD, rendered, named, signature):
        raise _refusal()
    if not is_signed(FORMAT, rendered, signing_key=signing_key, named=named, signature=signature):
        raise IntegrityError(
            "These marks are not signed by the key that seals the extract.",
            why="Another key signed them, or they were changed afterwards.",
            remedy="Seal with the key that `datalab extract review` was given, or read the texts again.",
        )
    return marks


def _refusal() -> ExtractError:
    return ExtractError(
        "The marks cannot be read.",
        why="It is not the file that `datalab extract review` wrote: cut off, edited, unsigned, or of another kind.",
        remedy="Name the file as it was written, or read the texts again.",
    )
