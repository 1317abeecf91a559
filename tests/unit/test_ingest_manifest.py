"""The signed manifest: one form only, and no byte of it can change."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalab.catalogue import ExtractKind
from datalab.errors import DatalabError, ExtractError, IntegrityError, SettingsError
from ingest.sealed.agency_key import AgencyKey, create_agency_key, read_agency_key
from ingest.sealed.envelope import read_claim, sign_manifest, verify_manifest
from ingest.sealed.manifest import FileFormat, Manifest

MANIFEST = Manifest(
    agency="north_trust",
    dataset="visits",
    contract_version="1.0.0",
    kind=ExtractKind.FULL,
    period_from=date(2024, 1, 1),
    period_to=date(2024, 1, 31),
    file_format=FileFormat.CSV,
    rows=400,
    ciphertext_sha256="ab" * 32,
    ciphertext_bytes=12_345,
    content_id="cd" * 32,
    sealed_at=datetime(2024, 2, 1, 9, 30, tzinfo=UTC),
)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> AgencyKey:
    """An agency's key."""
    private, _ = create_agency_key(tmp_path_factory.mktemp("key"), "north_trust")
    return read_agency_key(private)


def test_a_manifest_comes_back_as_it_was_signed(key: AgencyKey) -> None:
    """Signing and verifying return the same manifest, and a name made from its ciphertext."""
    manifest = verify_manifest(sign_manifest(MANIFEST, key), key.public_pem)

    assert manifest == MANIFEST
    assert manifest.extract_id == "visits-" + "ab" * 10


def test_another_key_is_another_agency(key: AgencyKey, tmp_path: Path) -> None:
    """A manifest that another key signed is refused, and says whose signature was asked for."""
    other = read_agency_key(create_agency_key(tmp_path, "other")[0])

    with pytest.raises(IntegrityError, match="not signed by north_trust"):
        verify_manifest(sign_manifest(MANIFEST, other), key.public_pem)


def test_a_moved_signature_does_not_hold(key: AgencyKey) -> None:
    """The signature of one manifest does not hold for another, whole and well formed as both are."""
    signed = json.loads(sign_manifest(MANIFEST, key))
    other = sign_manifest(replace(MANIFEST, rows=401), key)
    forged = other.replace(json.loads(other)["signature"].encode(), signed["signature"].encode())

    assert read_claim(forged).rows == 401
    with pytest.raises(IntegrityError):
        verify_manifest(forged, key.public_pem)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_no_byte_can_change(key: AgencyKey, data: st.DataObject) -> None:
    """Replacing, removing or adding bytes anywhere is refused, as a fault of the file and nothing else."""
    content = sign_manifest(MANIFEST, key)
    place = data.draw(st.integers(0, len(content) - 1))
    length = data.draw(st.integers(0, 3))
    patch = data.draw(st.binary(min_size=0, max_size=3))
    changed = content[:place] + patch + content[place + length :]

    if changed == content:
        return
    with pytest.raises((ExtractError, IntegrityError)):
        verify_manifest(changed, key.public_pem)


ODD_DOCUMENTS = {
    "not json": b"rows: 4",
    "empty": b"",
    "an array": b"[]\n",
    "deep": b"[" * 100_000,
    "too long": b" " * 20_000,
    "null manifest": b'{"key_id":"0123456789abcdef","manifest":null,"signature":"' + b"0" * 128 + b'"}\n',
}


@pytest.mark.parametrize("content", ODD_DOCUMENTS.values(), ids=ODD_DOCUMENTS)
def test_odd_files_are_refused(content: bytes) -> None:
    """What is no manifest at all is refused with a remedy."""
    with pytest.raises(ExtractError, match=r"[Ss]eal"):
        read_claim(content)


FIELDS: dict[str, object] = {
    "agency": "../north",
    "dataset": "Visits",
    "contract_version": "1.0",
    "kind": "partial",
    "period_from": "2024-1-1",
    "period_to": "2023-12-31",
    "file_format": "xlsx",
    "rows": -1,
    "ciphertext_sha256": "AB" * 32,
    "ciphertext_bytes": True,
    "content_id": "cd",
    "sealed_at": "2024-02-01T09:30:00",
    "format": "datalab-extract/2",
    "note": "an extra field",
    "half of a character": "\ud800",
}


@pytest.mark.parametrize(("name", "value"), [*FIELDS.items(), ("sealed_at", "0001-01-01T00:00:00+23:00")])
def test_a_field_has_one_form(key: AgencyKey, name: str, value: object) -> None:
    """A field of another form, or one that the format lacks, is refused even when it is signed."""
    document = json.loads(sign_manifest(MANIFEST, key))
    document["manifest"][name] = value
    content = json.dumps(document, sort_keys=True, separators=(",", ":")).encode() + b"\n"

    with pytest.raises(ExtractError):
        read_claim(content)


def test_what_is_nested_as_deep_as_can_just_be_read_is_refused(key: AgencyKey) -> None:
    """Reading ends at some depth and writing at another: whatever lies between is a fault of the file."""
    content = sign_manifest(MANIFEST, key)

    for depth in range(1, 1_000):
        with pytest.raises(ExtractError):
            read_claim(content.replace(b'"rows"', b'"note":' + b"[" * depth + b"]" * depth + b',"rows"'))


def test_a_repeated_name_is_refused(key: AgencyKey) -> None:
    """JSON readers disagree on a name that stands twice, so none may."""
    content = sign_manifest(MANIFEST, key)

    with pytest.raises(ExtractError):
        read_claim(content.replace(b'"rows":400', b'"rows":1,"rows":400'))


def test_equal_contents_are_recognised_and_nothing_else_is(key: AgencyKey, tmp_path: Path) -> None:
    """A content's identifier depends on content, dataset, contract version and agency, and on all of them."""

    def content_id(agency_key: AgencyKey, dataset: str, version: str, content: bytes) -> str:
        mac = agency_key.content_mac(dataset, version)
        mac.update(content)
        return mac.hexdigest()

    other = read_agency_key(create_agency_key(tmp_path, "other")[0])
    same = content_id(key, "visits", "1.0.0", b"rows")

    assert same == content_id(key, "visits", "1.0.0", b"rows")
    different = {
        content_id(key, "visits", "1.0.0", b"row"),
        content_id(key, "visits", "1.1.0", b"rows"),
        content_id(key, "stays", "1.0.0", b"rows"),
        content_id(other, "visits", "1.0.0", b"rows"),
    }
    assert len(different | {same}) == 5


def test_a_signing_key_is_made_once_and_read_by_one_user(tmp_path: Path) -> None:
    """A second key under the same name is refused, and the file is the user's alone."""
    private, _ = create_agency_key(tmp_path, "north_trust")

    assert private.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SettingsError, match="already"):
        create_agency_key(tmp_path, "north_trust")


def test_errors_never_show_the_key(key: AgencyKey) -> None:
    """Neither the key nor its secret shows in its text form."""
    assert "private" not in repr(key).replace("AgencyKey", "")
    assert isinstance(SettingsError("x"), DatalabError)
