"""A lab judges a custodian's own reading when the extract arrives, before it opens the extract."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from anonymise.review.rate import ReadCounts, read_counts
from datalab.catalogue import ExtractKind, ExtractState
from datalab.contract.odcs.contract_file import parse_contract
from datalab.contract.odcs.writing import write_contract
from datalab.settings import Settings
from datalab.storage.databases import open_control
from ingest.custodian.delivery import deliver
from ingest.custodian.rehearse import create_throw_away_lab
from ingest.custodian.seal import content_id, seal_extract
from ingest.landing.receipt import Landing
from ingest.sealed.agency_key import create_agency_key, read_agency_key
from ingest.sealed.landing_key import public_key_file
from ingest.sealed.marks import ColumnMarks, Marks
from ingest.sealed.marks_file import sign_marks
from ingest.worker.worker import open_worker, utc_now

VISITS = parse_contract((Path(__file__).parent / "ingest" / "visits.yaml").read_text(), "visits")
STATED = replace(
    VISITS,
    columns=tuple(
        replace(column, max_missed=0.1, review_texts=50) if column.name == "note" else column
        for column in VISITS.columns
    ),
)
ROWS = "patient,nhs_number,surname,born,ward,minutes,note\n" + "P1,,,01/02/1990,east,5,Seen at home.\n" * 2_000


def report_of(place: Path, read: ReadCounts | None) -> tuple[ExtractState, dict[str, Any], list[str]]:
    """Deliver a file with what was read of it, have the lab work, and return state, report and the steps' results."""
    settings = Settings(home=place / "lab")
    private, public = create_agency_key(place, "north_trust")
    create_throw_away_lab(settings, write_contract(STATED), "north_trust", public.read_text(), clock=utc_now)
    key, source, marks_file = read_agency_key(private), place / "visits.csv", place / "visits.marks.json"
    source.write_text(ROWS)
    if read is not None:
        column = ColumnMarks(
            name="note",
            texts=2_000,
            random=read,
            doubtful=ReadCounts(),
            kinds={"PERSON": (read.identifiers, read.missed)},
        )
        marks = Marks(
            agency="north_trust",
            dataset="visits",
            contract_version=STATED.version,
            content_id=content_id(source, STATED, key),
            text_model=settings.spacy_model,
            read_at=datetime(2024, 2, 1, tzinfo=UTC),
            seconds=900,
            columns=(column,),
        )
        marks_file.write_bytes(sign_marks(marks, key))
    sealed = seal_extract(
        source,
        contract=STATED,
        kind=ExtractKind.FULL,
        period_from=date(2024, 1, 1),
        period_to=date(2024, 1, 31),
        key=key,
        landing_key=public_key_file(settings).read_text(),
        folder=place / "sealed",
        now=utc_now(),
        marks_file=marks_file if read is not None else None,
    )
    deliver(sealed.manifest_file, settings.landing / "inbox")
    control = open_control(settings.control_database)
    Landing(settings=settings, control=control, clock=utc_now).receive()
    with open_worker(settings) as worker:
        (job,) = worker.run_until_empty()
    with control.read() as transaction:
        extract = transaction.catalogue.extract(sealed.manifest.extract_id)
        report = dict(transaction.catalogue.extract_report(extract.id) or {})
    return extract.state, report, [name for name, result in job.results.items() if result.get("passed_over")]


@pytest.mark.parametrize(
    ("read", "says"),
    [
        (None, "of the 50 texts of note that its contract asks its custodian to read, 0 were read"),
        (read_counts([(2, 0, 0)] * 49), "49 were read"),
        (read_counts([(2, 0, 0)] * 44 + [(2, 1, 0)] * 6), "misses 6 of 100 identifiers in the texts"),
    ],
    ids=["not read", "too few", "too many missed"],
)
def test_an_extract_is_held_before_it_is_opened(tmp_path: Path, read: ReadCounts | None, says: str) -> None:
    """The report says why in words and what the custodian found; no later step ran, and the extract is destroyed."""
    state, report, passed_over = report_of(tmp_path, read)

    assert (state, report["verdict"]) == (ExtractState.QUARANTINED, "quarantined")
    assert says in report["reasons"][0]
    assert passed_over[:3] == ["decrypt", "check", "de-identify"]
    assert not list((tmp_path / "lab" / "zones" / "landing" / "sealed").glob("*.age"))
    columns = report["review"].get("columns", [])
    assert [column["identifiers"] for column in columns] == ([] if read is None else [read.identifiers])
