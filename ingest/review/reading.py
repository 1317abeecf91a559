"""One reading of one file: what is to be read, what was marked, and the signed marks at its end."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from anonymise.review.found import Found, Marks, find
from anonymise.review.rate import ReadCounts, least_texts, least_upper, read_counts
from datalab.contract.model import Contract
from datalab.errors import NotFoundError, StateError
from ingest.durable import write_durably
from ingest.review.kept import KeptMarks
from ingest.review.work_list import Item, Stratum
from ingest.sealed.agency_key import AgencyKey
from ingest.sealed.marks import ColumnMarks
from ingest.sealed.marks import Marks as SignedMarks
from ingest.sealed.marks_file import MARKS, sign_marks

LONGEST_LOOK: Final = 600
"""Seconds that one look at a text counts for at most: more is a break."""


@dataclass(slots=True, kw_only=True)
class Reading:
    """What the pages show and change; safe for several threads."""

    contract: Contract
    content_id: str
    text_model: str
    items: tuple[Item, ...] = field(repr=False)
    populations: Mapping[str, int]
    """Of each column how many texts were drawn from."""
    kept: KeptMarks
    key: AgencyKey = field(repr=False)
    folder: Path
    """Where the signed marks go."""
    clock: Callable[[], datetime]
    marked: dict[str, Marks] = field(default_factory=dict, repr=False)
    written: Path | None = None
    """The signed marks, once they are."""
    stale: int = field(init=False)
    """How many texts of the list are to be read again: what is masked in them is not what was when they were."""
    _on_disk: Mapping[str, Marks] = field(init=False, repr=False)
    """What this run read from the file or wrote to it last."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        """Leave out what was marked in texts that are masked otherwise now: it says nothing of what is left in them."""
        self._on_disk = dict(self.marked)
        stale = [item.place for item in self.items if (one := self.marks_of(item)) and one.masks != item.masks]
        for place in stale:
            del self.marked[place]
        self.stale = len(stale)

    def item(self, number: int) -> Item:
        """Return a text of the work list, from 1; raises NotFoundError."""
        if not 1 <= number <= len(self.items):
            raise NotFoundError("There is no such text.", remedy="Go to the list; it shows which there are.")
        return self.items[number - 1]

    def marks_of(self, item: Item) -> Marks | None:
        """Return what was marked in a text, or None where it was not read."""
        return self.marked.get(item.place)

    @property
    def done(self) -> int:
        """How many of the list were read."""
        return sum(item.place in self.marked for item in self.items)

    def next_number(self, after: int = 0) -> int | None:
        """Return the next text that was not read, from the one after, and around; None where all were."""
        numbers = [*range(after + 1, len(self.items) + 1), *range(1, after + 1)]
        return next((number for number in numbers if self.items[number - 1].place not in self.marked), None)

    def save(self, item: Item, marks: Marks) -> None:
        """Keep what was marked in a text; words and masks that it does not have are left out.

        Raises:
            StateError: if the marks are signed, or what is kept is not what this run knows: writing would lose it.
        """
        words = {(piece.start, piece.end) for piece in item.pieces if piece.word}
        with self._lock:
            if self.written is not None:
                raise StateError("The marks are signed already.", remedy="Start the command again to change them.")
            if self.kept.read() != self._on_disk:
                raise StateError(
                    "What you marked was not kept.",
                    why=f"{self.kept.path.name} is not as this run left it: another run of the command has the same "
                    "texts open, or the file was removed.",
                    remedy="End this run with Ctrl-C, and go on in the other or start the command again.",
                )
            earlier = self.marked.get(item.place)
            seconds = min(marks.seconds, LONGEST_LOOK) + (earlier.seconds if earlier is not None else 0)
            said = Marks(
                missed=marks.missed & words,
                wrong=marks.wrong & item.masks,
                kind=marks.kind,
                seconds=seconds,
                masks=item.masks,
            )
            marked = {**self.marked, item.place: said}
            self.kept.write(marked)
            self.marked, self._on_disk = marked, marked

    def columns(self) -> tuple[ColumnMarks, ...]:
        """Return what was found so far, by column."""
        return tuple(self._column(name) for name in self.populations)

    def too_few(self) -> tuple[str, ...]:
        """Say of which columns the texts on the list cannot show what the contract accepts, whatever is found."""
        said = []
        for name, population in self.populations.items():
            stated = self.contract.column(name)
            texts = sum(item.column == name and item.stratum is Stratum.RANDOM for item in self.items)
            if stated is None or not texts or least_upper(texts, population) <= stated.max_missed:
                continue
            least = least_texts(stated.max_missed, population)
            said.append(
                f"{name}: where nothing is missed, {texts:,} texts leave {least_upper(texts, population):.1%} "
                f"possible, and the contract accepts {stated.max_missed:.1%}. Read at least {least:,}: "
                f"--texts {least}."
            )
        return tuple(said)

    def finish(self) -> Path:
        """Sign what was found, and write it.

        Raises:
            StateError: if a text was not read: those that are left would be the less doubtful ones, and the estimate
                would not be one of the file.
        """
        with self._lock:
            left = len(self.items) - self.done
            if left:
                raise StateError(
                    f"{left:,} texts are not read yet.",
                    why="The estimate needs all that were drawn: the most doubtful come first.",
                    remedy="Read on; what you marked is kept.",
                )
            marks = SignedMarks(
                agency=self.contract.agency,
                dataset=self.contract.dataset,
                contract_version=self.contract.version,
                content_id=self.content_id,
                text_model=self.text_model,
                read_at=self.clock(),
                seconds=sum(self.marked[item.place].seconds for item in self.items),
                columns=self.columns(),
            )
            path = self.folder / f"{self.contract.dataset}-{self.content_id[:12]}{MARKS}"
            write_durably(path, sign_marks(marks, self.key))
            self.written = path
            return path

    def _column(self, name: str) -> ColumnMarks:
        found = [
            (item.stratum, find(item.pieces, self.marked[item.place]))
            for item in self.items
            if item.column == name and item.place in self.marked
        ]
        identifiers = sum((one.identifiers for _, one in found), Counter[str]())
        missed = sum((one.missed for _, one in found), Counter[str]())
        return ColumnMarks(
            name=name,
            texts=self.populations[name],
            random=_counts(one for stratum, one in found if stratum is Stratum.RANDOM),
            doubtful=_counts(one for stratum, one in found if stratum is Stratum.DOUBTFUL),
            kinds={kind: (count, missed[kind]) for kind, count in sorted(identifiers.items())},
        )


def _counts(found: Iterable[Found]) -> ReadCounts:
    return read_counts((one.identifiers.total(), one.missed.total(), one.wrong) for one in found)
