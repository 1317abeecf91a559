"""Match keys: what is declared, which apply, and what they forgive."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from anonymise.keys.keyring import KeyRing
from anonymise.linkage.match_hasher import MatchHasher, match_hasher
from anonymise.linkage.match_keys import MATCH_KEYS, Form
from datalab.contract.model import (
    IDENTIFIER_KINDS,
    Column,
    Contract,
    LegalBasis,
    LogicalType,
    MatchKind,
    PrivacyUnit,
    Role,
    Treatment,
)

K = MatchKind
RING = KeyRing.throwaway()
PERSON: dict[str, Any] = {
    "nhs_number": "943 476 5919", "given_name": "Zoë Ann", "surname": "O'Neill", "date_of_birth": date(1980, 3, 5),
    "postcode": "SW1A 1AA",
}  # fmt: skip


def contract(*kinds: MatchKind) -> Contract:
    """A contract with one match column a kind, named after it."""
    return Contract(
        dataset="d", version="1.0.0", title="", description="", agency="a", privacy_unit=PrivacyUnit.PERSON,
        max_rows_per_unit=1, key_space="d", purpose="", retention_until=date(2030, 1, 1),
        legal_basis=LegalBasis(article_6="", article_9=None, gateway="", dpia=""),
        columns=tuple(
            Column(name=kind.value, logical_type=LogicalType.STRING, role=Role.MATCH_FIELD, treatment=Treatment.DROP,
                   match=kind)
            for kind in kinds
        ),
    )  # fmt: skip


def hashes(rows: list[dict[str, Any]], ring: KeyRing = RING) -> dict[str, list[bytes | None]]:
    """Hash rows of a dataset with the columns of `PERSON`."""
    hasher = match_hasher(contract(*(K(name) for name in PERSON)), ring)
    batch = pa.RecordBatch.from_pydict({name: pa.array([row[name] for row in rows]) for name in PERSON})
    return {name: column.to_pylist() for name, column in zip(hasher.column_names, hasher.columns(batch), strict=True)}


def agreeing(**changed: Any) -> set[str]:
    """Names of the columns in which a person and the same with a slip agree."""
    return {name for name, (one, other) in hashes([PERSON, PERSON | changed]).items() if one == other is not None}


def test_no_key_is_one_weak_field() -> None:
    """A key has two fields at least, and with no identifier in it three, or two names and a birthday."""
    for key in MATCH_KEYS:
        strong = any(part.kind in IDENTIFIER_KINDS for part in key.parts)
        assert len({part.kind for part in key.parts}) == len(key.parts) >= (2 if strong else 3), key.name


def test_no_key_is_what_relatives_share() -> None:
    """Without an identifier every key holds something of the given name and the whole day of birth."""
    for key in MATCH_KEYS:
        if not any(part.kind in IDENTIFIER_KINDS for part in key.parts):
            forms = {part.kind: part.form for part in key.parts}
            assert K.GIVEN_NAME in forms, key.name
            assert forms[K.DATE_OF_BIRTH] in (Form.FULL, Form.DIGITS), key.name


def test_names_are_used_once() -> None:
    """Two keys never share a name or their fields: hashes are kept by name."""
    assert len({key.name for key in MATCH_KEYS}) == len(MATCH_KEYS)
    assert len({(key.parts, key.any_order) for key in MATCH_KEYS}) == len(MATCH_KEYS)


@pytest.mark.parametrize(
    ("slip", "survives", "breaks"),
    [
        ({"given_name": "zoe"}, "names_dob_postcode", ""),
        ({"given_name": "Zara"}, "initial_surname_dob_district", "names_dob"),
        ({"given_name": "O'Neill", "surname": "Zoë"}, "names_swapped_dob", "names_dob"),
        ({"date_of_birth": date(1980, 5, 3)}, "names_dob_digits_district", "names_dob"),
        ({"surname": "Begum"}, "given_dob_postcode", "names_dob"),
        ({"postcode": "M1 1AE"}, "names_dob", "names_dob_postcode"),
        ({"surname": "O'Neil"}, "sounds_dob", "names_dob"),
        ({"nhs_number": "9434765918"}, "names_dob_postcode", "nhs_number_dob"),
        ({"nhs_number": None}, "names_dob_postcode", "id_nhs_number"),
        ({"given_name": None, "surname": None}, "nhs_number_dob", "names_dob"),
    ],
)
def test_a_slip_breaks_some_keys_and_not_others(slip: dict[str, Any], survives: str, breaks: str) -> None:
    """Each kind of mistake leaves a key whole that was declared for it."""
    agree = agreeing(**slip)

    assert f"mk_{survives}" in agree
    assert not {f"mk_{breaks}", breaks} & agree


@pytest.mark.parametrize("missing", PERSON)
def test_a_missing_field_gives_no_hash(missing: str) -> None:
    """Null in, null out: two people without a postcode do not agree on having none."""
    hashed = hashes([PERSON | {missing: None}, PERSON])

    for key in MATCH_KEYS:
        if K(missing) in key.kinds and f"mk_{key.name}" in hashed:
            assert hashed[f"mk_{key.name}"][0] is None
            assert hashed[f"mk_{key.name}"][1] is not None


def test_only_identifiers_with_a_check_become_identifiers() -> None:
    """A mistyped number without a check character would look like somebody else's."""
    hasher = match_hasher(contract(K.NHS_NUMBER, K.UPN, K.NINO, K.NATIONAL_ID), RING)

    assert [name for name in hasher.column_names if name.startswith("id_")] == ["id_nhs_number", "id_upn"]


