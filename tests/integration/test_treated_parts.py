"""De-identification in parts on Spark: the same whatever Spark does, and gone on with where it was killed."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import DataFrame, SparkSession
from treated_dataset import MODEL, batch, contract, frame, row

from anonymise.keys.keyring import KeyRing
from anonymise.rules import rules_version
from anonymise.spark.parts import FEWEST, ROWS, part_count
from anonymise.treatment.part import TreatedPart
from datalab.contract.generalisation import Microaggregate
from datalab.contract.model import PrivacyUnit
from datalab.errors import InternalError
from datalab.jobs import Progress
from ingest.sealed.parts import SealedParts
from ingest.spark import treating
from ingest.spark.treating import READING, Treated, Treater

pytestmark = pytest.mark.spark
RING = KeyRing.throwaway()
KEY = secrets.token_bytes(32)
PEOPLE = 12
GIVEN = ("Kwame", "Ngozi", "Winston", "Priya")
SURNAMES = ("Boateng", "Okonkwo", "Adeyemi", "Venkataraman")
NOTES = 60
ROWS_IN = [
    row(
        number,
        nominal=None if number % 20 == 19 else f"NOM{number % PEOPLE}",
        # One note names somebody in full, the others of that person as no model would read them.
        notes=f"Seen with Mr {GIVEN[number % 4]} {SURNAMES[number // 4 % 4]} at home."
        if number < PEOPLE
        else f"{SURNAMES[number % PEOPLE // 4 % 4].lower()} was out again, visit {number}",
        given=f"Anna{number % 3}",
    )
    for number in range(NOTES)
]
"""Rows of a person stand twelve apart: no batch of a few rows holds two of them."""


def treater(unit: PrivacyUnit = PrivacyUnit.PERSON) -> Treater:
    """Treats the small dataset."""
    return Treater.of(contract(unit), RING, extract_id="x1", spacy_model=MODEL)


def opened(folder: Path, count: int = FEWEST, using: Treater | None = None) -> SealedParts:
    """Open the parts of the small extract."""
    return SealedParts.open(folder, stated=(using or treater()).version("digest"), count=count, key=KEY)


@dataclass(frozen=True)
class Spark:
    """Rows for Spark, in some number of partitions and Arrow batches."""

    session: SparkSession
    folder: Path

    def rows(self, partitions: int = 2, rows: list[dict[str, Any]] | None = None) -> DataFrame:
        """Return the rows as Spark reads them."""
        table = pa.Table.from_batches([batch(*(ROWS_IN if rows is None else rows))])
        return frame(self.session, table, self.folder).repartition(partitions)

    @contextmanager
    def batches_of(self, size: int) -> Iterator[None]:
        """Have Spark hand over so many rows at a time."""
        name = "spark.sql.execution.arrow.maxRecordsPerBatch"
        before = self.session.conf.get(name)
        self.session.conf.set(name, size)
        try:
            yield
        finally:
            self.session.conf.set(name, str(before))

    def treated(
        self, parts: SealedParts, typed: DataFrame, using: Treater | None = None, report: Any = lambda _progress: None
    ) -> Treated:
        """Treat what is left of the extract, and read the whole."""
        used = using or treater()
        out = self.folder / f"treated-{secrets.token_hex(4)}"
        used.write_parts(lambda: typed, parts, out, report, rows=typed.count())
        return used.read(self.session, out)


@pytest.fixture
def here(spark: SparkSession, tmp_path: Path) -> Spark:
    """Spark with a folder for rows."""
    folder = tmp_path / "rows"
    folder.mkdir()
    return Spark(spark, folder)


def sorted_rows(treated: Treated) -> list[str]:
    """Every row of data, in an order of its own."""
    return sorted(map(str, treated.rows.toArrow().to_pylist()))


def kept(parts: SealedParts) -> dict[str, bytes]:
    """Every file of some parts, whose nonces differ each time a part is made."""
    return {path.name: path.read_bytes() for path in parts.folder.iterdir()}


def test_the_same_rows_give_the_same_text_however_spark_hands_them_over(here: Spark, tmp_path: Path) -> None:
    """Partitions, Arrow batches and parts of any number: the same rows, and names carried between a person's notes."""
    expected: list[str] = []
    for partitions, size, count in ((1, 10_000, 1), (2, 1, FEWEST), (7, 5, 3), (3, 2, 40)):
        with here.batches_of(size):
            parts = opened(tmp_path / f"{partitions}-{size}-{count}", count)
            made = here.treated(parts, here.rows(partitions))
        found = sorted_rows(made)
        expected = expected or found
        assert found == expected, (partitions, size, count)
        assert (made.tally.rows, made.tally.without_unit) == (60, 3)

    said = [notes for notes in made.rows.select("notes").toArrow().column(0).to_pylist() if "was out again" in notes]
    assert len(said) == 45
    assert {notes.split(" was ")[0] for notes in said} == {"[PERSON 2]"}


