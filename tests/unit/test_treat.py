"""Treatment of a batch: what comes out, what is left out, and what is counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from treated_dataset import MODEL, batch, contract, row

from anonymise.keys.keyring import KeyRing
from anonymise.prose.entities import Entity, Span
from anonymise.prose.redaction import Redactor
from anonymise.treatment.plan import TreatmentPlan, plan_treatment
from anonymise.treatment.report import deidentification_report
from anonymise.treatment.tally import MISSED, PLANTED, Tally, total
from anonymise.treatment.treat import Treated, treat
from datalab.contract.model import UNIT_REF, PrivacyUnit
from datalab.contract.published import published_columns
from datalab.errors import InternalError

RING = KeyRing.throwaway()


class FindsNothing:
    """A finder without recognisers: what is masked then is known from the row."""

    def find(self, texts: Sequence[str]) -> list[tuple[Span, ...] | None]:
        """Find nothing."""
        return [() for _ in texts]


class FindsAll:
    """A finder that masks whole texts."""

    def find(self, texts: Sequence[str]) -> list[tuple[Span, ...] | None]:
        """Find one span in each text."""
        return [(Span(0, len(text), Entity.NUMBER, 1.0),) for text in texts]


def plan(unit: PrivacyUnit = PrivacyUnit.PERSON, extract: str = "x1") -> TreatmentPlan:
    """The plan of the small dataset."""
    return plan_treatment(contract(unit), RING, extract_id=extract, spacy_model=MODEL)


def treated(*rows: dict[str, Any], using: TreatmentPlan | None = None) -> Treated:
    """Those rows after treatment, with known values only."""
    return treat(batch(*rows), using or plan(), Redactor(FindsNothing()))


def test_a_row_holds_its_unit_and_the_published_columns() -> None:
    """What comes out is the schema that follows from the contract, and the hashes after it."""
    out = treated(row(0, notes="Ngozi rang from 07700 900123")).batch

    names = [UNIT_REF, *(column.name for column in published_columns(contract()))]
    assert out.schema.names[: len(names)] == names
    assert all(name.startswith(("mk_", "id_")) for name in out.schema.names[len(names) :])
    assert out.select(names[1:]).to_pylist() == [
        {
            "born": "40-49",
            "postcode": "GU21",
            "minutes": 30,
            "seen_at": "2024-05",
            "kind": "advice",
            "notes": "[PERSON 1] rang from [PHONE 1]",
        }
    ]


def test_one_person_has_one_reference() -> None:
    """Rows of a key share their reference, under one key of the lab only."""
    out = treated(row(0), row(1, nominal="NOM00000 "), row(2)).batch.column(UNIT_REF).to_pylist()
    other = treat(
        batch(row(0)),
        plan_treatment(contract(), KeyRing.throwaway(), extract_id="x1", spacy_model=MODEL),
        Redactor(FindsNothing()),
    )

    assert out[0] == out[1] != out[2]
    assert other.batch.column(UNIT_REF)[0].as_py() not in out


@pytest.mark.parametrize("unit", [PrivacyUnit.PERSON, PrivacyUnit.HOUSEHOLD])
def test_rows_of_nobody_are_left_out_and_counted(unit: PrivacyUnit) -> None:
    """A missing or blank key leaves the row out, and its cells out of the counts."""
    done = treated(row(0), row(1, nominal=None), row(2, nominal="  "), using=plan(unit))

    assert done.batch.num_rows == 1
    assert (done.tally.rows, done.tally.without_unit) == (3, 2)
    assert done.tally.columns["kind"]["kept"] == 1


def test_a_record_is_a_unit_of_its_own() -> None:
    """Without a key a record is told by its extract and its place; with one, by its key."""
    rows = (row(0, nominal=None), row(1, nominal=None), row(2))
    first = treated(*rows, using=plan(PrivacyUnit.RECORD)).batch.column(UNIT_REF).to_pylist()
    second = treated(*rows, using=plan(PrivacyUnit.RECORD, extract="x2")).batch.column(UNIT_REF).to_pylist()

    assert len({*first, *second}) == 5
    assert first[2] == second[2]


def test_only_people_are_linked() -> None:
    """Households, records and public data carry no match hashes; public data carries no unit."""
    columns = {unit: treated(row(0), using=plan(unit)).batch.schema.names for unit in PrivacyUnit}

    hashed = {unit for unit, names in columns.items() if any(name.startswith(("mk_", "id_")) for name in names)}
    assert hashed == {PrivacyUnit.PERSON}
    assert {unit for unit, names in columns.items() if UNIT_REF not in names} == {PrivacyUnit.PUBLIC}


def test_dropped_text_is_looked_for_in_prose() -> None:
    """A column that the contract drops does not come out through the notes."""
    out = treated(row(0, informant="Green Kite Inn", notes="the green kite inn rang about NOM00000")).batch

    assert out.column("notes")[0].as_py() == "the [KNOWN VALUE 1] rang about [REFERENCE 1]"


def test_counts_add_up_to_the_rows() -> None:
    """Every cell of a row with a unit is counted as missing or as treated, once."""
    done = treated(
        row(0, notes="Ngozi"), row(1, postcode="nowhere", minutes=999), row(2, postcode=None, born=date(1920, 1, 1))
    )
    counts = done.tally.columns

    assert counts["given"] == {"missing": 0, "dropped": 3}
    assert counts["nominal"] == {"missing": 0, "pseudonymised": 3}
    assert counts["postcode"] == {"missing": 1, "generalised": 1, "unfit": 1, "unlisted": 0, "top coded": 0}
    assert counts["minutes"]["top coded"] == 1
    assert counts["born"]["top coded"] == 1
    notes = {name: count for name, count in counts["notes"].items() if not name.startswith((PLANTED, MISSED))}
    assert notes == {"missing": 2, "searched": 1, "changed": 1, "placeholder PERSON": 1}
    assert sum(count for name, count in counts["notes"].items() if name.startswith(PLANTED)) == 1


def test_an_empty_batch_is_treated() -> None:
    """No rows in, no rows out, under the same schema."""
    done = treated()

    assert done.batch.num_rows == 0
    assert done.batch.schema == plan().schema


def test_tallies_add_up_through_json() -> None:
    """What travels as text adds up to what was counted."""
    one, two = treated(row(0), row(1, nominal=None)).tally, treated(row(2)).tally

    assert total([Tally.from_json(one.to_json()), Tally.from_json(two.to_json())]) == total([one, two])
    assert total([one, two]).columns["kind"] == {"missing": 0, "kept": 2}


def test_the_report_names_every_column_and_no_value() -> None:
    """Names, treatments and counts; no cell of the rows."""
    done = treated(row(0, informant="Xq7Marker", kind="Xq8Marker", notes="Xq7Marker and Ngozi"))
    report = deidentification_report(plan(), done.tally)

    assert [column["name"] for column in report["columns"]] == [column.name for column in contract().columns]
    assert report["columns"][-1]["placeholders"] == {"KNOWN VALUE": 1, "PERSON": 1}
    assert report["rows_out"] == 1
    assert not [value for value in ("Xq7Marker", "Xq8Marker", "Ngozi", "Okafor", "NOM00000") if value in str(report)]


def test_the_report_tells_what_planted_identifiers_were_missed() -> None:
    """A finder that finds nothing misses every canary, one that masks all misses none; no canary is quoted."""
    rows = [row(place, notes=f"Seen at the clinic, note {place}") for place in range(40)]
    table = batch(*rows)
    blind = deidentification_report(plan(), treat(table, plan(), Redactor(FindsNothing())).tally)["columns"][-1]
    strict = deidentification_report(plan(), treat(table, plan(), Redactor(FindsAll())).tally)["columns"][-1]

    assert (blind["canaries"]["planted"], blind["canaries"]["missed"]) == (40, 40)
    assert (blind["canaries"]["share"], blind["canaries"]["high"]) == (1.0, 1.0)
    assert blind["canaries"]["low"] == pytest.approx(0.9124, abs=1e-4)  # Wilson's interval of 40 of 40
    assert (strict["canaries"]["missed"], strict["canaries"]["low"]) == (0, 0.0)
    assert strict["canaries"]["high"] == pytest.approx(0.0876, abs=1e-4)
    assert set(blind["canaries"]["kinds"]["PERSON"]) == {"planted", "missed"}


def test_the_same_batch_gets_the_same_canaries() -> None:
    """A batch that is treated again, as Spark does, counts the same."""
    rows = [row(place, notes=f"Seen at the clinic, note {place}") for place in range(40)]

    assert treated(*rows).tally == treated(*rows).tally


def test_a_batch_without_a_column_is_refused_by_name() -> None:
    """A missing column is a fault of ours, and the message says which."""
    with pytest.raises(InternalError, match="kind"):
        treat(batch(row(0)).drop_columns(["kind"]), plan(), Redactor(FindsNothing()))


def test_free_text_needs_a_redactor() -> None:
    """There is no way to let prose pass by leaving the redactor out."""
    with pytest.raises(InternalError, match="redactor"):
        treat(batch(row(0)), plan(), None)


def test_an_arrow_error_does_not_quote_a_cell() -> None:
    """A column of the wrong type is named; its cells are not, in the message or in its causes."""
    wrong = batch(row(0))
    place = wrong.schema.get_field_index("minutes")
    numbers = contract()
    kept = wrong.set_column(place, "minutes", pa.array(["Xq7Marker"]))

    with pytest.raises(InternalError, match="minutes") as caught:
        treat(kept, plan_treatment(numbers, RING, extract_id="x1", spacy_model=MODEL), Redactor(FindsNothing()))

    assert "Xq7Marker" not in str(caught.value)
    assert (caught.value.__cause__, caught.value.__suppress_context__) == (None, True)
