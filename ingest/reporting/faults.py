"""What is wrong with a file as a whole: counted, placed by line, and never quoted.

A custodian can find line 312 in their own file; the lab's report must not hold what stands there (law 1). Names of
columns that the contract does not know are not shown either: in a file without a header they are somebody's data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from datalab.errors import ExtractError

SHOWN = 5
"""Line numbers given for one kind of fault."""


class FaultKind(StrEnum):
    """What can be wrong with a file, and what to do about it (see `REMEDIES`)."""

    EMPTY = "empty"
    NO_ROWS = "no_rows"
    NOT_UTF8 = "not_utf8"
    OTHER_ENCODING = "other_encoding"
    NUL = "nul"
    LONG_LINE = "long_line"
    LONG_CELL = "long_cell"
    LINE_ENDS = "line_ends"
    QUOTES = "quotes"
    RAGGED = "ragged"
    REPEATED_COLUMN = "repeated_column"
    MISSING_COLUMN = "missing_column"
    UNKNOWN_COLUMN = "unknown_column"
    MANY_COLUMNS = "many_columns"
    NOT_JSON = "not_json"
    NESTED = "nested"
    NOT_GZIP = "not_gzip"
    NOT_PARQUET = "not_parquet"
    COLUMN_TYPE = "column_type"
    TOO_LARGE = "too_large"
    ROW_COUNT = "row_count"


REMEDIES: Mapping[FaultKind, tuple[str, str]] = {
    FaultKind.EMPTY: ("The file is empty.", "Export it again; a file without rows still has a header."),
    FaultKind.NO_ROWS: (
        "The file has no rows.",
        "Deliver when there are some. To withdraw what was delivered, ask the lab's operator.",
    ),
    FaultKind.NOT_UTF8: ("Lines are not UTF-8 text.", "Export as UTF-8; this file may be Windows-1252 or Latin-1."),
    FaultKind.OTHER_ENCODING: ("The file is UTF-16 or UTF-32 text.", "Export as UTF-8."),
    FaultKind.NUL: ("Lines hold a NUL character.", "Export again; the file may be damaged, or not be text."),
    FaultKind.LONG_LINE: ("Lines are longer than the lab reads.", "Look for an unclosed quote or a missing line end."),
    FaultKind.LONG_CELL: ("Values are longer than the lab reads.", "Look for an unclosed quote, or shorten the text."),
    FaultKind.LINE_ENDS: ("Lines end with a bare carriage return.", "Export with line ends LF or CRLF."),
    FaultKind.QUOTES: ("Quotes do not pair, as RFC 4180 asks.", "Write a quote inside a quoted value twice."),
    FaultKind.RAGGED: ("Rows have more or fewer values than the header.", "Quote values that hold a comma."),
    FaultKind.REPEATED_COLUMN: ("Columns stand twice in the header.", "Give every column a name of its own."),
    FaultKind.MISSING_COLUMN: ("Columns of the contract are missing.", "Add them; names are case-sensitive."),
    FaultKind.UNKNOWN_COLUMN: (
        "Columns are not in the contract.",
        "Remove them, or add them to the contract. Is the header missing, or the separator not a comma?",
    ),
    FaultKind.MANY_COLUMNS: ("There are more columns than the lab reads.", "Split the dataset."),
    FaultKind.NOT_JSON: ("Lines are not a JSON object each.", "Write one object a line, with each name once."),
    FaultKind.NESTED: ("Values are objects or lists.", "Write one plain value for each column."),
    FaultKind.NOT_GZIP: ("The gzip data is damaged or cut off.", "Compress the file again."),
    FaultKind.NOT_PARQUET: ("The Parquet file is damaged or of a kind the lab does not read.", "Write it again."),
    FaultKind.COLUMN_TYPE: ("Columns have a Parquet type that the lab does not read.", "Write plain columns."),
    FaultKind.TOO_LARGE: ("The content is larger than the lab reads.", "Split it into several extracts."),
    FaultKind.ROW_COUNT: ("The file does not hold as many rows as its manifest says.", "Seal the file again."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFault:
    """One kind of fault, how often, and where first."""

    kind: FaultKind
    count: int
    lines: tuple[int, ...] = ()
    """The first lines it stands in, from 1; for `unknown_column` and `repeated_column` the columns' positions."""
    columns: tuple[str, ...] = ()
    """Columns of the contract that it is about."""

    def __str__(self) -> str:
        what, remedy = REMEDIES[self.kind]
        place = "column positions" if self.kind in _BY_POSITION else "first lines"
        details = (
            f"{self.count:,} found" if self.count else "",
            f"{place} {', '.join(map(str, self.lines))}" if self.lines else "",
            f"columns {', '.join(self.columns)}" if self.columns else "",
        )
        listed = "; ".join(detail for detail in details if detail)
        return f"{what} ({listed}) {remedy}" if listed else f"{what} {remedy}"

    def document(self) -> dict[str, Any]:
        """Render for a report."""
        return {
            "kind": self.kind.value,
            "count": self.count,
            "lines": list(self.lines),
            "columns": list(self.columns),
            "text": str(self),
        }


_BY_POSITION = frozenset({FaultKind.UNKNOWN_COLUMN, FaultKind.REPEATED_COLUMN})


class UnreadableExtractError(ExtractError):
    """A file cannot be read as its contract's rows; carries every kind of fault found."""

    def __init__(self, *faults: FileFault) -> None:
        self.faults = faults
        listed = "\n".join(f"  - {fault}" for fault in faults)
        super().__init__(f"The extract cannot be read.\n{listed}")


@dataclass(slots=True)
class FaultTally:
    """Counts faults while a file is read on, so that a custodian learns of all of them at once."""

    _counts: dict[FaultKind, int] = field(default_factory=dict)
    _lines: dict[FaultKind, list[int]] = field(default_factory=dict)

    def add(self, kind: FaultKind, line: int) -> None:
        """Count one fault in a line, from 1."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        lines = self._lines.setdefault(kind, [])
        if len(lines) < SHOWN:
            lines.append(line)

    def __bool__(self) -> bool:
        return bool(self._counts)

    def check_none(self) -> None:
        """Raise UnreadableExtractError if anything was counted."""
        if self._counts:
            raise UnreadableExtractError(
                *(
                    FileFault(kind=kind, count=count, lines=tuple(self._lines[kind]))
                    for kind, count in self._counts.items()
                )
            )
