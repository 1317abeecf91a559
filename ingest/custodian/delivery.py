"""Delivering a sealed extract into the landing zone's inbox: a folder now, which SFTP and HTTPS can fill later."""

from __future__ import annotations

from pathlib import Path

from datalab.errors import ExtractError
from ingest.durable import copy_durably
from ingest.sealed.envelope import CIPHERTEXT, MANIFEST, read_claim


def deliver(manifest_file: Path, inbox: Path) -> str:
    """Copy an extract and its manifest into an inbox; safe to repeat.

    The manifest comes last: where it stands, the ciphertext beside it is complete.

    Returns:
        The extract's identifier.

    Raises:
        ExtractError: if the manifest cannot be read or its ciphertext is not beside it.
    """
    if not inbox.is_dir():
        raise ExtractError(f"There is no inbox in {inbox}.", remedy="Name the landing inbox that the lab gave you.")
    try:
        manifest = read_claim(manifest_file.read_bytes())
        name = manifest.extract_id
        with manifest_file.with_name(f"{name}{CIPHERTEXT}").open("rb") as ciphertext:
            copy_durably(ciphertext, inbox / f"{name}{CIPHERTEXT}")
    except FileNotFoundError:
        raise ExtractError(
            f"{manifest_file} and its ciphertext are not both there.",
            remedy="Name the .manifest.json file that `datalab extract seal` wrote, with the .age file beside it.",
        ) from None
    with manifest_file.open("rb") as signed:
        copy_durably(signed, inbox / f"{name}{MANIFEST}")
    return name
