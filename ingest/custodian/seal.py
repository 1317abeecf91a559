"""Sealing: a custodian's file in, an age file and its signed manifest out. Runs on the custodian's machine."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from hmac import HMAC
from pathlib import Path
from typing import BinaryIO

import pyrage

from datalab.catalogue import ExtractKind
from datalab.contract.model import Contract
from datalab.errors import ExtractError
from ingest.durable import CHUNK, write_durably, writing
from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.readers.rows import format_of, read_rows
from ingest.sealed.agency_key import AgencyKey
from ingest.sealed.envelope import CIPHERTEXT, MANIFEST, sign_manifest
from ingest.sealed.landing_key import read_recipient
from ingest.sealed.manifest import Manifest, marks_fit
from ingest.sealed.marks import Marks
from ingest.sealed.marks_file import MAX_MARKS_BYTES, verify_marks


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedExtract:
    """What a custodian delivers."""

    manifest: Manifest
    ciphertext: Path
    manifest_file: Path


def seal_extract(
    source: Path,
    *,
    contract: Contract,
    kind: ExtractKind,
    period_from: date,
    period_to: date,
    key: AgencyKey,
    landing_key: str,
    folder: Path,
    now: datetime,
    marks_file: Path | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> SealedExtract:
    """Encrypt a file to the lab's landing key and sign what it is.

    The file is read twice, never whole: once as rows, so that what the lab would refuse is found here, and once to
    encrypt. Nothing unencrypted is written.

    Args:
        source: the file; its ending says its format.
        contract: the dataset's contract.
        kind: whether it replaces what came before or adds to it.
        period_from: first day that the rows are about.
        period_to: last day.
        key: the agency's signing key.
        landing_key: the lab's public key, `age1...`.
        folder: where both files go.
        now: the time of sealing.
        marks_file: what `datalab extract review` wrote about this file; None where its texts were not read.
        limits: what the lab reads.

    Raises:
        UnreadableExtractError: if the file is not the contract's rows, with every fault.
        SettingsError: if `landing_key` is none.
        ExtractError: if the marks cannot be read, or are of another file or of another version of the contract.
        IntegrityError: if another key signed the marks.
    """
    marks = None if marks_file is None else _marks(marks_file, key)
    recipient = read_recipient(landing_key)
    file_format = format_of(source)
    rows = sum(batch.num_rows for batch in read_rows(source, file_format, contract.columns, limits))
    folder.mkdir(parents=True, exist_ok=True)
    mac = key.content_mac(contract.dataset, contract.version)
    aside = folder / f".sealing-{contract.dataset}{CIPHERTEXT}"
    with source.open("rb") as plain, writing(aside) as target:
        sealed = _Sealed(target)
        pyrage.encrypt_io(_Authenticated(plain, mac), sealed, [recipient])
    manifest = Manifest(
        agency=contract.agency,
        dataset=contract.dataset,
        contract_version=contract.version,
        kind=kind,
        period_from=period_from,
        period_to=period_to,
        file_format=file_format,
        rows=rows,
        ciphertext_sha256=sealed.digest.hexdigest(),
        ciphertext_bytes=sealed.length,
        content_id=mac.hexdigest(),
        sealed_at=now,
        marks=marks,
    )
    if marks is not None and not marks_fit(manifest, marks):
        aside.unlink()
        raise ExtractError(
            "These marks are not of this file.",
            why="The file, its contract's version or the contract itself is not the one whose texts were read.",
            remedy="Seal the file that was read, or read this one: datalab extract review.",
        )
    ciphertext = aside.rename(folder / f"{manifest.extract_id}{CIPHERTEXT}")
    manifest_file = folder / f"{manifest.extract_id}{MANIFEST}"
    write_durably(manifest_file, sign_manifest(manifest, key))
    return SealedExtract(manifest=manifest, ciphertext=ciphertext, manifest_file=manifest_file)


def content_id(source: Path, contract: Contract, key: AgencyKey) -> str:
    """Return the name of a file's content, as its manifest will state it."""
    mac = key.content_mac(contract.dataset, contract.version)
    with source.open("rb") as plain:
        while chunk := plain.read(CHUNK):
            mac.update(chunk)
    return mac.hexdigest()


def _marks(path: Path, key: AgencyKey) -> Marks:
    with path.open("rb") as file:
        return verify_marks(file.read(MAX_MARKS_BYTES + 1), key.public_pem)


@dataclass(slots=True)
class _Authenticated:
    """A file whose bytes pass through a MAC as they are read."""

    file: BinaryIO
    mac: HMAC

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(size)
        self.mac.update(chunk)
        return chunk


@dataclass(slots=True)
class _Sealed:
    """A file whose bytes are hashed and counted as they are written."""

    file: BinaryIO
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    length: int = 0

    def write(self, chunk: bytes) -> int:
        self.digest.update(chunk)
        self.length += len(chunk)
        return self.file.write(chunk)

    def flush(self) -> None:
        self.file.flush()
