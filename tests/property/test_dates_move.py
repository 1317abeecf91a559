"""Dates of one unit move together by days that nobody can know without the key."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from treated_dataset import MODEL, batch, contract, row

from anonymise.keys.day_offsets import day_offset
from anonymise.keys.keyring import KeyRing
from anonymise.prose.dates.written_date import read_date
from anonymise.prose.entities import Entity, Span
from anonymise.prose.redaction import Redactor
from anonymise.prose.replacing.births import LONG_AGO
from anonymise.treatment.plan import TreatmentPlan, plan_treatment
from anonymise.treatment.report import deidentification_report
from anonymise.treatment.treat import Treated, treat
from datalab.contract.generalisation import MOST_DAYS, DateShift
from datalab.contract.model import Contract, PrivacyUnit, TextDates
from datalab.contract.published import published_columns
from datalab.errors import InternalError

RING = KeyRing.throwaway()
DAYS = st.dates(date(1971, 1, 1), date(2067, 12, 31))
STYLES = ("%d/%m/%Y", "%d.%m.%y", "%Y-%m-%d", "%d %B %Y", "%d-%b-%Y", "%B %d, %Y", "%A %d %b %Y", "%d/%m/%y")


class FindsLines:
    """A finder for which each line of a text is a date."""

    def find(self, texts: list[str]) -> list[tuple[Span, ...] | None]:
        """Find the lines."""
        return [tuple(self._lines(text)) for text in texts]

    def _lines(self, text: str) -> list[Span]:
        starts = [0, *(place + 1 for place, character in enumerate(text) if character == "\n")]
        return [Span(at, (text + "\n").index("\n", at), Entity.DATE, 0.9) for at in starts if text[at:]]


def moving(unit: PrivacyUnit = PrivacyUnit.PERSON) -> Contract:
    """The small dataset with its times and its text's dates moved."""
    stated = contract(unit)
    columns = []
    for column in stated.columns:
        if column.name == "seen_at":
            columns.append(replace(column, generalisation=DateShift()))
        elif column.name == "notes":
            columns.append(replace(column, text_dates=TextDates.SHIFT))
        else:
            columns.append(column)
    return replace(stated, columns=tuple(columns))


def plan(ring: KeyRing = RING, dataset: str = "visits") -> TreatmentPlan:
    """Its plan."""
    return plan_treatment(replace(moving(), dataset=dataset), ring, extract_id="x1", spacy_model=MODEL)


def moved(*rows: dict[str, Any], using: TreatmentPlan | None = None) -> Treated:
    """Those rows treated."""
    return treat(batch(*rows), using or plan(), Redactor(FindsLines()))


@given(st.lists(DAYS, min_size=2, max_size=4), st.sampled_from(STYLES))
def test_a_written_date_is_read_and_written(days: list[date], style: str) -> None:
    """Written anew a date is the text it was, and written as another day it is read as that day."""
    texts = [day.strftime(style) for day in days]
    for text, other in zip(texts, reversed(days), strict=True):
        read = read_date(text)
        assert read is not None
        there = read_date(read.write(other))
        assert there is not None
        assert (read.write(read.day or other), there.day) == (text, other)


@given(st.lists(DAYS, min_size=2, max_size=4), st.sampled_from(STYLES))
def test_intervals_of_a_unit_are_kept(days: list[date], style: str) -> None:
    """In columns and in text, over rows and datasets of a key space, dates of a unit move by the same days.

    In text those of the last ten years do; older ones may be of births, and so may a year in two figures long after.
    """
    rows = [
        row(0, _row=place, born=None, seen_at=datetime(day.year, day.month, day.day, 7, 8, tzinfo=UTC),
            notes="\n".join(other.strftime(style) for other in days))
        for place, day in enumerate(days)
    ]  # fmt: skip
    first, second = (moved(*rows, using=plan(dataset=dataset)).batch for dataset in ("visits", "stays"))

    by = {
        (at - before["seen_at"]).days
        for done in (first, second)
        for at, before in zip(done.column("seen_at").to_pylist(), rows, strict=True)
    }
    is_short = style.endswith("%y")
    texts = (*first.column("notes").to_pylist(), *second.column("notes").to_pylist())
    for text, own in zip(texts, (*days, *days), strict=True):
        newest = own if is_short else max(days)
        for line, day in zip(text.split("\n"), days, strict=True):
            read = read_date(line)
            if newest - day >= LONG_AGO or (is_short and day - newest >= LONG_AGO):
                assert read is None
                continue
            assert read is not None
            assert read.day is not None
            by.add((read.day - day).days)
    assert len(by) == 1
    assert 0 < abs(by.pop()) <= MOST_DAYS


