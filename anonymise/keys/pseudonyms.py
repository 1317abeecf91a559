"""Pseudonyms: a keyed hash in the place of a key.

HMAC-SHA256 (RFC 2104, FIPS 198-1), its first 128 bits, as 32 hexadecimal digits. Without the key a pseudonym is
indistinguishable from chance, however few keys an agency has; with 128 bits, ten thousand million units collide with
a chance below 10^-18.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from anonymise.keys.keyring import NamedKey

PSEUDONYM_BYTES: Final = 16
"""Bytes of a pseudonym, before they are written in hexadecimal."""


def unit_ref(key: NamedKey, value: str) -> str:
    """Return the reference of a privacy unit inside one key space.

    Args:
        key: key of the purpose `unit-ref/<key space>`.
        value: the agency's own key, as text; surrounding blanks do not count.
    """
    return _digest(key.secret, value.strip())


def unit_id(key: NamedKey, spine_id: str) -> str:
    """Return the pseudonym of a person inside one project.

    Args:
        key: key of the purpose `project/<project id>`.
        spine_id: the person's spine id; for household and record units their `unit_ref`.
    """
    return _digest(key.secret, spine_id)


def unit_refs(key: NamedKey, values: pa.Array) -> pa.Array:
    """Return the references of a column: `unit_ref` of each value, null where it is null or blank."""
    return _each(values, lambda value: unit_ref(key, value) if value.strip() else None)


def unit_ids(key: NamedKey, spine_ids: pa.Array) -> pa.Array:
    """Return the pseudonyms of a column: `unit_id` of each value, null where it is null."""
    return _each(spine_ids, lambda spine_id: unit_id(key, spine_id))


def _digest(secret: bytes, value: str) -> str:
    return hmac.digest(secret, value.encode(), "sha256")[:PSEUDONYM_BYTES].hex()


def _each(values: pa.Array, pseudonym: Callable[[str], str | None]) -> pa.Array:
    """Hash each distinct value once: extracts hold many rows a person."""
    encoded = pc.dictionary_encode(values if pa.types.is_string(values.type) else values.cast(pa.string()))
    hashed = pa.array([pseudonym(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return hashed.take(encoded.indices)
