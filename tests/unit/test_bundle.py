"""Bundles: what they hold, and that nothing of them can be changed."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from desk_lab import DeskLab, build, question

from datalab.errors import IntegrityError, NotFoundError, SettingsError, StateError
from datalab.release.bundle.archive import pack, unpack
from datalab.release.bundle.document import CONTENTS, KIND, MANIFEST, SIGNATURE, verify_bundle
from datalab.release.bundle.signing import PRIVATE_FILE, PUBLIC_FILE, ReleaseKey, check_signature
from datalab.release.request import RequestState


@pytest.fixture
def lab(tmp_path: Path) -> DeskLab:
    """A small lab."""
    return build(tmp_path / "lab")


@pytest.fixture
def released(lab: DeskLab) -> Path:
    """A released bundle."""
    request = lab.desk.submit(question(title="=cmd()"), project="safer", author="ann")
    lab.desk.decide(request.id, reviewer="rev", verdict=RequestState.APPROVED, reason="A reason for insiders.")
    return lab.desk.outbox.path(lab.desk.publish(request.id).bundle or "")


def test_a_bundle_checks_offline_with_the_public_key_alone(lab: DeskLab, released: Path) -> None:
    """The public key's file and the bundle are enough, and give back question, answer and provenance."""
    bundle = verify_bundle(released, (lab.folder / "public" / PUBLIC_FILE).read_bytes())

    request = lab.desk.request(bundle.request)
    assert bundle.question == replace(request.question, title="")
    assert bundle.answer.cost.nano_rho == 10**8
    assert [cell.keys for cell in bundle.answer.cells] == [("north",), ("south",)]
    assert bundle.provenance["datasets"][0]["contract_version"] == "1.0.0"
    assert bundle.key == lab.desk.key.id


def test_a_bundle_names_no_person_no_reason_and_no_title(released: Path) -> None:
    """Author, reviewer, the reviewer's words and the question's title stay inside."""
    text = released.read_bytes().decode("utf-8", errors="replace").lower()

    for inside in ("ann author", '"ann"', '"rev"', "rev reviewer", "reason for insiders", "=cmd()"):
        assert inside not in text


def test_every_flipped_byte_is_found(lab: DeskLab, released: Path, tmp_path: Path) -> None:
    """No byte of a bundle can be changed; the bit that changes the case of a letter is tried too."""
    good = released.read_bytes()
    changed = tmp_path / "changed.zip"
    for at in range(len(good)):
        mask = 0x20 if good[at : at + 1].isalpha() else 1 << (at % 8)
        changed.write_bytes(good[:at] + bytes([good[at] ^ mask]) + good[at + 1 :])
        with pytest.raises(IntegrityError):
            verify_bundle(changed, lab.desk.key.public_pem)


def test_every_flipped_byte_of_an_entry_is_found_where_its_archive_is_sound(
    lab: DeskLab, released: Path, tmp_path: Path
) -> None:
    """A forger who packs the archive anew, with fresh checksums, is caught by digest or signature."""
    entries = unpack(released.read_bytes())
    changed = tmp_path / "changed.zip"
    for name, data in entries.items():
        for at in range(len(data)):
            mask = 0x20 if data[at : at + 1].isalpha() else 1 << (at % 8)
            changed.write_bytes(pack(entries | {name: data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]}))
            with pytest.raises(IntegrityError):
                verify_bundle(changed, lab.desk.key.public_pem)


@pytest.mark.parametrize("length", [0, 1, 100, -1, -100])
def test_a_cut_bundle_is_found(lab: DeskLab, released: Path, tmp_path: Path, length: int) -> None:
    """Whatever is missing at the end is missed."""
    cut = tmp_path / "cut.zip"
    cut.write_bytes(released.read_bytes()[:length])

    with pytest.raises(IntegrityError):
        verify_bundle(cut, lab.desk.key.public_pem)


@pytest.mark.parametrize("name", [*CONTENTS, MANIFEST, SIGNATURE])
def test_an_entry_that_is_missing_emptied_or_swapped_is_found(
    lab: DeskLab, released: Path, tmp_path: Path, name: str
) -> None:
    """Each entry must be there and be itself, though the archive is written anew by the lab's own code."""
    entries = unpack(released.read_bytes())
    without = {one: data for one, data in entries.items() if one != name}
    other = next(one for one in CONTENTS if one != name)
    for forged in (without, entries | {name: b""}, entries | {name: entries[other]}, entries | {f"x{name}": b""}):
        path = tmp_path / "forged.zip"
        path.write_bytes(pack(forged))
        with pytest.raises(IntegrityError):
            verify_bundle(path, lab.desk.key.public_pem)


def test_another_key_is_refused_even_if_it_signed_well(lab: DeskLab, released: Path, tmp_path: Path) -> None:
    """A forger who signs everything anew under a key of their own is found by whoever has the lab's key."""
    (tmp_path / "forger").mkdir()
    forger = ReleaseKey.create(tmp_path / "forger", tmp_path / "forger")
    entries = unpack(released.read_bytes())
    for named in (forger.id, lab.desk.key.id):
        envelope = json.loads(entries[SIGNATURE]) | {
            "key_id": named,
            "signature": forger.sign(entries[MANIFEST], kind=KIND).hex(),
        }
        text = json.dumps(envelope, sort_keys=True, indent=1, ensure_ascii=False) + "\n"
        path = tmp_path / "forged.zip"
        path.write_bytes(pack(entries | {SIGNATURE: text.encode()}))
        with pytest.raises(IntegrityError):
            verify_bundle(path, lab.desk.key.public_pem)

    with pytest.raises(IntegrityError):
        verify_bundle(released, forger.public_pem)


def test_a_signature_of_another_kind_is_worthless(lab: DeskLab) -> None:
    """What was signed as one kind of document does not pass as another."""
    signature = lab.desk.key.sign(b"payload", kind="something else")

    check_signature(b"payload", signature, kind="something else", public_pem=lab.desk.key.public_pem)
    with pytest.raises(IntegrityError):
        check_signature(b"payload", signature, kind=KIND, public_pem=lab.desk.key.public_pem)


def test_a_file_that_is_absent_or_a_key_that_is_none_is_said(lab: DeskLab, released: Path, tmp_path: Path) -> None:
    """A wrong path and a wrong key are the reader's mistakes, and named as such."""
    with pytest.raises(NotFoundError):
        verify_bundle(tmp_path / "absent.zip", lab.desk.key.public_pem)
    with pytest.raises(SettingsError):
        verify_bundle(released, b"not a key")


def test_the_key_is_its_owners_alone_and_is_never_replaced(tmp_path: Path) -> None:
    """The private half has mode 0600, an open one is refused, a second one is not made, and none shows in a repr."""
    key = ReleaseKey.create(tmp_path, tmp_path / "public")
    path = tmp_path / PRIVATE_FILE

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ReleaseKey.open(tmp_path).id == key.id
    assert "rivate" not in repr(key)
    with pytest.raises(StateError):
        ReleaseKey.create(tmp_path, tmp_path / "public")
    path.chmod(0o640)
    with pytest.raises(SettingsError, match="read by others"):
        ReleaseKey.open(tmp_path)
    path.chmod(0o600)
    path.write_bytes(key.public_pem)
    with pytest.raises(SettingsError):
        ReleaseKey.open(tmp_path)
