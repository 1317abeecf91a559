"""Pseudonyms: the standard's HMAC, the same for one value and for a column."""

from __future__ import annotations

import hashlib
import hmac

import pyarrow as pa
import pytest

from anonymise.keys.keyring import KeyRing, NamedKey
from anonymise.keys.pseudonyms import unit_id, unit_ids, unit_ref, unit_refs

KEY = NamedKey(name="unit-ref/a", version=1, secret=b"Jefe" * 8)


def test_a_reference_is_the_first_half_of_an_hmac() -> None:
    """RFC 2104 with SHA-256, 128 bits, in hexadecimal."""
    assert unit_ref(KEY, "N1") == hmac.new(KEY.secret, b"N1", hashlib.sha256).hexdigest()[:32]
    assert unit_id(KEY, "N1") == unit_ref(KEY, "N1")


def test_blanks_around_a_key_do_not_count() -> None:
    """The same key typed with blanks is the same person."""
    assert unit_ref(KEY, " N1 ") == unit_ref(KEY, "N1") != unit_ref(KEY, "n1")


@pytest.mark.parametrize(
    "values", [pa.array(["1", None, "2", " 1", "", " "]), pa.array([1, None, 2, 1]), pa.array([], pa.string())]
)
def test_a_column_is_its_values(values: pa.Array) -> None:
    """Hashing a column is hashing each value; what is null or blank is null."""
    expected = [
        None if value is None or not str(value).strip() else unit_ref(KEY, str(value)) for value in values.to_pylist()
    ]

    assert unit_refs(KEY, values).to_pylist() == expected


def test_a_sliced_or_encoded_column_is_its_values() -> None:
    """Neither an offset nor a dictionary makes a difference."""
    whole = pa.array(["a", "b", "a", None])

    assert unit_ids(KEY, whole.slice(1)).to_pylist() == unit_ids(KEY, whole).to_pylist()[1:]
    assert unit_ids(KEY, whole.dictionary_encode()).to_pylist() == unit_ids(KEY, whole).to_pylist()


def test_two_projects_share_no_pseudonym() -> None:
    """The same person under two projects' keys has two unrelated names (law 10)."""
    ring = KeyRing.throwaway()
    people = [f"{number:032x}" for number in range(1000)]

    first, second = ({unit_id(ring.key(f"project/{name}"), person) for person in people} for name in ("a", "b"))

    assert len(first) == len(second) == len(people)
    assert first.isdisjoint(second)
