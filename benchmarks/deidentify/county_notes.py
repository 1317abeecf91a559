"""Case notes of the sample county as an extract holds them, as many as asked for, of about 300 characters.

Each child of a block has four contacts, more than the county's own, since no county is so large; what a note says and
what its row holds is made by the generator as for any county. Notes under 200 characters are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import count, islice
from pathlib import Path
from random import Random

import pyarrow as pa

from datalab.contract.model import Contract
from datalab.contract.odcs.contract_file import parse_contract
from datalab.sample.agencies import social_care
from datalab.sample.county import contract_texts
from datalab.sample.lives.calendar import FIRST_DAY
from datalab.sample.lives.care import GROWN_UP, Contact
from datalab.sample.people.households import BLOCK_PEOPLE, block_random, households_of
from ingest.readers.batches import batch_of, schema_of, write_batches

SEED = 2026
CONTACTS = 4
SHORTEST = 200
DAYS = 300
BATCH = 10_000


def notes_contract() -> Contract:
    """The contract of the county's social-care contacts."""
    return parse_contract(contract_texts()[social_care.DATASET], social_care.DATASET)


def write_notes(path: Path, notes: int) -> None:
    """Write so many rows, each with a note, as text cells in one Parquet file; the first of more are the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}")
    write_batches(_batches(notes), schema_of(notes_contract().columns), aside)
    aside.rename(path)


def _batches(notes: int) -> Iterator[pa.RecordBatch]:
    columns = notes_contract().columns
    rows = islice(_rows(), notes)
    first = 1
    while some := list(islice(rows, BATCH)):
        cells = [[_cell(row[column.name]) for row in some] for column in columns]
        yield batch_of(schema_of(columns), first, cells)
        first += len(some)


def _cell(value: object) -> str | None:
    return None if value is None else str(value)


def _rows() -> Iterator[dict[str, object]]:
    for number in count():
        rng = block_random(SEED, number, "notes")
        homes = households_of(seed=SEED, block=number, people=BLOCK_PEOPLE)
        contacts = [
            Contact(child=child, home=home, at=_moment(rng), after_domestic=False, severe_absence=False)
            for home in homes
            for child in home.members
            if child.age_on(FIRST_DAY) < GROWN_UP
            for _ in range(CONTACTS)
        ]
        register = social_care.child_register(rng)
        for record in social_care.records_of(contacts, register, block=number, rng=rng):
            if record.text is not None and len(record.text.text) >= SHORTEST:
                yield dict(record.row)


def _moment(rng: Random) -> datetime:
    return datetime.combine(FIRST_DAY + timedelta(days=rng.randrange(DAYS)), time(9 + rng.randrange(8)))
