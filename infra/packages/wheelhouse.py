"""The wheelhouse: wheels on the operator's list, each verified, and an index of their digests.

No source distribution is taken: building one runs its code, as whoever builds.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from datalab.errors import IntegrityError, PackageError
from infra.packages.allow_list import Pinned, read_allow_list
from infra.packages.contents import check_adds
from infra.packages.pip import run_pip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """One wheel of the wheelhouse."""

    name: str
    version: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheelhouse:
    """A folder of wheels with `index.json`: file name, and what the file must be."""

    folder: Path

    @property
    def wheels(self) -> Path:
        """Where the wheels lie."""
        return self.folder / "wheels"

    def index(self) -> Mapping[str, Wheel]:
        """Return what was synced; empty before."""
        file = self.folder / "index.json"
        if not file.exists():
            return {}
        return {name: Wheel(**values) for name, values in json.loads(file.read_text()).items()}

    def sync(self, allowed: str) -> Mapping[str, Wheel]:
        """Bring the wheelhouse to what a list says; what is no longer on it goes.

        Args:
            allowed: text of the list.

        Raises:
            PackageError: if the list cannot be used, a registry has no such wheel, it is another than listed,
                or it holds a module that is not its own.
        """
        pinned = read_allow_list(allowed)
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".sync-") as aside:
            wanted, got = Path(aside) / "allowed.txt", Path(aside) / "wheels"
            wanted.write_text("".join(f"{one.line}\n" for one in pinned))
            run_pip(
                *("download", "--require-hashes", "--only-binary=:all:", "--no-deps"),
                *("--dest", str(got), "--requirement", str(wanted)),
                what="The packages could not be fetched, and the wheelhouse is as it was.",
                remedy="List wheels that exist for this machine, with the sha256 of each; sources are never built.",
                offline=False,
            )
            index = {file.name: _verified(file, pinned) for file in sorted(got.iterdir())}
            self._replace(got, index)
        return index

    def check(self) -> Mapping[str, Wheel]:
        """Compare every wheel with the index.

        Returns:
            The index.

        Raises:
            IntegrityError: if one is missing, changed, or not in it.
        """
        index = self.index()
        lying = {one.name for one in self.wheels.iterdir()} if self.wheels.is_dir() else set()
        wrong = sorted(lying ^ index.keys()) + sorted(
            name for name in lying & index.keys() if _digest(self.wheels / name) != index[name].sha256
        )
        if wrong:
            raise IntegrityError(
                f"The wheelhouse is not what was synced: {', '.join(wrong)}.",
                why="A wheel is missing, was changed, or was put there by hand.",
                remedy="Find out who did, and run `datalab packages sync` again.",
            )
        return index

    def _replace(self, got: Path, index: Mapping[str, Wheel]) -> None:
        """Put wheels in place, then the index, then take away what it does not name."""
        self.wheels.mkdir(exist_ok=True)
        for name in index:
            (got / name).chmod(0o644)
            (got / name).replace(self.wheels / name)
        described = self.folder / ".index.json"
        described.write_text(json.dumps({name: asdict(one) for name, one in index.items()}, indent=1) + "\n")
        with described.open("rb") as file:
            os.fsync(file.fileno())
        described.replace(self.folder / "index.json")
        for one in self.wheels.iterdir():
            if one.name not in index:
                shutil.rmtree(one) if one.is_dir() else one.unlink()


def _verified(file: Path, pinned: tuple[Pinned, ...]) -> Wheel:
    """Return what a file is; its own name and digest decide, not what fetched it."""
    try:
        name, version, _, _ = parse_wheel_filename(file.name)
    except InvalidWheelFilename:
        raise PackageError(f"{file.name} is no wheel.", why="Sources are never built.") from None
    digest = _digest(file)
    if not any(one.name == name and digest in one.digests for one in pinned):
        raise PackageError(f"{file.name} is not what the list names.", remedy="Compare its sha256 with the list's.")
    check_adds(file, name=str(name), of_the_lab=True)  # lists name what a package needs, such as the lab's own pandas
    return Wheel(name=str(name), version=str(version), sha256=digest, size=file.stat().st_size)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
