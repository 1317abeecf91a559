"""Raw extracts at rest: the payload in the landing zone, its age header among the ingest keys; destroyed by the header.

An age file (age-encryption.org/v1) is a header that wraps the file key to the landing key, then a payload that only
the file key opens. The header is a few hundred bytes: without it the payload is noise, also to whoever holds the
landing key later. See `docs/architecture.md`, *Destroying a raw extract*.
"""

from __future__ import annotations

import hashlib
import hmac
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Self

import pyrage

from anonymise.keys.key_file import discard, write_once
from anonymise.keys.keyring import NamedKey
from datalab.errors import ExtractError
from datalab.settings import Settings
from ingest.durable import CHUNK, copy_durably, sync_folder, write_durably, writing
from ingest.sealed.envelope import read_claim
from ingest.sealed.manifest import Manifest

MAX_HEADER = 16 * 1024
"""Longest age header that is read: one recipient needs some 200 bytes."""
_INTRODUCTION = b"age-encryption.org/v1\n"
_LAST_LINE = b"\n--- "


def header_length(ciphertext: BinaryIO) -> int:
    """Return where an age file's payload begins.

    Raises:
        ExtractError: if the file is no binary age file.
    """
    start = ciphertext.read(MAX_HEADER)
    mac = start.find(_LAST_LINE)
    end = start.find(b"\n", mac + 1)
    if not start.startswith(_INTRODUCTION) or mac < 0 or end < 0:
        raise ExtractError(
            "The ciphertext is not a binary age file.",
            why="It was cut off, armoured as text, or encrypted with another tool.",
            remedy="Seal the extract again with `datalab extract seal`.",
        )
    return end + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RawExtracts:
    """Where raw extracts lie."""

    headers: Path
    sealed: Path
    treated: Path
    """What was de-identified and is not published yet, in sealed parts (`ingest.sealed.parts`)."""

    @classmethod
    def of(cls, settings: Settings) -> RawExtracts:
        """Return a lab's raw extracts, their folders made."""
        raw = cls(
            headers=settings.ingest_keys / "extracts",
            sealed=settings.landing / "sealed",
            treated=settings.landing / "treated",
        )
        raw.headers.mkdir(mode=0o700, parents=True, exist_ok=True)
        raw.sealed.mkdir(parents=True, exist_ok=True)
        return raw

    def keep(self, extract_id: str, ciphertext: Path, manifest: bytes) -> None:
        """Take over an age file, split in two, and its signed manifest; safe to repeat. The files stay the caller's.

        Raises:
            ExtractError: if it is no binary age file.
        """
        write_durably(self._manifest(extract_id), manifest)
        with ciphertext.open("rb") as file:
            length = header_length(file)
            file.seek(0)
            write_once(self._header(extract_id), file.read(length))
            copy_durably(file, self._payload(extract_id))

    def manifest(self, extract_id: str) -> Manifest:
        """Return what the agency signed; it stays when the extract is destroyed."""
        return read_claim(self._manifest(extract_id).read_bytes())

    def digest(self, extract_id: str) -> str:
        """Return the SHA-256 of the age file as it arrived, in hex; empty where it is not whole any more."""
        digest = hashlib.sha256()
        try:
            with _Joined.open(self._header(extract_id), self._payload(extract_id)) as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
        except FileNotFoundError:
            return ""
        return digest.hexdigest()

    def decrypt(self, extract_id: str, identity: pyrage.x25519.Identity, target: Path) -> None:
        """Write an extract's plaintext, whole or not at all.

        pyrage hands over what it decrypted before it finds a file cut off: so a failure must leave no file.

        Raises:
            ExtractError: if the extract is not encrypted to this landing key, or was changed.
        """
        try:
            with (
                _Joined.open(self._header(extract_id), self._payload(extract_id)) as ciphertext,
                writing(target) as plaintext,
            ):
                pyrage.decrypt_io(ciphertext, plaintext, [identity])
        except (pyrage.DecryptError, OSError):
            raise ExtractError(
                "The extract cannot be decrypted.",
                why="It is encrypted to another key than this lab's landing key, or was damaged before it was signed.",
                remedy="Seal it again to the lab's current landing.pub.",
            ) from None

    def parts(self, extract_id: str) -> Path:
        """Return the folder of an extract's treated parts."""
        return self.treated / extract_id

    def parts_key(self, extract_id: str, key: NamedKey) -> bytes:
        """Return the key, of 32 bytes, of an extract's treated parts: without its header nobody can derive it again.

        Args:
            extract_id: the extract.
            key: of the purpose `parts/treated`.
        """
        return hmac.digest(key.secret, self._header(extract_id).read_bytes(), "sha256")

    def shred(self, extract_id: str) -> None:
        """Destroy an extract: its header over-written and removed, then its payload and its parts; safe to repeat."""
        discard(self._header(extract_id))
        self._payload(extract_id).unlink(missing_ok=True)
        shutil.rmtree(self.parts(extract_id), ignore_errors=True)
        sync_folder(self.sealed)

    def is_destroyed(self, extract_id: str) -> bool:
        """Say whether nothing is left that could be opened."""
        left = (self._header(extract_id), self._payload(extract_id), self.parts(extract_id))
        return not any(path.exists() for path in left)

    def _header(self, extract_id: str) -> Path:
        return self.headers / f"{extract_id}.header"

    def _manifest(self, extract_id: str) -> Path:
        return self.sealed / f"{extract_id}.manifest.json"

    def _payload(self, extract_id: str) -> Path:
        return self.sealed / f"{extract_id}.payload"


@dataclass(slots=True)
class _Joined:
    """Header and payload, read as the one file they were."""

    parts: list[BinaryIO] = field(default_factory=list)
    place: int = 0

    @classmethod
    def open(cls, *paths: Path) -> _Joined:
        joined = cls()
        try:
            for path in paths:
                joined.parts.append(path.open("rb"))
        except OSError:
            joined.__exit__()
            raise
        return joined

    def read(self, size: int = -1) -> bytes:
        while self.place < len(self.parts):
            if chunk := self.parts[self.place].read(size):
                return chunk
            self.place += 1
        return b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for part in self.parts:
            part.close()
