"""The upload's malware check against ClamAV itself."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_lab import PROJECT
from fake_clamd import EICAR
from real_clamd import CLAMD, LONGEST, SIGNATURE, real_clamd
from way_in_lab import MEMBER, WayInLab

from datalab.errors import InternalError
from datalab.intake.scanner import ABSENT, CLEAN, Clamd
from datalab.uploads import Upload, UploadState

pytestmark = pytest.mark.skipif(not CLAMD, reason="needs Debian's package clamav-daemon: `make test` installs it")


@pytest.fixture(scope="module")
def listening() -> Iterator[Path]:
    """Run the daemon for this module."""
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder, real_clamd(Path(folder)) as path:
        yield path


def bring(lab: WayInLab, name: str, content: bytes) -> Upload:
    """Bring a file to the project."""
    return lab.way_in().bring(name, io.BytesIO(content), project=PROJECT.id, author=MEMBER)


def test_clamav_refuses_its_test_file_by_name_and_lets_code_pass(tmp_path: Path, listening: Path) -> None:
    """What ClamAV knows is refused, wherever in the file it stands, and code is held as clean; the log says both."""
    lab = WayInLab(tmp_path / "l", scan=True)
    lab.socket.symlink_to(listening)

    bad = bring(lab, "bad.txt", b"# notes\n" * 20_000 + EICAR)
    good = bring(lab, "good.py", b"print('hello')\n" * 20_000)

    assert (bad.state, bad.scan) == (UploadState.REFUSED, "refused")
    assert SIGNATURE in bad.reason
    assert (good.state, good.scan) == (UploadState.HELD, "clean")
    assert len(lab.held) == 1, "what was refused is deleted"


def test_a_file_past_clamavs_limit_gets_no_verdict_and_does_not_pass(tmp_path: Path, listening: Path) -> None:
    """Where the daemon stops to read at its own limit, the file is refused and nothing hangs."""
    lab = WayInLab(tmp_path / "l", most=8 * LONGEST)
    lab.socket.symlink_to(listening)

    refused = bring(lab, "big.txt", b"x" * (4 * LONGEST))

    assert refused.state is UploadState.REFUSED
    assert "gave no verdict" in refused.reason


def test_a_scanner_that_ended_is_no_scanner(tmp_path: Path) -> None:
    """ClamAV takes its socket away when it ends: nothing is called clean; a socket left behind is no yes either."""
    file = tmp_path / "a.py"
    file.write_bytes(EICAR)
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder:
        with real_clamd(Path(folder)) as path:
            scanner = Clamd(socket_path=path)
            assert scanner.scan(file) == f"{SIGNATURE}.UNOFFICIAL"
            file.write_bytes(b"print()\n")
            assert scanner.scan(file) == CLEAN
            os.link(path, path.with_name("left"))
        assert scanner.scan(file) == ABSENT
        with pytest.raises(InternalError):
            Clamd(socket_path=path.with_name("left")).scan(file)
