"""The keyring: made once, private, one key a purpose, and project keys that can die."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import pytest

from anonymise.keys.key_file import read_secret, write_once
from anonymise.keys.keyring import KeyRing
from datalab.errors import SettingsError, StateError

PURPOSES = (
    "unit-ref/police",
    "dates/police",
    "surrogates/police",
    "match/names_dob/n1",
    "identifier/nhs_number",
    "project/p1",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds a lab's keys."""
    KeyRing.create(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_key_is_the_same_every_time(folder: Path, purpose: str) -> None:
    """Two processes that open one folder hold the same keys."""
    first, second = KeyRing.open(folder).key(purpose), KeyRing.open(folder).key(purpose)

    assert first == second
    assert (len(first.secret), first.label) == (32, f"{purpose}/v1")


def test_no_two_purposes_share_a_key(folder: Path) -> None:
    """Keys of other purposes, and of other words of one purpose, are others."""
    ring = KeyRing.open(folder)
    purposes = (
        *PURPOSES,
        "unit-ref/police.x",
        "match/names/n1",
        "identifier/police",
        "unit-ref/nhs_number",
        "project/p2",
    )

    assert len({ring.key(purpose).secret for purpose in purposes}) == len(purposes)


def test_two_labs_share_no_key(tmp_path: Path) -> None:
    """Another lab, and a rehearsal, have other keys under the same names."""
    rings = (KeyRing.create(tmp_path / "a"), KeyRing.create(tmp_path / "b"), KeyRing.throwaway(), KeyRing.throwaway())

    for purpose in PURPOSES:
        assert len({ring.key(purpose).secret for ring in rings}) == len(rings)


@pytest.mark.parametrize(
    "purpose", ["", "project", "project/", "project/../linkage", "match/a|b/n1", "landing/x", "unit-ref/A b"]
)
def test_an_unknown_purpose_is_refused(folder: Path, purpose: str) -> None:
    """Names outside the list, or that could leave the folder, give no key."""
    with pytest.raises(SettingsError):
        KeyRing.open(folder).key(purpose)


def test_keys_are_made_once(folder: Path) -> None:
    """A second creation changes nothing and says so."""
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}

    with pytest.raises(StateError, match="already holds master keys"):
        KeyRing.create(folder)

    assert {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()} == before


def test_a_secret_is_never_over_written(tmp_path: Path) -> None:
    """The first of two writers wins, and nothing is left aside."""
    file = tmp_path / "a.key"

    write_once(file, b"1" * 32)
    write_once(file, b"2" * 32)

    assert read_secret(file, length=32) == b"1" * 32
    assert list(tmp_path.iterdir()) == [file]


def test_files_are_private(folder: Path) -> None:
    """Folders are 0700 and files 0600, whatever the umask."""
    KeyRing.open(folder).key("project/p1")

    modes = {path.relative_to(folder).as_posix(): path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}

    assert modes == {
        ".": 0o700, "projects": 0o700, "linkage.v1.key": 0o600, "unit-ref.v1.key": 0o600, "projects/p1.v1.key": 0o600
    }  # fmt: skip


@pytest.mark.parametrize("path", [".", "linkage.v1.key", "unit-ref.v1.key"])
@pytest.mark.parametrize("mode", [0o040, 0o004, 0o020])
def test_what_others_can_reach_is_refused(folder: Path, path: str, mode: int) -> None:
    """A folder or file that group or others can reach opens nothing."""
    (folder / path).chmod((folder / path).stat().st_mode | mode)

    with pytest.raises(SettingsError, match="can be reached by other users"):
        KeyRing.open(folder)


def test_a_link_in_the_place_of_a_key_is_refused(folder: Path, tmp_path: Path) -> None:
    """A key file is a file: a link could point to what somebody else writes."""
    elsewhere = tmp_path / "elsewhere"
    (folder / "linkage.v1.key").rename(elsewhere)
    (folder / "linkage.v1.key").symlink_to(elsewhere)

    with pytest.raises(SettingsError, match="cannot be opened"):
        KeyRing.open(folder)


@pytest.mark.parametrize(("name", "content"), [("linkage.v1.key", b"short"), ("unit-ref.v1.key", b"x" * 33)])
def test_a_cut_key_is_refused(folder: Path, name: str, content: bytes) -> None:
    """A key of another length is no key."""
    (folder / name).write_bytes(content)

    with pytest.raises(SettingsError, match="does not hold 32 bytes"):
        KeyRing.open(folder)


def test_a_missing_master_is_refused(folder: Path) -> None:
    """A lost master is not quietly made anew: everybody linked would come apart."""
    (folder / "linkage.v1.key").unlink()

    with pytest.raises(SettingsError, match="no master key `linkage`"):
        KeyRing.open(folder)


def test_the_newest_master_is_used(folder: Path) -> None:
    """A rotated class gives keys of the next version."""
    old = KeyRing.open(folder).key("unit-ref/police")
    write_once(folder / "unit-ref.v2.key", os.urandom(32))

    new = KeyRing.open(folder).key("unit-ref/police")

    assert (new.version, new.label) == (2, "unit-ref/police/v2")
    assert new.secret != old.secret


@pytest.mark.parametrize("first_used", [True, False])
def test_a_destroyed_project_key_is_gone(folder: Path, *, first_used: bool) -> None:
    """Nobody gets a destroyed project's key again, not a ring that held it, not a new one; others keep theirs."""
    held, other = KeyRing.open(folder), KeyRing.open(folder).key("project/p2")
    secret = held.key("project/p1").secret if first_used else b"never made"

    KeyRing.open(folder).destroy_project("p1")
    KeyRing.open(folder).destroy_project("p1")

    for ring in (held, KeyRing.open(folder)):
        with pytest.raises(StateError, match="was destroyed"):
            ring.key("project/p1")
    assert KeyRing.open(folder).key("project/p2") == other
    assert all(secret not in file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_a_throwaway_ring_destroys_too() -> None:
    """A rehearsal's project keys end as a lab's do."""
    ring = KeyRing.throwaway()
    ring.key("project/p1")

    ring.destroy_project("p1")

    with pytest.raises(StateError):
        ring.key("project/p1")


def test_a_key_says_its_name_only(folder: Path) -> None:
    """No way of printing a key or a ring shows a secret."""
    ring = KeyRing.open(folder)
    key = ring.key("project/p1")

    shown = f"{key} {key!r} {ring} {ring!r} {[key]} {vars(KeyRing)!r}"

    assert key.secret.hex() not in shown
    assert repr(key.secret)[2:-1] not in shown
    with pytest.raises(TypeError):
        json.dumps(key)


def test_a_key_travels_and_a_ring_does_not(folder: Path) -> None:
    """A worker gets the key it needs; the masters stay."""
    ring = KeyRing.open(folder)

    assert pickle.loads(pickle.dumps(ring.key("project/p1"))) == ring.key("project/p1")  # noqa: S301 - our own bytes
    with pytest.raises(TypeError, match="stays in its process"):
        pickle.dumps(ring)