def test_an_invalid_identifier_is_none() -> None:
    """A number that fails its check neither links nor speaks against a link."""
    hashed = hashes([PERSON | {"nhs_number": "9434765918"}])

    assert [values for name, values in hashed.items() if "nhs_number" in name] == [[None]] * 3


@pytest.mark.parametrize("kinds", [(), (K.SEX,), (K.SURNAME,), (K.SURNAME, K.POSTCODE, K.SEX)])
def test_too_few_fields_make_no_key(kinds: tuple[MatchKind, ...]) -> None:
    """A dataset without enough match fields has a hasher without columns."""
    hasher = match_hasher(contract(*kinds), RING)
    batch = pa.RecordBatch.from_pydict({kind.value: pa.array(["m"]) for kind in kinds} | {"other": pa.array([1])})

    assert (hasher.column_names, hasher.ddl, hasher.columns(batch)) == ((), "", ())


def test_every_key_and_lab_hashes_apart() -> None:
    """One message under two keys, or in two labs, gives unrelated hashes."""
    here, there = hashes([PERSON]), hashes([PERSON], KeyRing.throwaway())

    assert len({*map(tuple, here.values()), *map(tuple, there.values())}) == 2 * len(here)
    assert all(value is not None and len(value) == 16 for (value,) in here.values())


def test_fields_do_not_run_into_each_other() -> None:
    """`ann`+`lee` is not `an`+`nlee`: fields are parted in the message."""
    one, other = (
        hashes([PERSON | {"given_name": "ann", "surname": "lee"}])["mk_names_dob"],
        hashes([PERSON | {"given_name": "an", "surname": "nlee"}])["mk_names_dob"],
    )

    assert one != other


def test_an_empty_batch_keeps_its_columns() -> None:
    """No rows give empty arrays of the declared type."""
    hasher = match_hasher(contract(*(K(name) for name in PERSON)), RING)
    empty = pa.RecordBatch.from_pydict({name: pa.array([], pa.string()) for name in PERSON})

    columns = hasher.columns(empty)

    assert [len(column) for column in columns] == [0] * len(hasher.column_names)
    assert [field.type for field in hasher.fields] == [column.type for column in columns]


def test_the_first_column_of_a_kind_speaks() -> None:
    """A second phone column does not take the first one's place."""
    base = contract(K.GIVEN_NAME, K.DATE_OF_BIRTH, K.PHONE)
    second = replace(base.columns[2], name="other_phone")

    hasher = match_hasher(replace(base, columns=(*base.columns, second)), RING)

    assert [field.column for field in hasher.match_fields] == ["given_name", "date_of_birth", "phone"]


def test_a_hasher_travels_without_showing_its_keys() -> None:
    """It can be pickled for a worker; printed, it shows names only."""
    hasher = match_hasher(contract(*(K(name) for name in PERSON)), RING)
    secret = hasher.keys[0].secret.secret

    copy: MatchHasher = pickle.loads(pickle.dumps(hasher))  # noqa: S301 - our own bytes

    assert copy == hasher
    assert repr(secret)[2:-1] not in repr(hasher)
    assert secret.hex() not in repr(hasher)
