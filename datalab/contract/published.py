"""What of a contract's columns researchers can see and ask about, after treatment.

This is the schema of a dataset version and of a project view. It follows from the contract alone, so a question can
be refused, priced and explained without touching data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from datalab.contract.generalisation import AgeBand, DateShift, DateTo, Microaggregate, NumberBand, Others, TopCode
from datalab.contract.model import Bounds, Column, Contract, LogicalType, Role, TextDates, Treatment

MISSING = "(missing)"
"""Label of the cell that holds rows without a value in a key column."""


MOVED = "(Dates are moved by a secret number of days of each unit: intervals hold, months and weekdays do not.)"
"""What is said of a column whose dates are moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedColumn:
    """A column as it stands in a project view."""

    name: str
    logical_type: LogicalType
    role: Role
    values: tuple[str, ...] | None
    """Every value the column can hold, as text, in order; None where that is not public."""
    bounds: Bounds | None
    """Stated range of the numbers or dates in it; None where the contract states none."""
    unit: str
    nullable: bool
    description: str
    moved: str | None = None
    """Key space by whose secret days its dates are moved; None where they are as they were."""
    askable: bool = True
    """Whether questions may read it. One whose values were made of several people's never is: no bound holds there."""


def published_columns(contract: Contract) -> tuple[PublishedColumn, ...]:
    """List the columns that a dataset version holds beside its unit column, in the contract's order."""
    return tuple(
        _published(column, contract.key_space)
        for column in contract.columns
        if column.treatment not in (Treatment.DROP, Treatment.PSEUDONYMISE)
    )


def shifts_dates(contract: Contract) -> bool:
    """Whether dates of a dataset, in columns or in text, are moved by the days of their unit."""
    return any(
        isinstance(column.generalisation, DateShift) or column.text_dates is TextDates.SHIFT
        for column in contract.columns
    )


def _published(column: Column, key_space: str) -> PublishedColumn:
    return PublishedColumn(
        name=column.name,
        logical_type=_type_after(column),
        role=column.role,
        values=public_values(column),
        bounds=_bounds_after(column),
        unit=column.bounds.unit if column.bounds else "",
        nullable=not column.required or column.max_invalid > 0,
        description=" ".join(part for part in (column.description, _note(column)) if part),
        moved=key_space if isinstance(column.generalisation, DateShift) else None,
        askable=column.role is not Role.FREE_TEXT and not isinstance(column.generalisation, Microaggregate),
    )


def _note(column: Column) -> str:
    """Return what a researcher must know of a column's values: how far they are not what they look like."""
    if isinstance(column.generalisation, DateShift):
        return MOVED
    if column.treatment is not Treatment.REDACT:
        return ""
    dates = f" Dates: {column.text_dates}." if column.text_dates is not TextDates.MASK else ""
    return f"(Identifiers are replaced: {column.replacement}.{dates})"


def _type_after(column: Column) -> LogicalType:
    if column.generalisation is None or isinstance(column.generalisation, TopCode | DateShift | Microaggregate):
        return column.logical_type
    return LogicalType.STRING


def _bounds_after(column: Column) -> Bounds | None:
    match column.generalisation:
        case None | Microaggregate():
            return column.bounds
        case DateShift() as shift if column.bounds is not None:
            lower, upper = column.bounds.lower, column.bounds.upper
            if not isinstance(lower, date) or not isinstance(upper, date):
                return None
            earliest, latest = shift.bounds(lower, upper)
            return Bounds(lower=earliest, upper=latest, unit=column.bounds.unit)
        case TopCode(limit=limit, bottom=bottom) if column.bounds is not None:
            lower, upper, unit = column.bounds.lower, column.bounds.upper, column.bounds.unit
            if isinstance(lower, date) or isinstance(upper, date):
                return None
            return Bounds(lower=lower if bottom is None else max(lower, bottom), upper=min(upper, limit), unit=unit)
        case _:
            return None


def public_values(column: Column) -> tuple[str, ...] | None:  # noqa: PLR0911 - a case each
    """List the values a column can hold after treatment, or None where the contract does not make them public."""
    if column.domain is not None:
        return column.domain
    if isinstance(column.generalisation, Others):
        return column.generalisation.labels()
    if column.logical_type is LogicalType.BOOLEAN and column.generalisation is None:
        return ("false", "true")
    if column.bounds is None:
        return None
    lower, upper = column.bounds.lower, column.bounds.upper
    match column.generalisation:
        case DateTo() | AgeBand() as by_date if isinstance(lower, date) and isinstance(upper, date):
            return by_date.labels(lower, upper)
        case NumberBand() as by_number if not isinstance(lower, date) and not isinstance(upper, date):
            return by_number.labels(lower, upper)
        case _:
            return None