def test_the_parts_of_the_same_rows_are_the_same_bytes(here: Spark, tmp_path: Path) -> None:
    """Before it is sealed, a part made twice is the same file, whatever the partitions and batches."""
    out: list[list[bytes]] = []
    for partitions, size in ((1, 10_000), (5, 3)):
        with here.batches_of(size):
            parts = opened(tmp_path / f"{size}")
            here.treated(parts, here.rows(partitions))
        folder = tmp_path / f"{size}-out"
        folder.mkdir()
        assert parts.unseal(folder)
        out.append([path.read_bytes() for path in sorted(folder.iterdir())])

    assert len(out[0]) == FEWEST
    assert out[0] == out[1]


def test_what_is_done_is_not_done_again(here: Spark, tmp_path: Path) -> None:
    """Gone on with after some parts were lost, the others are the very files, and the whole is what one run gives."""
    parts = opened(tmp_path / "x1")
    whole = here.treated(parts, here.rows())
    before = kept(parts)
    for number in (1, 4):
        parts._path(number).unlink()
    told: list[Progress] = []

    again = opened(tmp_path / "x1")
    made = here.treated(again, here.rows(5), report=told.append)

    after = kept(again)
    assert {name for name in before if before[name] != after[name]} == {"00001.part", "00004.part"}
    assert sorted_rows(made) == sorted_rows(whole)
    assert made.tally == whole.tally
    assert 0 < told[0].before == told[0].done < told[0].of == NOTES
    assert (told[-1].done, told[-1].of) == (NOTES, NOTES)


def test_rows_are_not_asked_for_where_every_part_is_done(here: Spark, tmp_path: Path) -> None:
    """A later step reads what was kept, and the extract is neither decrypted nor read again for it."""
    parts = opened(tmp_path / "x1")
    whole = here.treated(parts, here.rows())

    def never() -> DataFrame:
        raise AssertionError("The rows were asked for.")

    treater().write_parts(never, opened(tmp_path / "x1"), tmp_path / "again", lambda _: None, rows=NOTES)

    assert sorted_rows(treater().read(here.session, tmp_path / "again")) == sorted_rows(whole)


@pytest.mark.parametrize("left", [1, 0], ids=["one is left to do", "all are there"])
def test_parts_that_do_not_hold_the_rows_are_made_anew(here: Spark, tmp_path: Path, left: int) -> None:
    """Where rows are missing from what is kept, the step fails and keeps nothing, and the next attempt is whole."""
    parts = opened(tmp_path / "x1")
    here.treated(parts, here.rows())
    # Keys are drawn anew each time, and a part may hold nobody: the one that is emptied holds rows.
    emptied, *others = sorted(parts.done().items(), key=lambda part: -part[1].rows)
    parts.keep(TreatedPart(number=emptied[0], rows=0, texts=0, content=b""))
    for number, _ in others[:left]:
        parts._path(number).unlink()

    with pytest.raises(InternalError, match="do not hold its rows"):
        here.treated(opened(tmp_path / "x1"), here.rows())

    assert opened(tmp_path / "x1").done() == {}
    assert here.treated(opened(tmp_path / "x1"), here.rows()).tally.rows == NOTES


