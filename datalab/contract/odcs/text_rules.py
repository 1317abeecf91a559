"""What must hold of what stands in redacted text, and of a contract that moves dates.

One true date beside a moved one tells by how much all are moved.
"""

from __future__ import annotations

from collections.abc import Sequence

from datalab.contract.generalisation import AgeBand, DateShift
from datalab.contract.model import LogicalType, MatchKind, PrivacyUnit, Replacement, Role, TextDates, Treatment
from datalab.contract.odcs.column_rules import ROLE
from datalab.contract.odcs.generalise_rules import DATED, GENERALISE, TREATMENT
from datalab.contract.odcs.read_column import ReadColumn

REPLACEMENT, DATES = "datalab.replacement", "datalab.dates"


def check_text(columns: Sequence[ReadColumn], unit: PrivacyUnit | None) -> None:
    """Record free text that is no string, properties of redacted text elsewhere, and surrogates that are nobody's."""
    for column in columns:
        if column.role is Role.FREE_TEXT and column.logical_type not in (LogicalType.STRING, None):
            column.fault(ROLE, "Free text must be a string.", "Make `logicalType` string, or choose another role.")
        for key in (REPLACEMENT, DATES):
            if not column.absent(key) and column.treatment not in (Treatment.REDACT, None):
                what = f"`{key}` says what stands in redacted text, and this column is not redacted."
                column.fault(key, what, f"Remove `{key}`, or make the treatment redact.")
        if unit is PrivacyUnit.PUBLIC and column.replacement is Replacement.SURROGATE:
            what = "Surrogates are drawn for a privacy unit, and public reference data has none."
            column.fault(REPLACEMENT, what, "Write numbered or placeholder.")


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
        if isinstance(column.generalisation, DateShift) and column.match is MatchKind.DATE_OF_BIRTH:
            what = "A date of birth that is moved tells those who know it by how much every other date is."
            column.fault(GENERALISE, what, "Make it an age band or a year, or drop it.")
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
