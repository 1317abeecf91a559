"""From an extract's rows to the hashes that people are recognised by; nothing else of identity goes further."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from anonymise.keys.keyring import KeyRing, NamedKey
from anonymise.linkage.match_keys import CHECKED_KINDS, MATCH_KEYS, Form, MatchKey, message, take
from anonymise.linkage.normalise import NORMALISER, normalise
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
class KeyPlan:
    """A match key, its secret, and where in a row's forms its fields stand."""

    key: MatchKey
    secret: NamedKey
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchHasher:
    """Hashes the match fields of one dataset; holds keys, so it may travel to a worker and never into a plan."""

    match_fields: tuple[MatchField, ...]
    forms: tuple[tuple[int, Form], ...]
    """Every form that a key needs, once: place of the field in `match_fields`, and the form."""
    keys: tuple[KeyPlan, ...]
    """The match keys whose fields this dataset has, in order."""
    identifiers: tuple[tuple[int, NamedKey], ...]
    """The identifiers with a check character that this dataset has: place in `match_fields`, and the secret."""

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns that `columns` makes, in order."""
        keys = (f"{KEY_PREFIX}{plan.key.name}" for plan in self.keys)
        kinds = (self.match_fields[place].kind for place, _ in self.identifiers)
        return (*keys, *(f"{IDENTIFIER_PREFIX}{kind.value}" for kind in kinds))

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
        texts = [
            normalise(field.kind, value, field.date_format) for field, value in zip(self.match_fields, row, strict=True)
        ]
        forms = [None if (text := texts[place]) is None else take(form, text) for place, form in self.forms]
        return (
            *(_digest(plan.secret, message(plan.key, [forms[at] for at in plan.places])) for plan in self.keys),
            *(_digest(secret, self._identifier(place, texts[place])) for place, secret in self.identifiers),
        )

    def _identifier(self, place: int, text: str | None) -> str | None:
        return None if text is None else f"{NORMALISER}|{self.match_fields[place].kind.value}|{text}"


def match_hasher(contract: Contract, ring: KeyRing) -> MatchHasher:
    """Return what hashes a dataset's match fields: the keys that apply follow from the contract's match columns.

    Where several columns are of one kind the first in the contract's order speaks. A dataset without match columns gets
    a hasher without columns.
    """
    by_kind: dict[MatchKind, MatchField] = {}
    for column in contract.match_columns:
        if column.match is not None and column.match not in by_kind:
            by_kind[column.match] = MatchField(kind=column.match, column=column.name, date_format=column.date_format)
    kinds = list(by_kind)
    applicable = [key for key in MATCH_KEYS if key.kinds <= by_kind.keys()]
    parts = list(dict.fromkeys(part for key in applicable for part in key.parts))
    return MatchHasher(
        match_fields=tuple(by_kind.values()),
        forms=tuple((kinds.index(part.kind), part.form) for part in parts),
        keys=tuple(
            KeyPlan(
                key=key,
                secret=ring.key(f"match/{key.name}/{NORMALISER}"),
                places=tuple(parts.index(part) for part in key.parts),
            )
            for key in applicable
        ),
        identifiers=tuple(
            (place, ring.key(f"identifier/{kind.value}")) for place, kind in enumerate(kinds) if kind in CHECKED_KINDS
        ),
    )


def _digest(key: NamedKey, text: str | None) -> bytes | None:
    return None if text is None else hmac.digest(key.secret, text.encode(), "sha256")[:HASH_BYTES]