@pytest.mark.parametrize("unit", [PrivacyUnit.PUBLIC, PrivacyUnit.RECORD])
def test_data_without_persons_are_treated_in_parts(here: Spark, tmp_path: Path, unit: PrivacyUnit) -> None:
    """Rows of nobody, and records each of their own, are all there once."""
    using = treater(unit)

    made = here.treated(opened(tmp_path / "x1", using=using), here.rows(), using)

    assert made.rows.count() == NOTES
    assert made.tally.rows == NOTES


def test_an_extract_without_rows_has_parts_without_rows(here: Spark, tmp_path: Path) -> None:
    """Nothing in, nothing out, under the plan's schema."""
    made = here.treated(opened(tmp_path / "x1"), here.rows(rows=[]))

    assert made.rows.count() == 0
    assert made.tally.rows == 0
    assert made.rows.columns == treater().plan.schema.names


def test_a_part_lies_without_a_word_of_its_texts(here: Spark, tmp_path: Path) -> None:
    """Neither raw nor redacted text, nor a key of a unit, can be read where parts are kept."""
    parts = opened(tmp_path / "x1")
    here.treated(parts, here.rows())
    refs = pq.read_table(_unsealed(parts, tmp_path)).column("unit_ref").to_pylist()

    lying = b"".join(kept(parts).values())

    assert any(refs)
    assert not [ref for ref in refs if ref is not None and ref.encode() in lying]
    assert not [word for word in (b"Boateng", b"visit", b"NOM", b"PERSON") if word in lying]


def _unsealed(parts: SealedParts, tmp_path: Path) -> Path:
    folder = tmp_path / "unsealed"
    folder.mkdir()
    assert parts.unseal(folder)
    return folder


def test_the_version_follows_from_everything_that_decides_a_part() -> None:
    """Another extract, contract, key or rule makes another version; averages of groups make one of each attempt."""
    plain = treater()
    stated = contract()
    other = replace(stated, columns=tuple(replace(column, description="x") for column in stated.columns))
    columns = tuple(
        replace(column, generalisation=Microaggregate(size=3)) if column.name == "minutes" else column
        for column in stated.columns
    )
    averaged = Treater.of(replace(stated, columns=columns), RING, extract_id="x1", spacy_model=MODEL)
    elsewhere = Treater.of(replace(stated, key_space="other"), RING, extract_id="x1", spacy_model=MODEL)

    versions = [
        plain.version("digest"),
        plain.version("other digest"),
        Treater.of(other, RING, extract_id="x1", spacy_model=MODEL).version("digest"),
        Treater.of(stated, RING, extract_id="x2", spacy_model=MODEL).version("digest"),
        Treater.of(stated, RING, extract_id="x1", spacy_model="spacy").version("digest"),
        elsewhere.version("digest"),
        averaged.version("digest"),
        averaged.version("digest"),
    ]

    assert plain.version("digest") == treater().version("digest")
    assert len({json.dumps(version, sort_keys=True) for version in versions}) == len(versions)
    secret = plain.plan.unit_key.secret if plain.plan.unit_key is not None else os.urandom(32)
    assert secret.hex() not in json.dumps(versions)


def test_the_version_follows_from_how_cells_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other code that reads and types cells makes another version: rows of both are not mixed in one table."""
    monkeypatch.setattr(treating, "READING", (tmp_path,))
    (tmp_path / "typing.py").write_text("days first")
    before = treater().version("digest")
    rules_version.cache_clear()
    (tmp_path / "typing.py").write_text("months first")

    assert treater().version("digest") != before
    assert all((folder / "__init__.py").is_file() for folder in READING)


def test_how_many_parts_there_are_follows_from_the_rows_alone() -> None:
    """A few for the smallest extract, then one for so many rows."""
    assert [part_count(rows) for rows in (0, 1, FEWEST * ROWS, FEWEST * ROWS + 1)] == [8, 8, 8, 9]
