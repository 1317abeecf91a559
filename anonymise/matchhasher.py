"""From an extract's rows to the hashes that people are recognised by; nothing else of identity goes further."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from anonymise.keys import KeyRing, NamedKey
from anonymise.matchkeys import CHECKED_KINDS, MATCH_KEYS, MatchKey, Part, message, take
from anonymise.normalise import NORMALISER, normalise
from datalab.contract.model import Contract, MatchKind

HASH_BYTES: Final = 16
"""Bytes of a match hash: HMAC-SHA256 cut to 128 bits."""
KEY_PREFIX: Final = "mk_"
"""How the columns of match keys begin."""
IDENTIFIER_PREFIX: Final = "id_"
"""How the columns of valid identifiers begin."""

_Hashes = tuple[bytes | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchField:
    """A column of an extract that helps to recognise a person."""

    kind: MatchKind
    column: str
    date_format: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchHasher:
    """Hashes the match fields of one dataset; holds keys, so it may travel to a worker and never into a plan."""

    match_fields: tuple[MatchField, ...]
    keys: tuple[tuple[MatchKey, NamedKey], ...]
    """The match keys whose fields this dataset has, in order."""
    parts: tuple[Part, ...]
    """Every part of those keys, once."""
    identifiers: tuple[tuple[MatchKind, NamedKey], ...]
    """The identifiers with a check character that this dataset has."""

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns that `columns` makes, in order."""
        keys = (f"{KEY_PREFIX}{key.name}" for key, _ in self.keys)
        return (*keys, *(f"{IDENTIFIER_PREFIX}{kind.value}" for kind, _ in self.identifiers))

    @property
    def fields(self) -> tuple[pa.Field, ...]:
        """Arrow fields of those columns."""
        return tuple(pa.field(name, pa.binary()) for name in self.column_names)

    @property
    def ddl(self) -> str:
        """The same as a Spark schema: `mk_names_dob binary, ...`; empty where there are none."""
        return ", ".join(f"{name} binary" for name in self.column_names)

    def columns(self, batch: pa.RecordBatch) -> tuple[pa.Array, ...]:
        """Hash the match fields of a batch; one array a column name, null where a field is missing or invalid.

        Args:
            batch: rows that hold every match column, as text, numbers or dates.
        """
        rows = zip(*(batch.column(field.column).to_pylist() for field in self.match_fields), strict=True)
        known: dict[tuple[object, ...], _Hashes] = {}
        hashed = []
        for row in rows:
            # A person's rows mostly repeat: each way of writing somebody is hashed once a batch.
            if row not in known:
                known[row] = self._hash(row)
            hashed.append(known[row])
        by_column = zip(*hashed, strict=True) if hashed else ((),) * len(self.column_names)
        return tuple(pa.array(column, pa.binary()) for column in by_column)

    def _hash(self, row: tuple[object, ...]) -> _Hashes:
        fields = {
            field.kind: normalise(field.kind, value, field.date_format)
            for field, value in zip(self.match_fields, row, strict=True)
        }
        parts = {part: _form(part, fields[part.kind]) for part in self.parts}
        return (
            *(_digest(named, message(key, parts)) for key, named in self.keys),
            *(_digest(named, _identifier_message(kind, fields[kind])) for kind, named in self.identifiers),
        )


def match_hasher(contract: Contract, ring: KeyRing) -> MatchHasher:
    """Return what hashes a dataset's match fields: the keys that apply follow from the contract's match columns.

    Where several columns are of one kind the first in the contract's order speaks. A dataset without match columns gets
    a hasher without columns.
    """
    by_kind: dict[MatchKind, MatchField] = {}
    for column in contract.match_columns:
        if column.match is not None and column.match not in by_kind:
            by_kind[column.match] = MatchField(kind=column.match, column=column.name, date_format=column.date_format)
    applicable = tuple(key for key in MATCH_KEYS if key.kinds <= by_kind.keys())
    return MatchHasher(
        match_fields=tuple(by_kind.values()),
        keys=tuple((key, ring.key(f"match/{key.name}/{NORMALISER}")) for key in applicable),
        parts=tuple(dict.fromkeys(part for key in applicable for part in key.parts)),
        identifiers=tuple((kind, ring.key(f"identifier/{kind.value}")) for kind in by_kind if kind in CHECKED_KINDS),
    )


def _form(part: Part, text: str | None) -> str | None:
    return None if text is None else take(part.form, text)


def _identifier_message(kind: MatchKind, value: str | None) -> str | None:
    return None if value is None else f"{NORMALISER}|{kind.value}|{value}"


def _digest(key: NamedKey, text: str | None) -> bytes | None:
    return None if text is None else hmac.digest(key.secret, text.encode(), "sha256")[:HASH_BYTES]
