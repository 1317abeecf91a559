"""What of a contract's columns researchers can see and ask about, after treatment.

This is the schema of a dataset version and of a project view. It follows from the contract alone, so a question can
be refused, priced and explained without touching data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from datalab.contract.generalisation import AgeBand, DateTo, Microaggregate, NumberBand, Others, TopCode
from datalab.contract.model import Bounds, Column, Contract, LogicalType, Role, Treatment

MISSING = "(missing)"
"""Label of the cell that holds rows without a value in a key column."""


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
    askable: bool = True
    """Whether questions may read it. One whose values were made of several people's never is: no bound holds there."""


def published_columns(contract: Contract) -> tuple[PublishedColumn, ...]:
    """List the columns that a dataset version holds beside its unit column, in the contract's order."""
    return tuple(
        _published(column)
        for column in contract.columns
        if column.treatment not in (Treatment.DROP, Treatment.PSEUDONYMISE)
    )


def _published(column: Column) -> PublishedColumn:
    return PublishedColumn(
        name=column.name,
        logical_type=_type_after(column),
        role=column.role,
        values=public_values(column),
        bounds=_bounds_after(column),
        unit=column.bounds.unit if column.bounds else "",
        nullable=not column.required or column.max_invalid > 0,
        description=column.description,
        askable=column.role is not Role.FREE_TEXT and not isinstance(column.generalisation, Microaggregate),
    )


def _type_after(column: Column) -> LogicalType:
    if column.generalisation is None or isinstance(column.generalisation, TopCode | Microaggregate):
        return column.logical_type
    return LogicalType.STRING


def _bounds_after(column: Column) -> Bounds | None:
    match column.generalisation:
        case None:
            return column.bounds
        case TopCode(limit=limit, bottom=bottom) if column.bounds is not None:
            lower, upper, unit = column.bounds.lower, column.bounds.upper, column.bounds.unit
            if isinstance(lower, date) or isinstance(upper, date):
                return None
            return Bounds(lower=lower if bottom is None else max(lower, bottom), upper=min(upper, limit), unit=unit)
        case Microaggregate():
            return column.bounds
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
