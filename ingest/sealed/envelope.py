"""The signed manifest as a file."""

from __future__ import annotations

from datalab.errors import ExtractError, IntegrityError
from ingest.sealed.agency_key import AgencyKey, key_id, read_public_key
from ingest.sealed.manifest import FORMAT, MAX_MANIFEST_BYTES, Manifest, canonical, parse_manifest
from ingest.sealed.signed import enclose, is_signed, open_signed, sign

CIPHERTEXT = ".age"
"""Ending of a sealed extract's payload."""
MANIFEST = ".manifest.json"
"""Ending of the signed manifest beside it."""

_FIELD = "manifest"


def sign_manifest(manifest: Manifest, key: AgencyKey) -> bytes:
    """Return the content of a manifest file."""
    return sign(_FIELD, FORMAT, canonical(manifest), key)


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
    if not is_signed(FORMAT, canonical(manifest), signing_key=signing_key, named=named, signature=signature):
        raise IntegrityError(
            f"The manifest is not signed by {manifest.agency}.",
            why=f"Its key in the register is {key_id(read_public_key(signing_key))}; the signature is another key's, "
            "or of other words.",
            remedy="Seal the extract again with the registered key, or have the operator register the new one.",
        )
    return manifest


def _open(content: bytes) -> tuple[Manifest, str, str]:
    try:
        document, named, signature = open_signed(_FIELD, content, most=MAX_MANIFEST_BYTES)
    except ValueError:
        raise _refusal() from None
    manifest = parse_manifest(document)
    if content != enclose(_FIELD, canonical(manifest), named, signature):
        raise _refusal()
    return manifest, named, signature


def _refusal() -> ExtractError:
    return ExtractError(
        "The manifest cannot be read.",
        why="It is not the file that `datalab extract seal` wrote: cut off, edited, unsigned, or of another kind.",
        remedy="Deliver the file as it was written, or seal the extract again.",
    )
