"""The envelope around what an agency signs: the document, the name of the key that signed it, the signature."""

from __future__ import annotations

import json
import re
from typing import Any

from ingest.sealed.agency_key import AgencyKey, key_id, read_public_key, signature_holds
from ingest.sealed.canonical import render

_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_KEY_ID = re.compile(r"[0-9a-f]{16}")


def sign(field: str, form: str, document: bytes, key: AgencyKey) -> bytes:
    """Return the content of a signed file.

    Args:
        field: what the envelope calls the document.
        form: name and version of its format: part of what is signed, so that no other signature passes for one of it.
        document: JSON of one form.
        key: the agency's.
    """
    return enclose(field, document, key.id, key.sign(_message(form, document)).hex())


def enclose(field: str, document: bytes, key_name: str, signature: str) -> bytes:
    """Return the one byte sequence that holds a document with its signature."""
    return render({"key_id": key_name, field: json.loads(document), "signature": signature}) + b"\n"


def open_signed(field: str, content: bytes, *, most: int) -> tuple[object, str, str]:
    """Take a signed file apart, without any word on who signed it.

    Args:
        field: what the envelope calls the document.
        content: the whole file.
        most: bytes of the longest file.

    Returns:
        The document's JSON, the key's name and the signature in hex.

    Raises:
        ValueError: if it is no envelope; its text holds nothing of the file.
    """
    try:
        envelope: Any = json.loads(content) if len(content) <= most else None
    except (ValueError, RecursionError):
        envelope = None
    if not isinstance(envelope, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 - for the caller one error as the other
    named, signature = envelope.get("key_id"), envelope.get("signature")
    if not isinstance(named, str) or not _KEY_ID.fullmatch(named):
        raise ValueError("no name of a key")
    if not isinstance(signature, str) or not _SIGNATURE.fullmatch(signature):
        raise ValueError("no signature")
    return envelope.get(field), named, signature


def is_signed(form: str, document: bytes, *, signing_key: str, named: str, signature: str) -> bool:
    """Say whether an agency's key signed a document.

    Args:
        form: as in `sign`.
        document: as there.
        signing_key: the agency's public key, PEM.
        named: name of the key that the envelope states.
        signature: in hex.
    """
    key = read_public_key(signing_key)
    return named == key_id(key) and signature_holds(key, bytes.fromhex(signature), _message(form, document))


def _message(form: str, document: bytes) -> bytes:
    return f"{form}\n".encode() + document
