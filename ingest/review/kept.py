"""What was marked so far, kept on the custodian's machine: places and numbers, never a text; for this user only."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from anonymise.prose.entities import Entity
from anonymise.review.found import Marks, Place
from datalab.errors import StateError
from ingest.durable import sync_folder

FORMAT: Final = "datalab-review-kept/2"
ENDING: Final = ".review"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMarks:
    """A file that holds what was marked in the texts of one extract's file."""

    path: Path
    content_id: str

    @classmethod
    def beside(cls, folder: Path, dataset: str, content_id: str) -> KeptMarks:
        """Return where the marks of a file are kept."""
        return cls(path=folder / f".{dataset}-{content_id[:12]}{ENDING}", content_id=content_id)

    def read(self) -> dict[str, Marks]:
        """Return what was marked, by the place of the text; empty where nothing was yet.

        Raises:
            StateError: if there is something else in the file.
        """
        try:
            document = json.loads(self.path.read_bytes())
            said = (document["format"], document["content_id"])
            marks = {place: _marks(entry) for place, entry in document["marks"].items()}
        except FileNotFoundError:
            return {}
        except (AttributeError, KeyError, TypeError, ValueError):
            said, marks = None, {}
        if said != (FORMAT, self.content_id):
            raise StateError(
                f"{self.path} does not hold what was marked in this file.",
                why="It was changed, or is another version's.",
                remedy="Remove it, and read the texts again.",
            )
        return marks

    def write(self, marks: Mapping[str, Marks]) -> None:
        """Write what was marked, whole or not at all, readable by this user only."""
        document = {
            "format": FORMAT,
            "content_id": self.content_id,
            "marks": {place: _document(entry) for place, entry in sorted(marks.items())},
        }
        aside = self.path.with_name(f"{self.path.name}.{os.getpid()}.part")
        with contextlib.suppress(FileNotFoundError):
            aside.unlink()
        try:
            handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(json.dumps(document).encode())
                file.flush()
                os.fsync(file.fileno())
            aside.rename(self.path)
        finally:
            aside.unlink(missing_ok=True)
        sync_folder(self.path.parent)


def _document(marks: Marks) -> dict[str, Any]:
    return {
        "missed": sorted(marks.missed),
        "wrong": sorted(marks.wrong),
        "kind": None if marks.kind is None else marks.kind.value,
        "seconds": marks.seconds,
        "masks": sorted(marks.masks),
    }


def _marks(entry: Mapping[str, Any]) -> Marks:
    return Marks(
        missed=frozenset(map(_place, entry["missed"])),
        wrong=frozenset(map(_place, entry["wrong"])),
        kind=None if entry["kind"] is None else Entity(entry["kind"]),
        seconds=int(entry["seconds"]),
        masks=frozenset(map(_place, entry["masks"])),
    )


def _place(entry: list[int]) -> Place:
    start, end = entry
    return int(start), int(end)
