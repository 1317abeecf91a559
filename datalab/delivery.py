"""The landing zone's inbox, as it is filled from a browser: sealed files only, whole or not at all.

Only what a browser can spoil is judged here: that the file is sealed and whole. The ingest worker checks signature,
digest and contract, and refuses what fails.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from datalab.errors import ExtractError
from datalab.governance.people import Person
from datalab.governance.permission import check_may_act_for

SEALED, MANIFEST = ".age", ".manifest.json"
MAX_SEALED = 20 * 2**30
"""Bytes of the largest sealed extract."""
MAX_MANIFEST = 64 * 1024
CHUNK = 1 << 20
INTRODUCTION = b"age-encryption.org/v1\n"
"""First line of every age file (age-encryption.org/v1)."""
STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,120}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Where agencies deliver."""

    folder: Path

    def take(
        self, sealed_name: str, sealed: BinaryIO, manifest_name: str, manifest: BinaryIO, *, custodian: Person
    ) -> str:
        """Take a sealed extract and its manifest.

        Args:
            sealed_name: as the custodian's machine calls the file.
            sealed: its content.
            manifest_name: as above.
            manifest: its content.
            custodian: who delivers.

        Returns:
            The delivery's name.

        Raises:
            PermissionDeniedError: if the person is no custodian.
            ExtractError: if the files do not belong together, are too large, are not sealed, or are another agency's.
        """
        check_may_act_for(custodian, agency=custodian.agency or "")
        stem = sealed_name.removesuffix(SEALED)
        if stem == sealed_name or manifest_name != stem + MANIFEST or not STEM.fullmatch(stem):
            raise ExtractError(
                "These two files do not belong together.",
                why="A sealed extract is NAME.age, and its manifest NAME.manifest.json.",
                remedy="Choose both files as `datalab extract seal` wrote them.",
            )
        said, claim = _manifest(manifest)
        if claim.get("agency") != custodian.agency:
            raise ExtractError("This extract is another agency's.", remedy="Ask a custodian of that agency.")
        if (self.folder / f"{stem}{MANIFEST}").exists():
            return stem  # delivered before, and waiting
        aside = [self.folder / f".{secrets.token_hex(8)}.part" for _ in range(2)]
        try:
            if _write(aside[0], sealed) != claim.get("ciphertext_sha256"):
                raise ExtractError(
                    "The sealed file is not the one that its manifest describes, and was not taken.",
                    why="Its digest is another: it was damaged or cut off on the way, or sealed again since.",
                    remedy="Choose both files as `datalab extract seal` wrote them, and upload them again.",
                )
            aside[1].write_bytes(said)
            aside[0].rename(self.folder / f"{stem}{SEALED}")
            aside[1].rename(self.folder / f"{stem}{MANIFEST}")  # last: where it stands, both stand
        finally:
            for path in aside:
                path.unlink(missing_ok=True)
        return stem


def _manifest(file: BinaryIO) -> tuple[bytes, dict[str, Any]]:
    """Return a manifest's bytes and what it claims; the ingest worker checks the claim."""
    content = file.read(MAX_MANIFEST + 1)
    try:
        said = json.loads(content) if len(content) <= MAX_MANIFEST else None
    except (ValueError, RecursionError):
        said = None
    match said:
        case {"manifest": dict(claim)}:
            return content, claim
        case _:
            raise ExtractError(
                "That file is no manifest.", remedy="Choose the .manifest.json that `datalab extract seal` wrote."
            )


def _write(path: Path, content: BinaryIO) -> str:
    """Write a sealed file and return its SHA-256 digest in hexadecimal digits; raises ExtractError."""
    size, digest = 0, hashlib.sha256()
    with path.open("xb") as out:
        while chunk := content.read(CHUNK):
            if not size and not chunk.startswith(INTRODUCTION):
                raise ExtractError(
                    "That file is not sealed, and was not taken.",
                    why="The lab takes ciphertext only: what leaves an agency is encrypted before it leaves.",
                    remedy="Seal it first, with `datalab extract seal` or the age tool.",
                )
            size += len(chunk)
            if size > MAX_SEALED:
                raise ExtractError("That file is too large to upload.", remedy="Deliver it by the command instead.")
            digest.update(chunk)
            out.write(chunk)
        if not size:
            raise ExtractError("The sealed file is empty, and was not taken.", remedy="Seal the extract again.")
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()
