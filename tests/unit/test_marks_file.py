"""The signed marks: one form only, counts that add up, and bound to one file under one contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from treated_dataset import contract

from anonymise.review.rate import read_counts
from datalab.catalogue import ExtractKind
from datalab.contract.model import Contract
from datalab.errors import ExtractError, IntegrityError
from ingest.commands.redaction import show_reading
from ingest.reporting.checks import held
from ingest.reporting.missed import read_results
from ingest.sealed.agency_key import AgencyKey, create_agency_key, read_agency_key
from ingest.sealed.envelope import sign_manifest, verify_manifest
from ingest.sealed.manifest import FileFormat, Manifest
from ingest.sealed.marks import ColumnMarks, Marks, parse_marks
from ingest.sealed.marks_file import sign_marks, verify_marks

NOTES = ColumnMarks(
    name="notes",
    texts=4_000,
    random=read_counts([(3, 0, 0)] * 48 + [(3, 1, 0)] * 2),
    doubtful=read_counts([(2, 1, 1)]),
    kinds={"PERSON": (140, 3), "NOT SAID": (12, 0)},
)
MARKS = Marks(
    agency="north_trust",
    dataset="visits",
    contract_version="1.0.0",
    content_id="cd" * 32,
    text_model="en_core_web_md",
    read_at=datetime(2024, 2, 1, 9, tzinfo=UTC),
    seconds=1_800,
    columns=(NOTES,),
)
MANIFEST = Manifest(
    agency="north_trust",
    dataset="visits",
    contract_version="1.0.0",
    kind=ExtractKind.FULL,
    period_from=date(2024, 1, 1),
    period_to=date(2024, 1, 31),
    file_format=FileFormat.CSV,
    rows=4_000,
    ciphertext_sha256="ab" * 32,
    ciphertext_bytes=12_345,
    content_id="cd" * 32,
    sealed_at=datetime(2024, 2, 1, 9, 30, tzinfo=UTC),
    marks=MARKS,
)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> AgencyKey:
    """An agency's key."""
    private, _ = create_agency_key(tmp_path_factory.mktemp("key"), "north_trust")
    return read_agency_key(private)


def test_marks_come_back_as_they_were_signed_alone_and_in_a_manifest(key: AgencyKey) -> None:
    """Signing and reading return the same marks, as a file and inside what travels with the extract."""
    assert verify_marks(sign_marks(MARKS, key), key.public_pem) == MARKS
    assert verify_manifest(sign_manifest(MANIFEST, key), key.public_pem) == MANIFEST


def test_marks_of_another_key_or_changed_ones_are_refused(key: AgencyKey, tmp_path: Path) -> None:
    """A count that was changed, another's signature and bytes beside the one form each end in an error."""
    other = read_agency_key(create_agency_key(tmp_path, "other")[0])
    content = sign_marks(MARKS, key)

    with pytest.raises(IntegrityError, match="not signed by the key"):
        verify_marks(sign_marks(MARKS, other), key.public_pem)
    with pytest.raises(IntegrityError):
        verify_marks(content.replace(b'"seconds":1800', b'"seconds":1801'), key.public_pem)
    for broken in (
        content[:-2],
        content + b" ",
        content.replace(b":", b": ", 1),
        b"[]",
        b"",
        sign_manifest(MANIFEST, key),
    ):
        with pytest.raises(ExtractError):
            verify_marks(broken, key.public_pem)


def test_the_signature_of_marks_is_none_of_a_manifest(key: AgencyKey) -> None:
    """What is signed says what it is: a signature of one kind does not pass for the other's."""
    taken = json.loads(sign_marks(MARKS, key))["signature"]
    own = json.loads(sign_manifest(MANIFEST, key))["signature"]

    with pytest.raises(IntegrityError):
        verify_manifest(sign_manifest(MANIFEST, key).replace(own.encode(), taken.encode()), key.public_pem)


@pytest.mark.parametrize(
    "change",
    [{"content_id": "ce" * 32}, {"contract_version": "1.0.1"}, {"dataset": "stays"}, {"agency": "south"}],
    ids=str,
)
def test_marks_of_another_file_do_not_travel_with_this_one(key: AgencyKey, change: dict[str, str]) -> None:
    """A manifest whose marks are of other content, contract, dataset or agency is refused on receipt."""
    forged = replace(MANIFEST, marks=replace(MARKS, **change))  # type: ignore[arg-type]

    with pytest.raises(ExtractError, match="of another file"):
        verify_manifest(sign_manifest(forged, key), key.public_pem)


def _more_missed(document: dict[str, Any]) -> None:
    document["columns"][0]["random"]["missed"] = 151


def _other_kinds(document: dict[str, Any]) -> None:
    document["columns"][0]["kinds"]["PERSON"] = [139, 3]