def test_units_and_keys_move_by_other_days() -> None:
    """Days of a unit are a function of key and unit, uniform, never 0, and no unit's days tell another's."""
    one, other = RING.key("dates/visits"), KeyRing.throwaway().key("dates/visits")
    counts = Counter(day_offset(one, f"{unit}") for unit in range(20_000))

    assert set(counts) == {*range(-MOST_DAYS, 0), *range(1, MOST_DAYS + 1)}
    assert max(counts.values()) < 2 * 20_000 / len(counts)
    same = sum(day_offset(one, f"{unit}") == day_offset(other, f"{unit}") for unit in range(5_000))
    assert same < 50  # about 14 by chance


def test_a_day_of_birth_does_not_move() -> None:
    """The row's own day of birth is masked in its text, whatever stands around it."""
    done = moved(
        row(
            0, born=date(1980, 2, 3), seen_at=datetime(1985, 6, 5, tzinfo=UTC), notes="3 February 1980\n4 February 1980"
        )
    ).batch

    first, second = done.column("notes")[0].as_py().split("\n")
    assert first == "[DATE 1]"
    unit = done.column("unit_ref")[0].as_py()
    day = date(1980, 2, 4) + timedelta(days=day_offset(RING.key("dates/visits"), unit))
    assert second == f"{day.day} {day:%B} {day.year}"
    assert day != date(1980, 2, 4)


def test_a_day_long_before_the_rows_own_days_does_not_move() -> None:
    """What may be a birth that neither row nor words tell is masked; a row's open end is no day to hold it against."""
    at, no_end = datetime(2024, 6, 5, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
    held, open_ended = (moved(row(0, born=None, seen_at=seen, notes="2 September 2010")).batch for seen in (at, no_end))

    assert held.column("notes")[0].as_py() == "[DATE 1]"
    assert read_date(open_ended.column("notes")[0].as_py()) is not None


def test_a_date_beyond_the_calendar_is_blanked_and_counted() -> None:
    """A date that cannot move is missing and unfit, and shows nothing of itself."""
    ends = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)]
    done = moved(*(row(place, nominal="A", seen_at=at) for place, at in enumerate(ends)))

    assert done.batch.column("seen_at").null_count == 1
    counts = done.tally.columns["seen_at"]
    assert (counts["shifted"], counts["unfit"], counts["missing"]) == (1, 1, 0)


def test_a_moved_column_stays_a_time_within_wider_bounds() -> None:
    """Researchers see its type, and bounds that hold what it can become."""
    column = next(column for column in published_columns(moving()) if column.name == "seen_at")
    done = moved(row(0)).batch

    assert column.logical_type == "timestamp"
    assert done.schema.field("seen_at").type == pa.timestamp("us", tz="UTC")
    assert done.column("seen_at")[0].as_py() - row(0)["seen_at"] == timedelta(
        days=day_offset(RING.key("dates/visits"), done.column("unit_ref")[0].as_py())
    )
    assert DateShift().bounds(date(2021, 1, 1), date(9999, 12, 31)) == (date(2020, 7, 3), date(9999, 12, 31))


def test_the_report_says_that_dates_moved_and_not_by_how_much() -> None:
    """Style and count stand in the report."""
    using = plan()
    report = deidentification_report(using, moved(row(0, notes="4 May 2021"), using=using).tally)

    by_name = {column["name"]: column for column in report["columns"]}
    assert by_name["notes"]["replacement"] == "numbered"
    assert by_name["notes"]["dates"] == "shift"
    assert by_name["notes"]["placeholders"] == {"DATE": 1}
    assert by_name["seen_at"]["done"]["shifted"] == 1


def test_dates_do_not_move_without_a_key() -> None:
    """Without a key, or without units, treatment stops and nothing passes."""
    with pytest.raises(InternalError, match="no key"):
        moved(row(0), using=replace(plan(), dates_key=None))
    public = plan_treatment(moving(PrivacyUnit.PUBLIC), RING, extract_id="x1", spacy_model=MODEL)
    with pytest.raises(InternalError, match="no key"):
        moved(row(0), using=public)
