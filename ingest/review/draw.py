"""Which texts are read: drawn at random from the whole file, and fixed by what the file holds.

Each passage of a column gets a random number in the order of the file, and those with the smallest are drawn: a simple
random sample without replacement, whose first texts are one too (Sunter 1977, Applied Statistics 26(3), section 2). The
numbers follow from the file's content id: the same file gives the same texts, so that a reading that was broken off
finds its place again, and starting again draws no others. Another file does, be it the same rows in another order.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import pyarrow as pa

from anonymise.prose.recorded.known_values import KnownValue
from anonymise.prose.recorded.row_values import row_values
from anonymise.prose.redaction import as_searched
from anonymise.review.passages import LONGEST_PASSAGE, passage_count
from datalab.contract.model import Column, Contract, PrivacyUnit, Treatment
from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.readers.batches import ROW
from ingest.readers.rows import format_of, read_rows

POOL: Final = 1_000
"""Passages of a column that are drawn: the first are read for the estimate, the most doubtful of the rest besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnText:
    """One passage of one cell."""

    column: str
    row: int
    """In the file, from 1."""
    number: int
    """Which passage of the cell, from 0."""
    of: int
    """How many the cell has."""
    text: str = field(repr=False)
    """The whole cell, as it is searched."""
    known: tuple[KnownValue, ...] = field(repr=False)
    """Values of its row that must not stand in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What was drawn of one column, in the order of the draw."""

    column: str
    population: int
    """Passages in the file, without those that were seen to be replaced as a whole: exact where all were drawn."""
    texts: tuple[DrawnText, ...]


def read_columns(contract: Contract) -> tuple[Column, ...]:
    """Return the columns whose texts are read: those that are redacted."""
    return tuple(column for column in contract.columns if column.treatment is Treatment.REDACT)


def draw(
    source: Path, contract: Contract, *, seed: str, pool: int = POOL, limits: Limits = DEFAULT_LIMITS
) -> Mapping[str, Draw]:
    """Draw passages of every redacted column.

    Args:
        source: the custodian's file.
        contract: its contract.
        seed: the file's content id.
        pool: passages of a column.
        limits: what the lab reads.

    Raises:
        UnreadableExtractError: if the file is not the contract's rows.
    """
    samples = {column.name: _Sample(column.name, seed, pool) for column in read_columns(contract)}
    for batch in read_rows(source, format_of(source), contract.columns, limits):
        owned = _owned(batch, contract)
        for sample in samples.values():
            sample.take(owned, contract)
    return {name: sample.draw() for name, sample in samples.items()}


def _owned(batch: pa.RecordBatch, contract: Contract) -> pa.RecordBatch:
    """Return the rows that the lab would keep: without a unit a row is left out, and its text is read by nobody."""
    key = contract.person_key
    if key is None or contract.privacy_unit in (PrivacyUnit.RECORD, PrivacyUnit.PUBLIC):
        return batch
    return batch.filter(batch.column(key.name).is_valid())


class _Sample:
    """Passages with the smallest random numbers so far."""

    def __init__(self, column: str, seed: str, most: int) -> None:
        self._column, self._most = column, most
        self._random = Random(f"{seed}|{column}")
        self._seen = self._taken = 0
        self._kept: list[tuple[float, int, DrawnText]] = []  # the numbers negated: a heap has its smallest first

    def take(self, batch: pa.RecordBatch, contract: Contract) -> None:
        chosen = list(self._chosen(batch.column(self._column).to_pylist()))
        places = sorted({place for _, place, _, _, _ in chosen})
        rows = batch.take(pa.array(places, pa.int64()))
        known = dict(zip(places, row_values(contract, rows), strict=True))
        numbers = dict(zip(places, rows.column(ROW).to_pylist(), strict=True))
        for drawn, place, number, of, shown in chosen:
            text = DrawnText(
                column=self._column, row=numbers[place], number=number, of=of, text=shown, known=known[place]
            )
            self._taken += 1  # texts are not compared where two numbers are the same
            entry = (-drawn, self._taken, text)
            if len(self._kept) < self._most:
                heapq.heappush(self._kept, entry)
            else:
                heapq.heappushpop(self._kept, entry)

    def draw(self) -> Draw:
        texts = tuple(text for _, _, text in sorted(self._kept, key=lambda entry: -entry[0]))
        return Draw(column=self._column, population=self._seen, texts=texts)

    def _chosen(self, cells: Sequence[str | None]) -> Iterator[tuple[float, int, int, int, str]]:
        """Yield what of a batch can still be among the smallest: number, place, passage, of how many, text.

        A text that the lab replaces as a whole is read by nobody: it is left out, and its number with it.
        """
        for place, cell in enumerate(cells):
            of = 0 if cell is None else _passages(cell)
            self._seen += of
            near = [(drawn, number) for number in range(of) if self._is_near(drawn := self._random.random())]
            if cell is None or not near:
                continue
            shown = as_searched(cell)
            if shown is None:
                self._seen -= len(near)
            else:
                yield from ((drawn, place, number, of, shown) for drawn, number in near)

    def _is_near(self, drawn: float) -> bool:
        return len(self._kept) < self._most or drawn < -self._kept[0][0]


def _passages(cell: str) -> int:
    """Return in how many passages a cell is read: markup fills no page, and what is replaced as a whole none.

    A cell of a page or less is one whatever it holds: only longer ones are cleaned to know.
    """
    if len(cell) <= LONGEST_PASSAGE:
        return 1
    shown = as_searched(cell)
    return 0 if shown is None else passage_count(len(shown))
