"""A county from a seed: four agencies' extracts, a calendar, their contracts and the truth, written block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

from datalab.errors import UserError
from datalab.sample import truth
from datalab.sample.agencies import hospital, police, school, social_care, terms
from datalab.sample.block import Block, make_block
from datalab.sample.extracts import SampleExtract, Writer, json_lines, open_extract
from datalab.sample.lives.calendar import PERIODS, Period
from datalab.sample.people.households import BLOCK_PEOPLE, MOST_PEOPLE, block_count

CONTRACTS = "contracts"
TRUTH = "truth"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDataset:
    """What one agency sends: columns in order, and the format of its files."""

    name: str
    columns: tuple[str, ...]
    suffix: str
    types: dict[str, type]
    """Columns of a typed format that are no text."""


DATASETS = (
    SampleDataset(name=police.DATASET, columns=police.COLUMNS, suffix=".csv", types={}),
    SampleDataset(
        name=school.DATASET,
        columns=school.COLUMNS,
        suffix=".parquet",
        types={
            "date_of_birth": date,
            "free_school_meals": bool,
            "possible_sessions": int,
            "absence_sessions": int,
            "unauthorised_sessions": int,
        },
    ),
    SampleDataset(name=hospital.DATASET, columns=hospital.COLUMNS, suffix=".csv.gz", types={}),
    SampleDataset(name=social_care.DATASET, columns=social_care.COLUMNS, suffix=".jsonl", types={}),
)
"""The four datasets about people, in the order in which the README presents them."""
REFERENCE = SampleDataset(name=terms.DATASET, columns=terms.COLUMNS, suffix=".csv", types={})
"""Public reference data: the same for every county."""
EVERY_DATASET = (*DATASETS, REFERENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """A county that was written to a folder."""

    folder: Path
    people: int
    seed: int
    extracts: tuple[SampleExtract, ...]
    """A full extract and an increment for each dataset, in order of dataset and period."""

    @property
    def truth(self) -> Path:
        """Folder that holds who is who, identifiers in texts, and effects."""
        return self.folder / TRUTH

    @property
    def contracts(self) -> Path:
        """Folder that holds one contract a dataset, `<dataset>.yaml`."""
        return self.folder / CONTRACTS

    def extract(self, dataset: str, period: str = PERIODS[0].name) -> SampleExtract:
        """Return one extract by dataset and name of period."""
        return next(e for e in self.extracts if e.dataset == dataset and e.period.name == period)


def contract_texts() -> dict[str, str]:
    """Return the shipped contracts by dataset, as YAML."""
    folder = files("datalab.sample") / CONTRACTS
    return {dataset.name: (folder / f"{dataset.name}.yaml").read_text(encoding="utf-8") for dataset in EVERY_DATASET}


def blocks_of(*, people: int, seed: int) -> Iterator[Block]:
    """Make a county's blocks one after another; each can be made alone by `make_block` and is the same."""
    for number in range(block_count(people)):
        yield make_block(seed=seed, number=number, people=min(BLOCK_PEOPLE, people - number * BLOCK_PEOPLE))


def make_county(
    folder: Path, *, people: int, seed: int, progress: Callable[[int], None] = lambda _people: None
) -> County:
    """Write a county: extracts in `folder`, contracts and truth below it.

    Memory does not grow with the number of people: one block lives at a time, and one Parquet row group.

    Args:
        folder: where to write; made if absent, files of the same names are overwritten.
        people: from 1 to 5,000,000.
        seed: any whole number; the same seed gives the same bytes.
        progress: called after each block with the people made so far.

    Raises:
        UserError: if the number of people is outside that range.
    """
    if not 1 <= people <= MOST_PEOPLE:
        raise UserError(
            "A sample county cannot have that many people.",
            why=f"Its numbers stay different for 1 to {MOST_PEOPLE:,} people.",
            remedy="Choose --people in that range.",
        )
    for place in (folder, folder / TRUTH, folder / CONTRACTS):
        place.mkdir(parents=True, exist_ok=True)
    for dataset, text in contract_texts().items():
        (folder / CONTRACTS / f"{dataset}.yaml").write_text(text, encoding="utf-8")
    rows: dict[tuple[str, str], int] = {}
    realised = truth.Realised()
    with ExitStack() as stack:
        writers = {
            (dataset.name, period.name): stack.enter_context(
                open_extract(_path(folder, dataset, period), dataset.columns, dataset.types)
            )
            for dataset in EVERY_DATASET
            for period in PERIODS
        }
        for period in PERIODS:
            calendar = terms.rows_of(period)
            writers[REFERENCE.name, period.name].write(calendar)
            rows[REFERENCE.name, period.name] = len(calendar)
        everybody = stack.enter_context((folder / TRUTH / truth.PEOPLE).open("w", encoding="utf-8", newline="\n"))
        places = stack.enter_context((folder / TRUTH / truth.IDENTIFIERS).open("w", encoding="utf-8", newline="\n"))
        for block in blocks_of(people=people, seed=seed):
            _write(block, writers, rows)
            json_lines(everybody, truth.people_of(block))
            json_lines(places, (mark for record in block.records for mark in truth.identifiers_of(record)))
            realised.add(block)
            progress(min(people, (block.number + 1) * BLOCK_PEOPLE))
    truth.write_effects(folder / TRUTH, realised)
    return County(
        folder=folder,
        people=people,
        seed=seed,
        extracts=tuple(
            SampleExtract(
                dataset=dataset.name,
                path=_path(folder, dataset, period),
                period=period,
                rows=rows.get((dataset.name, period.name), 0),
            )
            for dataset in EVERY_DATASET
            for period in PERIODS
        ),
    )


def _path(folder: Path, dataset: SampleDataset, period: Period) -> Path:
    return folder / f"{dataset.name}-{period.name}{dataset.suffix}"


def _write(block: Block, writers: dict[tuple[str, str], Writer], rows: dict[tuple[str, str], int]) -> None:
    for place, writer in writers.items():
        if place[0] == REFERENCE.name:
            continue
        mine = [r.row for r in block.records if (r.dataset, r.period.name) == place]
        writer.write(mine)
        rows[place] = rows.get(place, 0) + len(mine)
