"""What must hold of a contract that moves dates: one true date beside a moved one tells by how much all are moved."""

from __future__ import annotations

from collections.abc import Sequence

from datalab.contract.generalisation import AgeBand, DateShift
from datalab.contract.model import MatchKind, PrivacyUnit, TextDates, Treatment
from datalab.contract.odcs.column_rules import DATED, GENERALISE, TREATMENT
from datalab.contract.odcs.read_column import ReadColumn

DATES = "datalab.dates"


def check_dates(columns: Sequence[ReadColumn], unit: PrivacyUnit | None) -> None:
    """Record every column whose dates would tell by how many days others are moved."""
    moved = [column for column in columns if _moves(column)]
    if not moved:
        return
    if unit is PrivacyUnit.PUBLIC:
        for column in moved:
            what = "Dates are moved by the days of a privacy unit, and public reference data has none."
            column.fault(_key(column), what, "Keep the dates, or generalise them.")
        return
    for column in columns:
        if column.logical_type in DATED and not _moves(column) and _shows_dates(column):
            what = f"Dates of {moved[0].name or 'another column'} are moved, and these are not: both tell by how much."
            remedy = f"Write treatment generalise with `{GENERALISE}: {{shift: days}}`, drop the column, or move none."
            column.fault(TREATMENT, what, remedy)
        if column.text_dates is TextDates.GENERALISE:
            what = "Dates are moved in one place and generalised in another: together they tell by how much."
            column.fault(DATES, what, "Write shift or mask.")


def _moves(column: ReadColumn) -> bool:
    return isinstance(column.generalisation, DateShift) or column.text_dates is TextDates.SHIFT


def _shows_dates(column: ReadColumn) -> bool:
    """Whether events of a unit can be dated by a column; ages and dates of birth are no events."""
    if column.treatment is Treatment.KEEP:
        return True
    is_birth = isinstance(column.generalisation, AgeBand) or column.match is MatchKind.DATE_OF_BIRTH
    return column.treatment is Treatment.GENERALISE and column.generalisation is not None and not is_birth


def _key(column: ReadColumn) -> str:
    return DATES if column.text_dates is TextDates.SHIFT else GENERALISE
