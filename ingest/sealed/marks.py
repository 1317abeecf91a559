"""The marks: what a custodian's own reading of a sample of an extract's texts found, signed; counts, never a text.

They are made on the custodian's machine (`ingest.review`), and travel inside the manifest of the extract. They name the
extract by its content id, so that they hold for no other file and under no other version of the contract.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final

from anonymise.prose.entities import Entity
from anonymise.review.found import NOT_SAID
from anonymise.review.rate import ReadCounts, ReadRate
from datalab.errors import ExtractError
from ingest.sealed.canonical import HEX_32, NAME, VERSION, count_in, is_form_of, render, text_in

FORMAT: Final = "datalab-marks/1"
"""Version of the marks; also the context that is signed."""
MAX_COLUMNS: Final = 20
_COLUMN = re.compile(r"[^\x00-\x1f\x7f]{1,128}")
_PACKAGE = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,99}")
_KINDS: Final = frozenset((*(entity.value for entity in Entity), NOT_SAID))
_COUNTS: Final = tuple(one.name for one in fields(ReadCounts))


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMarks:
    """What was found in one column."""

    name: str
    texts: int
    """Texts of the column in the whole file, or passages of long ones: what was drawn from."""
    random: ReadCounts
    """Of those drawn at random: what the estimate comes from."""
    doubtful: ReadCounts
    """Of those read for their doubt besides: they tell what is missed, not how often."""
    kinds: Mapping[str, tuple[int, int]]
    """By kind, of both together: identifiers, and missed ones among them."""

    @property
    def rate(self) -> ReadRate:
        """The share that is missed, from what was drawn at random."""
        return ReadRate(counts=self.random, population=self.texts)

    def document(self) -> dict[str, Any]:
        """Render as JSON."""
        return {
            "name": self.name,
            "texts": self.texts,
            "random": {name: getattr(self.random, name) for name in _COUNTS},
            "doubtful": {name: getattr(self.doubtful, name) for name in _COUNTS},
            "kinds": {kind: list(counts) for kind, counts in self.kinds.items()},
        }

    def report(self) -> dict[str, Any]:
        """Render for a report, with the rate and its interval."""
        doubtful = {name: getattr(self.doubtful, name) for name in ("texts", "identifiers", "missed", "wrong")}
        kinds = {
            kind: {"identifiers": identifiers, "missed": missed} for kind, (identifiers, missed) in self.kinds.items()
        }
        return {"name": self.name, **self.rate.document(), "doubtful": doubtful, "kinds": kinds}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What one reading of one file found."""

    agency: str
    dataset: str
    contract_version: str
    content_id: str
    """Names the file that was read; see `ingest.sealed.agency_key`."""
    text_model: str
    """Package of the model that redacted what was read."""
    read_at: datetime
    """When the reading was finished."""
    seconds: int
    """How long it took, breaks left out."""
    columns: tuple[ColumnMarks, ...]

    def column(self, name: str) -> ColumnMarks | None:
        """Return what was found in a column, or None where it was not read."""
        return next((column for column in self.columns if column.name == name), None)

    def document(self) -> dict[str, Any]:
        """Render as JSON."""
        return {
            "format": FORMAT,
            "agency": self.agency,
            "dataset": self.dataset,
            "contract_version": self.contract_version,
            "content_id": self.content_id,
            "text_model": self.text_model,
            "read_at": self.read_at.astimezone(UTC).isoformat(timespec="seconds"),
            "seconds": self.seconds,
            "columns": [column.document() for column in self.columns],
        }

    def report(self) -> dict[str, Any]:
        """Render for the extract's report: with each column's rate and interval."""
        return {
            "read_at": self.document()["read_at"],
            "seconds": self.seconds,
            "text_model": self.text_model,
            "columns": [column.report() for column in self.columns],
        }


def parse_marks(document: object) -> Marks:
    """Read marks from their JSON object.

    Raises:
        ExtractError: if a field is missing, unknown, not of its one form, or counts contradict each other.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _refusal(f"they do not say format {FORMAT}")
    try:
        marks = Marks(
            agency=text_in(document, "agency", NAME),
            dataset=text_in(document, "dataset", NAME),
            contract_version=text_in(document, "contract_version", VERSION),
            content_id=text_in(document, "content_id", HEX_32),
            text_model=text_in(document, "text_model", _PACKAGE),
            read_at=datetime.fromisoformat(document["read_at"]),
            seconds=count_in(document, "seconds"),
            columns=tuple(map(_column, document["columns"])),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _refusal("a field is missing, or not written as the lab's own tool writes it") from None
    if marks.read_at.tzinfo is None or not is_form_of(lambda: render(marks.document()), document):
        raise _refusal("they hold a field that the format does not have, or a value in another form")
    names = [column.name for column in marks.columns]
    if not 0 < len(names) <= MAX_COLUMNS or len(set(names)) < len(names):
        raise _refusal("they name no column, too many, or one twice")
    if not all(map(_adds_up, marks.columns)):
        raise _refusal("their counts contradict each other")
    return marks


def _column(document: dict[str, Any]) -> ColumnMarks:
    kinds: dict[str, tuple[int, int]] = {}
    for kind, counts in document["kinds"].items():
        identifiers, missed = counts
        if kind not in _KINDS:
            raise ValueError("kind")
        pair = {"identifiers": identifiers, "missed": missed}
        kinds[kind] = (count_in(pair, "identifiers"), count_in(pair, "missed"))
    return ColumnMarks(
        name=text_in(document, "name", _COLUMN),
        texts=count_in(document, "texts"),
        random=_counts(document["random"]),
        doubtful=_counts(document["doubtful"]),
        kinds=kinds,
    )


def _counts(document: dict[str, Any]) -> ReadCounts:
    return ReadCounts(**{name: count_in(document, name) for name in _COUNTS})


def _adds_up(column: ColumnMarks) -> bool:
    read = (column.random, column.doubtful)
    sums = (_sum(counts.identifiers for counts in read), _sum(counts.missed for counts in read))
    kinds = tuple(_sum(counts[place] for counts in column.kinds.values()) for place in (0, 1))
    return (
        all(counts.is_possible() for counts in read)
        and _sum(counts.texts for counts in read) <= column.texts
        and sums == kinds
        and all(missed <= identifiers for identifiers, missed in column.kinds.values())
    )


def _sum(counts: Iterable[int]) -> int:
    return sum(counts)


def _refusal(reason: str) -> ExtractError:
    return ExtractError(
        "The marks cannot be read.",
        why=f"{reason[0].upper()}{reason[1:]}.",
        remedy="Read the texts again with `datalab extract review` of this version.",
    )
