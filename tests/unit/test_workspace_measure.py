"""A workspace is measured whatever its shape, and nothing in it leads the walk out or keeps it from ending."""

from __future__ import annotations

import os
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.enclave.limits.measure import found_below

DEEP = 1500
NOBODY = 65534


def measured(folder: Path) -> tuple[int, int]:
    """Return how many were found and the bytes of those that are files."""
    found = list(found_below(folder))
    return len(found), sum(one.st_size for one in found if stat.S_ISREG(one.st_mode))


@contextmanager
def nested(folder: Path, depth: int) -> Iterator[None]:
    """Make folders within folders, with a file in the lowest and one beside the way; remove them afterwards."""
    at = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=at)
        below = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(os.open("file", os.O_WRONLY | os.O_CREAT, dir_fd=at))
    yield
    for name in ["file", *["d"] * depth]:
        if name == "file":
            os.unlink("file", dir_fd=at)
            continue
        above = os.open("..", os.O_RDONLY, dir_fd=at)
        os.rmdir("d", dir_fd=above)
        os.close(at)
        at = above
    os.close(at)


def test_folders_within_folders_are_measured_to_the_lowest(tmp_path: Path) -> None:
    """Fifteen hundred folders within each other, and what lies beside them, are counted with few open files."""
    (tmp_path / "z").write_bytes(b"beside")
    (tmp_path / "a").write_bytes(b"beside")
    before = len(list(Path("/proc/self/fd").iterdir()))
    with nested(tmp_path, DEEP):
        most = max(len(list(Path("/proc/self/fd").iterdir())) for _ in found_below(tmp_path))
        count, size = measured(tmp_path)

    assert (count, size) == (DEEP + 3, 12)
    assert most - before < 50


@pytest.mark.parametrize("name", [b"\xff\xfe", b"x" * 255, "\u202egpj".encode(), b"a\nb"], ids=repr)
def test_a_name_is_measured_whatever_its_bytes(name: bytes, tmp_path: Path) -> None:
    """Names that are no UTF-8, that are as long as can be, or that hold signs are counted as any other."""
    (tmp_path / os.fsdecode(name)).mkdir()
    (tmp_path / os.fsdecode(name) / "file").write_bytes(b"1234")

    assert measured(tmp_path) == (2, 4)


@pytest.mark.parametrize("mode", [0o000, 0o300, 0o600, 0o100])
def test_a_folder_that_may_not_be_read_hides_nothing(mode: int, tmp_path: Path) -> None:
    """A folder of the user's own without a permission is read all the same."""
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "file").write_bytes(b"1234")
    (tmp_path / "hidden").chmod(mode)

    assert measured(tmp_path) == (2, 4)


def test_a_link_leads_nowhere(tmp_path: Path) -> None:
    """Links to folders, to themselves and out of the workspace are counted and not followed."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "file").write_bytes(b"1234")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "up").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "loop").symlink_to("loop")

    assert len(list(found_below(tmp_path / "in"))) == 2


def test_what_is_moved_meanwhile_does_not_keep_the_walk_from_ending(tmp_path: Path) -> None:
    """While folders are moved in and out of each other without end, each walk ends and stays within the workspace."""
    stop = threading.Event()
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "file").write_bytes(b"s" * 9999)
    inside = tmp_path / "inside"
    with_it = inside
    for _ in range(60):
        with_it = with_it / "d"
    with_it.mkdir(parents=True)

    def move() -> None:
        while not stop.is_set():
            (inside / "d").rename(inside / "e")
            (inside / "d").symlink_to(secret)
            (inside / "d").unlink()
            (inside / "e").rename(inside / "d")
            (inside / "d" / "d" / "d").rename(inside / "f")
            (inside / "f").rename(inside / "d" / "d" / "d")

    moving = threading.Thread(target=move)
    moving.start()
    try:
        walks = [measured(inside) for _ in range(200)]
    finally:
        stop.set()
        moving.join()

    assert max(count for count, _ in walks) <= 200
    assert {size for _, size in walks} == {0}


@pytest.mark.parametrize("mode", [0o000, 0o300, 0o600])
def test_a_folder_that_is_closed_meanwhile_hides_nothing(mode: int) -> None:
    """Folders whose permissions are taken away while the walk is below them are gone on with, and what is in them."""
    with _as_ordinary_user() as folder:
        down = [folder]
        for _ in range(60):
            down.append(down[-1] / "d")
            down[-1].mkdir()
            (down[-1] / "z").write_bytes(b"1234")
        walk = found_below(folder)
        found = [next(walk)]
        while found[-1].st_ino != down[-1].stat().st_ino:
            found.append(next(walk))
        for one in reversed(down[1:]):
            one.chmod(mode)
        found += walk

    assert len({one.st_ino for one in found}) == len(found) == 2 * 60


@contextmanager
def _as_ordinary_user() -> Iterator[Path]:
    """Give a folder to whoever is no root, and be that user: root may read what it likes."""
    was = os.geteuid()
    with tempfile.TemporaryDirectory() as name:
        if was == 0:
            os.chown(name, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            yield Path(name)
        finally:
            os.seteuid(was)
