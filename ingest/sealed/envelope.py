"""The envelope around a manifest: the manifest, the name of the key that signed it, the signature."""

from __future__ import annotations

import json
import re

from datalab.errors import ExtractError, IntegrityError
from ingest.sealed.agency_key import AgencyKey, key_id, read_public_key, signature_holds
from ingest.sealed.manifest import FORMAT, MAX_MANIFEST_BYTES, Manifest, canonical, parse_manifest, render

CIPHERTEXT = ".age"
"""Ending of a sealed extract's payload."""
MANIFEST = ".manifest.json"
"""Ending of the signed manifest beside it."""

_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_KEY_ID = re.compile(r"[0-9a-f]{16}")


def sign_manifest(manifest: Manifest, key: AgencyKey) -> bytes:
    """Return the content of a manifest file."""
    return _envelope(manifest, key.id, key.sign(_message(manifest)).hex())


def read_claim(content: bytes) -> Manifest:
    """Read what a manifest file claims, without any word on who wrote it: only to look up the agency's key.

    Raises:
        ExtractError: if the file is not, byte for byte, what `sign_manifest` writes.
    """
    manifest, _, _ = _open(content)
    return manifest


def verify_manifest(content: bytes, signing_key: str) -> Manifest:
    """Read a manifest file and check that the agency's key signed it.

    Args:
        content: the whole file.
        signing_key: the agency's public key, PEM.

    Raises:
        ExtractError: if the file is not, byte for byte, what `sign_manifest` writes.
        IntegrityError: if another key signed it, or it was changed afterwards.
    """
    manifest, named, signature = _open(content)
    key = read_public_key(signing_key)
    if named != key_id(key) or not signature_holds(key, bytes.fromhex(signature), _message(manifest)):
        raise IntegrityError(
            f"The manifest is not signed by {manifest.agency}.",
            why=f"Its key in the register is {key_id(key)}; the signature is another key's, or of other words.",
            remedy="Seal the extract again with the registered key, or have the operator register the new one.",
        )
    return manifest


def _message(manifest: Manifest) -> bytes:
    return f"{FORMAT}\n".encode() + canonical(manifest)


def _envelope(manifest: Manifest, key_name: str, signature: str) -> bytes:
    document = {"key_id": key_name, "manifest": json.loads(canonical(manifest)), "signature": signature}
    return render(document) + b"\n"


def _open(content: bytes) -> tuple[Manifest, str, str]:
    if len(content) > MAX_MANIFEST_BYTES:
        raise _refusal()
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise _refusal() from None
    if not isinstance(document, dict):
        raise _refusal()
    named, signature = document.get("key_id"), document.get("signature")
    if not isinstance(named, str) or not _KEY_ID.fullmatch(named):
        raise _refusal()
    if not isinstance(signature, str) or not _SIGNATURE.fullmatch(signature):
        raise _refusal()
    manifest = parse_manifest(document.get("manifest"))
    if content != _envelope(manifest, named, signature):
        raise _refusal()
    return manifest, named, signature


def _refusal() -> ExtractError:
    return ExtractError(
        "The manifest cannot be read.",
        why="It is not the file that `datalab extract seal` wrote: cut off, edited, unsigned, or of another kind.",
        remedy="Deliver the file as it was written, or seal the extract again.",
    )
