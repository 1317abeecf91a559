"""What each row of a batch says of its person beside the free text: the values that must not stand in that text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pyarrow as pa

from anonymise.prose.entities import Entity
from anonymise.prose.recorded.known_values import KnownValue
from datalab.contract.model import Column, Contract, LogicalType, MatchKind, Role, Treatment

KINDS: Final = {
    MatchKind.NHS_NUMBER: Entity.NHS_NUMBER,
    MatchKind.UPN: Entity.UPN,
    MatchKind.NINO: Entity.NINO,
    MatchKind.NATIONAL_ID: Entity.REFERENCE,
    MatchKind.GIVEN_NAME: Entity.PERSON,
    MatchKind.SURNAME: Entity.PERSON,
    MatchKind.POSTCODE: Entity.POSTCODE,
    MatchKind.ADDRESS_LINE: Entity.ADDRESS,
    MatchKind.PHONE: Entity.PHONE,
    MatchKind.EMAIL: Entity.EMAIL,
}
"""Match kinds worth looking for; dates are found by their shape, a house number or a sex is in every text."""

MOST_LINKED: Final = 40
"""Most values of other rows that are looked for in a row's text: each costs a look."""


def row_values(contract: Contract, batch: pa.RecordBatch) -> list[tuple[KnownValue, ...]]:
    """Return, for each row, its values that must not stand in its free text.

    Args:
        contract: says which columns these are: match fields, the person key, and text that is dropped.
        batch: typed rows.
    """
    wanted = [
        (column.name, kind, column.match is MatchKind.SURNAME)
        for column in contract.columns
        if (kind := _kind(column)) is not None
    ]
    if not wanted:
        return [()] * batch.num_rows
    columns = [batch.column(name).to_pylist() for name, _, _ in wanted]
    return [
        tuple(
            KnownValue(_text(cell), kind, is_surname)
            for cell, (_, kind, is_surname) in zip(row, wanted, strict=True)
            if cell is not None
        )
        for row in zip(*columns, strict=True)
    ]


def knows_names(contract: Contract) -> bool:
    """Whether a contract's rows hold names of the person whom they are about."""
    return any(_kind(column) is Entity.PERSON for column in contract.columns)


def linked_values(known: Sequence[tuple[KnownValue, ...]], units: Sequence[str | None]) -> list[tuple[KnownValue, ...]]:
    """Return for each row the values of other rows of its unit in the batch.

    These are former names and addresses of a person, and whoever else lives in a household.

    Args:
        known: of each row, its own values.
        units: of each row; None where it has none.

    Returns:
        At most `MOST_LINKED` a row; never text that the contract drops, which is about its own row.
    """
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, unit in enumerate(units):
        if unit is not None:
            rows_of[unit].append(row)
    linked: list[tuple[KnownValue, ...]] = [()] * len(known)
    for rows in rows_of.values():
        if len(rows) > 1:
            values = dict.fromkeys(value for row in rows for value in known[row] if value.entity is not Entity.KNOWN)
            first = list(values)[: MOST_LINKED + max(len(known[row]) for row in rows)]
            for row in rows:
                own = set(known[row])
                linked[row] = tuple(value for value in first if value not in own)[:MOST_LINKED]
    return linked


NO_END: Final = date(2090, 1, 1)
"""Systems write later days for an end that is open."""


def row_births(contract: Contract, batch: pa.RecordBatch) -> list[tuple[date, ...]]:
    """Return for each row the days of birth that it holds."""
    columns = [
        batch.column(column.name).cast(pa.date32(), safe=False).to_pylist()
        for column in contract.match_columns
        if column.match is MatchKind.DATE_OF_BIRTH
    ]
    if not columns:
        return [()] * batch.num_rows
    return [tuple(day for day in row if day is not None) for row in zip(*columns, strict=True)]


def row_latest(contract: Contract, batch: pa.RecordBatch) -> list[date | None]:
    """Return for each row the newest day that it holds and that is none of birth; None where it holds none."""
    columns = [
        batch.column(column.name).cast(pa.date32(), safe=False).to_pylist()
        for column in contract.columns
        if column.logical_type in (LogicalType.DATE, LogicalType.TIMESTAMP)
        and column.match is not MatchKind.DATE_OF_BIRTH
    ]
    if not columns:
        return [None] * batch.num_rows
    rows = zip(*columns, strict=True)
    return [max((day for day in row if day is not None and day <= NO_END), default=None) for row in rows]


def _kind(column: Column) -> Entity | None:
    if column.match is not None:
        return KINDS.get(column.match)
    if column.role is Role.PERSON_KEY:
        return Entity.REFERENCE
    hidden = column.treatment in (Treatment.DROP, Treatment.PSEUDONYMISE)
    textual = column.logical_type is LogicalType.STRING and column.role is not Role.FREE_TEXT
    return Entity.KNOWN if hidden and textual else None


def _text(cell: Any) -> str:  # noqa: ANN401 - whatever a typed column holds
    return str(cell)
