"""A contract that moves dates shows no date beside them that tells by how much."""

from __future__ import annotations

from dataclasses import replace

import pytest
from treated_dataset import contract

from datalab.contract.generalisation import DatePart, DateShift, DateTo
from datalab.contract.model import Contract, LegalBasis, PrivacyUnit, Replacement, TextDates, Treatment
from datalab.contract.odcs.contract_file import parse_contract
from datalab.contract.odcs.writing import write_contract
from datalab.errors import ContractError

YEAR = DateTo(part=DatePart.YEAR)


def stated(
    seen_at: DateShift | DateTo | Treatment, notes: TextDates, *more: TextDates, unit: PrivacyUnit = PrivacyUnit.PERSON
) -> Contract:
    """The small dataset, with what becomes of its times and of the dates in its texts."""
    base = contract(unit)
    columns = []
    for column in base.columns:
        if column.name == "seen_at" and isinstance(seen_at, Treatment):
            columns.append(replace(column, treatment=seen_at, generalisation=None))
        elif column.name == "seen_at":
            columns.append(replace(column, generalisation=seen_at))
        elif column.name == "notes":
            columns.append(replace(column, text_dates=notes))
            columns += [replace(column, name=f"notes_{place}", text_dates=dates) for place, dates in enumerate(more)]
        elif unit is PrivacyUnit.PERSON or column.match is None:
            columns.append(column)
    basis = LegalBasis(article_6="6(1)(e)", article_9="9(2)(j)", gateway="none", dpia="none")
    rows = None if unit is PrivacyUnit.PUBLIC else base.max_rows_per_unit
    return replace(base, columns=tuple(columns), legal_basis=basis, max_rows_per_unit=rows)


@pytest.mark.parametrize(
    "sound",
    [
        stated(DateShift(), TextDates.SHIFT),
        stated(DateShift(), TextDates.MASK),
        stated(Treatment.DROP, TextDates.SHIFT, TextDates.MASK),
        stated(Treatment.KEEP, TextDates.GENERALISE),
        stated(YEAR, TextDates.MASK, unit=PrivacyUnit.PUBLIC),
    ],
)
def test_dates_that_all_move_or_are_hidden_are_sound(sound: Contract) -> None:
    """Such a contract loads as it was written, ages of its people included."""
    assert parse_contract(write_contract(sound), "sound") == sound


@pytest.mark.parametrize(
    ("refused", "says"),
    [
        (stated(Treatment.KEEP, TextDates.SHIFT), "these are not"),
        (stated(YEAR, TextDates.SHIFT), "these are not"),
        (stated(DateShift(), TextDates.GENERALISE), "generalised in another"),
        (stated(Treatment.DROP, TextDates.SHIFT, TextDates.GENERALISE), "generalised in another"),
        (stated(DateShift(), TextDates.MASK, unit=PrivacyUnit.PUBLIC), "has none"),
        (stated(YEAR, TextDates.SHIFT, unit=PrivacyUnit.PUBLIC), "has none"),
    ],
)
def test_a_date_that_tells_the_move_is_refused(refused: Contract, says: str) -> None:
    """A true or coarser date beside a moved one, or no unit whose days they are, is a fault."""
    with pytest.raises(ContractError, match=says):
        parse_contract(write_contract(refused), "case")


def test_surrogates_need_a_unit() -> None:
    """Public reference data has nobody for whom surrogates could be drawn."""
    public = stated(YEAR, TextDates.MASK, unit=PrivacyUnit.PUBLIC)
    columns = tuple(
        replace(one, replacement=Replacement.SURROGATE) if one.treatment is Treatment.REDACT else one
        for one in public.columns
    )

    with pytest.raises(ContractError, match="has none"):
        parse_contract(write_contract(replace(public, columns=columns)), "case")
