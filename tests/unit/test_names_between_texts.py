"""Names and values of one unit are looked for in all its texts of a batch, and in nobody else's."""

from __future__ import annotations

from dataclasses import replace
from string import ascii_lowercase
from typing import Any

import pytest
from marked_texts import FindsMarked
from treated_dataset import MODEL, SCHEMA, batch, contract, row

from anonymise.keys.keyring import KeyRing
from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import name_lists
from anonymise.prose.names.again.shared import MOST, find_shared
from anonymise.prose.recorded.known_values import KnownValue
from anonymise.prose.recorded.row_values import MOST_LINKED, linked_values
from anonymise.prose.redaction import Redactor
from anonymise.treatment.plan import plan_treatment
from anonymise.treatment.treat import treat
from datalab.contract.model import Contract, PrivacyUnit

RING = KeyRing.throwaway()


def shown(*marked: str, units: list[str | None]) -> list[str | None]:
    """Redact texts whose findings are marked."""
    finder = FindsMarked(marked)
    return [one.text for one in Redactor(finder).redact(finder.texts, units=units)]


@pytest.mark.parametrize(
    ("first", "second", "redacted"),
    [
        ("<Winston Field> rang", "winston field, again", "[PERSON], again"),
        ("<Mr Kwame Boateng> rang", "boateng said so", "[PERSON] said so"),
        ("<Winston Field> rang", "Winston Field came. Field left. A field.", "[PERSON] came. [PERSON] left. A field."),
        ("<Ngozi> rang", "seen with ngozi", "seen with [PERSON]"),
        ("<Field Officer> rang", "Field Officer left", "Field Officer left"),  # no name
        ("<Will> rang", "Will he come?", "Will he come?"),  # a word
        ("<Will Smith> rang", "Will he? Smith and Sons.", "Will he? Smith and Sons."),  # parts are words
        ("<Mark Wood> rang", "WOOD, MARK WOOD. To mark wood.", "[PERSON], [PERSON]. To mark wood."),
    ],
)
def test_a_full_name_is_found_in_the_other_texts_of_its_unit(first: str, second: str, redacted: str) -> None:
    """A name in full, or one that is no English word, is masked in the unit's other texts."""
    assert shown(first, second, units=["a", "a"])[1] == redacted


@pytest.mark.parametrize("units", [["a", "b"], [None, None], ["a", None]])
def test_names_are_carried_to_nobody_else(units: list[str | None]) -> None:
    """The control: in texts of other units, or of none, the same words stay."""
    assert shown("<Winston Field> rang", "winston field, again", units=units)[1] == "winston field, again"


def treated(stated: Contract, *rows: dict[str, Any], finder: FindsMarked | None = None) -> list[str]:
    """The notes of rows after treatment."""
    plan = plan_treatment(stated, RING, extract_id="x1", spacy_model=MODEL)
    columns = [column.name for column in stated.columns]
    table = batch(*rows)
    if "summary" in columns:
        table = table.append_column("summary", [one.get("summary") for one in rows])
    out: list[str] = treat(table, plan, Redactor(finder or FindsMarked([]))).batch.column("notes").to_pylist()
    return out


def test_values_of_linked_rows_are_found() -> None:
    """What another row of the unit knows, a former name or telephone number, does not stand in this one's text."""
    former = row(0, surname="Adeyemi", phone="07700 900456")
    later = row(0, _row=1, notes="Ngozi ADEYEMI on 07700900456")

    assert treated(contract(), former, later)[1] == "[PERSON 1] on [PHONE 1]"
    other = treated(contract(), row(2, surname="Adeyemi", phone="07700 900456"), later)
    assert other[1] == "[PERSON 1] ADEYEMI on 07700900456"  # the control: another unit's row


def test_names_of_a_household_are_found_and_are_others() -> None:
    """In a household's rows the others' names are masked, and are not the row's person."""
    stated = contract(PrivacyUnit.HOUSEHOLD)
    rows = (row(0, given="Chidi"), row(0, _row=1, notes="Ngozi and Chidi"))

    assert treated(stated, *rows)[1] == "[PERSON 1] and [PERSON 2]"


def test_dropped_text_of_another_row_is_not_looked_for() -> None:
    """Text that the contract drops is about its own row, and may be a common word."""
    rows = (row(0, informant="advice"), row(0, _row=1, notes="gave advice"))

    assert treated(contract(), *rows)[1] == "gave advice"


def test_linked_values_are_bounded() -> None:
    """However many rows a unit has, no text is searched for more than the stated number of other rows' values."""
    known = [(KnownValue(f"Name{number}", Entity.PERSON),) for number in range(500)]
    linked = linked_values(known, ["a"] * 500)

    assert {len(values) for values in linked} == {MOST_LINKED}
    assert not any(set(own) & set(values) for own, values in zip(known, linked, strict=True))


def test_names_carried_over_are_bounded() -> None:
    """A unit that names more people than a household knows is none; its lists are not looked for in every text."""
    names = [f"Zofia {one}{other}owska" for one in ascii_lowercase for other in ascii_lowercase][: MOST + 1]
    listed = ", ".join(names)
    starts = [listed.index(name) for name in names]
    spans = [Span(at, at + len(name), Entity.PERSON, 0.9) for at, name in zip(starts, names, strict=True)]
    texts = [listed, names[0], names[-1]]
    shared = find_shared(texts, [spans, (), ()], ["a"] * 3, name_lists())

    assert [texts[1][one.start : one.end] for one in shared[1]].count(names[0]) == 1
    assert names[-1] not in [texts[2][one.start : one.end] for one in shared[2]]


def test_names_go_from_column_to_column() -> None:
    """Two free-text columns of a row are two texts of one unit."""
    stated = contract()
    notes = stated.columns[-1]
    both = replace(stated, columns=(*stated.columns, replace(notes, name="summary")))
    finder = FindsMarked(["", "<Winston Field> rang"])
    said = row(0, notes="winston field again") | {"summary": "Winston Field rang"}

    assert SCHEMA.names[-1] == "notes"
    assert treated(both, said, finder=finder) == ["[PERSON 2] again"]
