"""Where brought files lie: held apart until they are decided on, then read-only in their project's folder.

A project's sandboxes show its folder read-only at /reference, so a file appears there without a restart.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from datalab.errors import InternalError, UploadError

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Two folders of the lab, on one file system."""

    folder: Path

    def held(self, upload_id: str) -> Path:
        """Return where a file waits; nobody but the lab's own processes can read it."""
        return self.folder / "held" / upload_id

    def of_project(self, project: str) -> Path:
        """Return the folder that the sandboxes of a project show, and make it where it is not there."""
        folder = self.folder / "placed" / project
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        return folder

    def receive(self, upload_id: str, content: BinaryIO, *, most: int) -> tuple[int, str]:
        """Write a file down, whole or not at all.

        Args:
            upload_id: its id.
            content: its bytes.
            most: bytes that it may have.

        Returns:
            Its size in bytes, and its SHA-256 in hex.

        Raises:
            UploadError: if it is larger.
        """
        target = self.held(upload_id)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        size, digest = 0, hashlib.sha256()
        try:
            with target.open("xb") as out:
                target.chmod(0o600)
                while chunk := content.read(CHUNK):
                    size += len(chunk)
                    _check_size(size, most)
                    digest.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return size, digest.hexdigest()

    def replace(self, upload_id: str, content: bytes) -> None:
        """Put something else in a held file's stead, at once."""
        target = self.held(upload_id)
        aside = target.with_name(f".{upload_id}.part")
        with aside.open("wb") as out:
            aside.chmod(0o600)
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(target)

    def digest(self, upload_id: str) -> str:
        """Return the SHA-256 of a held file, in hex."""
        return _digest(self.held(upload_id))

    def place(self, upload_id: str, project: str, name: str, *, digest: str) -> None:
        """Lay a held file into its project's folder; done before, it changes nothing.

        Raises:
            InternalError: if the file is not what was checked, or another lies there.
        """
        held, placed = self.held(upload_id), self.of_project(project) / name
        if not placed.exists():
            if _digest(held) != digest:
                raise InternalError(
                    "A file changed between its check and its placing.", remedy="Look at who can write there."
                )
            held.chmod(0o444)
            os.link(held, placed)
            _sync(placed.parent)
        elif _digest(placed) != digest:
            raise InternalError(f"Another file lies where {name} belongs.", remedy="Look at who can write there.")

    def forget(self, upload_id: str) -> None:
        """Take a held file away, if it is there."""
        self.held(upload_id).unlink(missing_ok=True)

    def beginning(self, upload_id: str, *, most: int) -> str:
        """Return the first characters of a held text, for who decides on it."""
        with self.held(upload_id).open("rb") as content:
            return content.read(most).decode("utf-8-sig", "ignore")


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise UploadError(
            "That file is too large to come in.",
            why=f"At most {most >> 20} MiB.",
            remedy="Split it, or ask an operator to deliver it as a dataset.",
        )


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