def _kinds_of_more_missed_than_found(document: dict[str, Any]) -> None:
    document["columns"][0]["kinds"] = {"NOT SAID": [151, 0], "PERSON": [1, 3]}


def _free_text(document: dict[str, Any]) -> None:
    document["columns"][0]["kinds"]["JOAN"] = [0, 0]


def _a_note(document: dict[str, Any]) -> None:
    document["note"] = "Joan was missed"


def _more_than_there_are(document: dict[str, Any]) -> None:
    document["columns"][0]["texts"] = 50


def _twice(document: dict[str, Any]) -> None:
    document["columns"] *= 2


def _none(document: dict[str, Any]) -> None:
    document["columns"] = []


def _no_object(document: dict[str, Any]) -> None:
    document["columns"][0]["kinds"] = []


def _half_a_character(document: dict[str, Any]) -> None:
    document["note"] = "\ud800"


def _before_all_time(document: dict[str, Any]) -> None:
    document["read_at"] = "0001-01-01T00:00:00+23:00"


@pytest.mark.parametrize(
    "change",
    [
        _half_a_character,
        _before_all_time,
        _more_missed,
        _other_kinds,
        _kinds_of_more_missed_than_found,
        _free_text,
        _a_note,
        _more_than_there_are,
        _twice,
        _none,
        _no_object,
    ],
)
def test_marks_that_contradict_themselves_or_hold_more_than_counts_are_refused(
    change: Callable[[dict[str, Any]], None],
) -> None:
    """No count that texts cannot give, no kind of its own, no field beside: there is no room for a word of a text."""
    document = json.loads(json.dumps(MARKS.document()))
    assert parse_marks(document) == MARKS
    change(document)

    with pytest.raises(ExtractError) as refused:
        parse_marks(document)
    assert "Joan" not in str(refused.value)
    assert "JOAN" not in str(refused.value)


def stated(*, accepted: float = 1.0, asked: int = 0) -> Contract:
    """Return a contract that accepts a share of missed identifiers and asks for texts to be read."""
    base = contract()
    columns = (
        replace(column, max_missed=accepted, review_texts=asked) if column.name == "notes" else column
        for column in base.columns
    )
    return replace(base, columns=tuple(columns))


@pytest.mark.parametrize(
    ("asked", "read", "of", "holds"),
    [(0, None, 0, False), (50, None, 0, True), (50, 49, 4_000, True), (50, 50, 4_000, False), (50, 20, 20, False)],
)
def test_an_extract_is_held_where_its_custodian_read_less_than_its_contract_asks(
    asked: int, read: int | None, of: int, *, holds: bool
) -> None:
    """Nothing read, too few, or none asked for; a file with fewer texts is read whole; the message says what to do."""
    column = None
    if read is not None:
        column = replace(NOTES, texts=of, random=read_counts([(1, 0, 0)] * read))
    marks = None if column is None else replace(MARKS, columns=(column,))

    results = read_results(stated(asked=asked), marks, text_model=MARKS.text_model)

    assert held(results) is holds
    if holds:
        assert f"{read or 0:,} were read" in str(results[0])
        assert "datalab extract review" in str(results[0])


def test_texts_that_were_read_as_another_model_masks_them_do_not_count() -> None:
    """What was found says nothing of a lab that masks by another model; the message names the lab's."""
    (result,) = read_results(stated(asked=50), MARKS, text_model="another_model")

    assert held([result])
    assert "0 were read as this lab masks them (with another_model)" in str(result)


@pytest.mark.parametrize(("accepted", "holds"), [(1.0, False), (0.08, False), (0.07, True)])
def test_an_extract_is_held_where_its_custodian_found_more_missed_than_is_accepted(
    accepted: float, *, holds: bool
) -> None:
    """The upper end of the interval of what was drawn at random counts, here 7.5 %; doubtful texts do not."""
    results = read_results(stated(accepted=accepted), MARKS, text_model=MARKS.text_model)

    assert held(results) is holds
    assert len(results) == (accepted < 1)
    if holds:
        assert "misses 2 of 150 identifiers in the texts that its custodian read" in str(results[0])


def test_where_no_identifier_was_found_no_share_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing of nothing is no rate: the counts are printed and 0.0 % is not, as it is where there are some."""
    empty = replace(NOTES, random=read_counts([(0, 0, 0)] * 50), kinds={"PERSON": (2, 1)})

    show_reading([empty.report()], Console(width=400))
    none = capsys.readouterr().out
    show_reading([NOTES.report()], Console(width=400))
    some = capsys.readouterr().out

    assert "50 texts drawn from 4,000, 0 identifiers, 0 missed. In 1 doubtful" in none
    assert "150 identifiers, 2 missed: 1.3% (0.4% to 7.4%). In 1 doubtful" in some
