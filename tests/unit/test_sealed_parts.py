"""Treated parts at rest: they open for the version and the extract that they were made of, and for nothing else."""

from __future__ import annotations

import pickle
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from anonymise.keys.keyring import KeyRing
from anonymise.treatment.part import TreatedPart
from datalab.jobs import Progress
from datalab.settings import Settings
from ingest.landing.raw_extract import RawExtracts
from ingest.sealed.parts import PartLine, SealedParts
from ingest.spark.watch import watching

KEY = secrets.token_bytes(32)
STATED = {"extract": "x1", "contract": "1", "rules": "r1"}
MARK = b"QXCONTENT"
PARTS = [TreatedPart(number=number, rows=4, texts=3, content=MARK + bytes([number]) * 50) for number in range(3)]


def opened(folder: Path, *, stated: object = STATED, key: bytes = KEY) -> SealedParts:
    """Open the parts of an extract."""
    return SealedParts.open(folder, stated=stated, count=3, key=key)


def filled(folder: Path) -> SealedParts:
    """An extract with every part kept."""
    parts = opened(folder)
    for part in PARTS:
        parts.keep(part)
    return parts


def files(folder: Path) -> list[Path]:
    """Every file of an extract's parts."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_parts_come_back_as_they_were(tmp_path: Path) -> None:
    """Whoever opens the same version finds what is done, and its content."""
    filled(tmp_path / "x1")
    out = tmp_path / "out"
    out.mkdir()

    again = opened(tmp_path / "x1")

    assert again.done() == {number: PartLine(number=number, rows=4, texts=3) for number in range(3)}
    assert again.unseal(out)
    assert [path.read_bytes() for path in files(out)] == [part.content for part in PARTS]


def test_parts_lie_as_ciphertext_under_names_that_say_nothing(tmp_path: Path) -> None:
    """Neither a file nor a name holds a part's content, a key, or what it was made of; nor does a representation."""
    parts = filled(tmp_path / "x1")

    assert not [path for path in files(tmp_path) if MARK in path.read_bytes() or KEY in path.read_bytes()]
    assert [path.name for path in files(tmp_path)] == ["00000.part", "00001.part", "00002.part"]
    assert repr(KEY)[2:-1] not in repr(parts)
    assert MARK.decode() not in repr(PARTS[0])
    assert pickle.loads(pickle.dumps(parts)) == parts  # noqa: S301 - made here; it travels to workers


@pytest.mark.parametrize(
    ("stated", "key"), [({**STATED, "rules": "r2"}, KEY), (STATED, secrets.token_bytes(32))], ids=["rules", "key"]
)
def test_parts_of_another_version_or_key_are_removed(tmp_path: Path, stated: object, key: bytes) -> None:
    """What was made by other rules, or cannot be opened, is no part of this version, and does not stay."""
    filled(tmp_path / "x1")

    other = opened(tmp_path / "x1", stated=stated, key=key)

    assert other.done() == {}
    assert files(tmp_path) == []


def flipped(file: Path, place: int) -> None:
    """Change one bit of a file."""
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(bytes(content))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "line": lambda file: flipped(file, 20),
    "count": lambda file: file.write_bytes(file.read_bytes().replace(b'"rows": 4', b'"rows": 5')),
    "content": lambda file: flipped(file, -1),
    "cut off": lambda file: file.write_bytes(file.read_bytes()[:-5]),
    "empty": lambda file: file.write_bytes(b""),
    "another part": lambda file: file.write_bytes(file.with_name("00000.part").read_bytes()),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_part_that_was_changed_is_made_again(tmp_path: Path, how: str) -> None:
    """Whatever happened to a part, it is not taken for done, and the others stay."""
    DAMAGE[how](filled(tmp_path / "x1")._path(1))

    assert set(opened(tmp_path / "x1").done()) == {0, 2}


def test_a_part_that_was_changed_meanwhile_is_not_published(tmp_path: Path) -> None:
    """One that changes after it was found done stops the step, and is gone for the next attempt."""
    parts = filled(tmp_path / "x1")
    out = tmp_path / "out"
    out.mkdir()
    flipped(parts._path(2), -1)

    assert not parts.unseal(out)
    assert set(parts.done()) == {0, 1}


def test_what_was_half_written_is_no_part(tmp_path: Path) -> None:
    """A file that a killed worker left aside is removed by the next one."""
    parts = filled(tmp_path / "x1")
    parts._path(1).rename(parts.folder / ".00001.part.4711.part")

    assert set(opened(tmp_path / "x1").done()) == {0, 2}
    assert len(files(tmp_path)) == 2


def test_parts_are_destroyed_with_their_extract(tmp_path: Path) -> None:
    """Shredding removes them; and a copy of one opens no more, for the key needs the header that was destroyed."""
    raw = RawExtracts.of(Settings(home=tmp_path))
    ring_key = KeyRing.throwaway().key("parts/treated")
    header = raw.headers / "x1.header"
    header.write_bytes(b"age header of x1")
    filled(raw.parts("x1"))
    assert not raw.is_destroyed("x1")
    before = raw.parts_key("x1", ring_key)
    assert before == raw.parts_key("x1", ring_key)
    assert before != raw.parts_key("x1", replace(ring_key, secret=bytes(32)))

    raw.shred("x1")

    assert raw.is_destroyed("x1")
    assert files(raw.treated) == []
    with pytest.raises(FileNotFoundError):
        raw.parts_key("x1", ring_key)


def test_progress_is_told_as_parts_appear(tmp_path: Path) -> None:
    """Texts done before count as done, and not into the rate; the last word is said when the work ends."""
    parts = opened(tmp_path / "x1")
    parts.keep(PARTS[0])
    told: list[Progress] = []

    with watching(parts, of=9, report=told.append, every=60):
        parts.keep(PARTS[1])
        parts.keep(PARTS[2])

    assert [(one.done, one.before, one.of) for one in told] == [(3, 3, 9), (9, 3, 9)]
    assert told[0].seconds_left is None
