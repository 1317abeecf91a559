"""Does a file have the columns of its contract, each once, in whatever order?"""

from __future__ import annotations

from collections.abc import Sequence

from datalab.contract.model import Column
from ingest.limits import Limits
from ingest.reporting.faults import SHOWN, FaultKind, FileFault, UnreadableExtractError


def column_positions(header: Sequence[str], columns: Sequence[Column], limits: Limits) -> list[int]:
    """Return where each column of the contract stands in the header, from 0.

    Raises:
        UnreadableExtractError: if a column is missing, unknown or repeated; all of them at once.
    """
    if len(header) > limits.columns:
        raise UnreadableExtractError(FileFault(kind=FaultKind.MANY_COLUMNS, count=len(header)))
    known = {column.name for column in columns}
    repeated = [place for place, name in enumerate(header, 1) if name in header[: place - 1]]
    unknown = [place for place, name in enumerate(header, 1) if name not in known]
    missing = tuple(column.name for column in columns if column.name not in header)
    faults = []
    if repeated:
        faults.append(_placed(FaultKind.REPEATED_COLUMN, repeated))
    if missing:
        faults.append(FileFault(kind=FaultKind.MISSING_COLUMN, count=len(missing), columns=missing))
    if unknown:
        faults.append(_placed(FaultKind.UNKNOWN_COLUMN, unknown))
    if faults:
        raise UnreadableExtractError(*faults)
    return [list(header).index(column.name) for column in columns]


def _placed(kind: FaultKind, places: list[int]) -> FileFault:
    return FileFault(kind=kind, count=len(places), lines=tuple(places[:SHOWN]))
