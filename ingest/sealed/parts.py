"""Treated parts of an extract at rest: sealed under a key that dies with the raw extract, each whole or absent.

They outlive the worker that made them, and redaction may have missed a name. So they are ciphertext like the raw
extract (law 9): AES-256-GCM (NIST SP 800-38D) under a key that cannot be derived without the extract's own age header
(`ingest.landing.raw_extract`). A part's first line, which GCM vouches for like the rest, says which part of what it
is; a part that was cut off, changed, moved or made by others does not open, and is made again.

A folder belongs to one version: the same extract, contract, keys and rules. Its name is a digest of those, and of no
value of the data.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anonymise.treatment.part import TreatedPart
from ingest.durable import writing

FORMAT: Final = "datalab-treated-part/1"
_NONCE: Final = 12
_SUFFIX: Final = ".part"
_LONGEST: Final = 1_024
"""Bytes of a first line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLine:
    """What a part's first line says."""

    number: int
    rows: int
    texts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedParts:
    """The parts of one version of one extract's treatment; it travels to Spark's workers, key and all."""

    folder: Path
    version: str
    count: int
    """How many there are when all are done."""
    key: bytes = field(repr=False)

    @classmethod
    def open(cls, extract: Path, *, stated: object, count: int, key: bytes) -> Self:
        """Open an extract's parts: those of other versions go, and those that do not open.

        Args:
            extract: folder of the extract's parts; made where it is not there.
            stated: JSON of whatever makes another version; names, digests and counts, and no secret.
            count: how many parts there are in all.
            key: 32 bytes.
        """
        version = hashlib.sha256(json.dumps([FORMAT, stated, count], sort_keys=True).encode()).hexdigest()[:32]
        parts = cls(folder=extract / version, version=version, count=count, key=key)
        parts.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for other in extract.iterdir():
            if other != parts.folder:
                shutil.rmtree(other)
        for left in parts.folder.glob(".*"):  # half written when somebody was killed
            left.unlink(missing_ok=True)
        for number in range(count):
            if parts._path(number).exists() and parts._opened(number) is None:
                parts._path(number).unlink()
        return parts

    def keep(self, part: TreatedPart) -> None:
        """Seal a part, and give it its name when it has reached the disk."""
        line = self._line(PartLine(number=part.number, rows=part.rows, texts=part.texts))
        nonce = os.urandom(_NONCE)
        with writing(self._path(part.number)) as file:
            file.write(line + nonce + AESGCM(self.key).encrypt(nonce, part.content, line))

    def done(self) -> dict[int, PartLine]:
        """Return what is said of the parts that are there, by number."""
        found = {}
        for number in range(self.count):
            try:
                with self._path(number).open("rb") as file:
                    line = json.loads(file.readline(_LONGEST))
            except (FileNotFoundError, ValueError):
                continue
            found[number] = PartLine(number=number, rows=line["rows"], texts=line["texts"])
        return found

    def discard(self) -> None:
        """Remove every part."""
        for number in range(self.count):
            self._path(number).unlink(missing_ok=True)

    def unseal(self, folder: Path) -> bool:
        """Write every part into a folder as a Parquet file; says whether all were whole. Those that were not go."""
        whole = True
        for number in range(self.count):
            content = self._opened(number)
            if content is None:
                self._path(number).unlink(missing_ok=True)
                whole = False
            else:
                (folder / f"part-{number:05d}.parquet").write_bytes(content)
        return whole

    def _opened(self, number: int) -> bytes | None:
        try:
            sealed = self._path(number).read_bytes()
        except FileNotFoundError:
            return None
        line = sealed[: sealed.find(b"\n") + 1]
        start = len(line) + _NONCE
        try:
            said = json.loads(line)
            content = AESGCM(self.key).decrypt(sealed[len(line) : start], sealed[start:], line)
            is_ours = line == self._line(PartLine(number=number, rows=said["rows"], texts=said["texts"]))
        except (ValueError, KeyError, TypeError, InvalidTag):
            return None
        return content if is_ours else None

    def _line(self, part: PartLine) -> bytes:
        said = {
            "format": FORMAT,
            "version": self.version,
            "part": part.number,
            "rows": part.rows,
            "texts": part.texts,
        }
        return json.dumps(said).encode() + b"\n"

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:05d}{_SUFFIX}"
