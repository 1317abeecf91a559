"""A project's packages: a lock file, and the layer made of it that its sandboxes mount, read-only.

The lab's own packages are constraints: a project adds to them and never replaces one, for the door, the kernel and the
lab's own code run beside what it adds.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from packaging.utils import canonicalize_name

from datalab.errors import PackageError
from infra.packages.contents import check_adds
from infra.packages.pip import run_pip
from infra.packages.wheelhouse import Wheel, Wheelhouse

WISH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[A-Za-z0-9,._-]*\])?\s*(?:[<>=!~]=?=?\s*[A-Za-z0-9.*!+_, <>=~-]+)?")
"""A name, perhaps with versions; no address, no path, no option."""
LAYER = "layer"
LOCK = "requirements.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPackages:
    """What one project adds to the lab's own packages."""

    folder: Path
    """The lab's folder of packages."""
    project: str

    @property
    def lock_file(self) -> Path:
        """Names, versions and digests; no address."""
        return self.folder / "projects" / self.project / LOCK

    @property
    def layer(self) -> Path | None:
        """What is mounted; None where the project has no packages."""
        text = self.lock_file.read_text() if self.lock_file.exists() else ""
        return self._layer_of(text) if text else None

    def lock(self, wishes: Sequence[str]) -> str:
        """Choose versions from the wheelhouse, write the lock file, and lay the packages out.

        Args:
            wishes: names, perhaps with versions, such as `humanize>=4`; none: the project has no packages any more.

        Returns:
            The lock file's text.

        Raises:
            PackageError: if a wish is no name, is not in the wheelhouse, or conflicts with another or with the lab's.
            IntegrityError: if the wheelhouse was changed.
        """
        if not wishes:
            return self._put("", Wheelhouse(folder=self.folder))
        for wish in wishes:
            if not WISH.fullmatch(wish.strip()):
                raise PackageError(f"{wish!r} is not the name of a package.", remedy="Write NAME or NAME==VERSION.")
        house = Wheelhouse(folder=self.folder)
        index = house.check()
        chosen = self._resolve(wishes, house)
        for one in chosen:
            for file, wheel in index.items():
                if wheel.name == one["name"]:
                    check_adds(house.wheels / file, name=wheel.name, of_the_lab=False)
        return self._put("".join(sorted(_lock_line(one, index) for one in chosen)), house)

    def _put(self, text: str, house: Wheelhouse) -> str:
        """Lay a lock file's packages out, and put it in place of the one before."""
        self.lock_file.parent.mkdir(parents=True, exist_ok=True)
        self._lay_out(text, house)
        aside = self.lock_file.with_suffix(".part")
        aside.write_text(text)
        aside.replace(self.lock_file)
        return text

    def _resolve(self, wishes: Sequence[str], house: Wheelhouse) -> list[Mapping[str, str]]:
        with tempfile.TemporaryDirectory() as aside:
            own, report = Path(aside) / "own.txt", Path(aside) / "report.json"
            own.write_text("".join(f"{name}=={version}\n" for name, version in sorted(_own().items())))
            run_pip(
                *("install", "--dry-run", "--no-index", "--find-links", str(house.wheels), "--only-binary=:all:"),
                *("--constraint", str(own), "--report", str(report), *wishes),
                what=f"These packages cannot be locked for {self.project}.",
                remedy="Ask for other versions, or have the operator add what is missing to the list and sync.",
                offline=True,
            )
            found = json.loads(report.read_text())["install"]
        return [
            {
                "name": str(canonicalize_name(one["metadata"]["name"])),
                "version": one["metadata"]["version"],
                "sha256": one["download_info"]["archive_info"]["hashes"]["sha256"],
            }
            for one in found
        ]

    def _lay_out(self, text: str, house: Wheelhouse) -> None:
        """Install a lock file into a folder of its own, which never changes afterwards."""
        layer = self._layer_of(text)
        if layer.exists():
            return
        aside = Path(tempfile.mkdtemp(dir=self.lock_file.parent, prefix=".layer-"))
        try:
            lock = aside / LOCK
            lock.write_text(text)
            (aside / LAYER).mkdir()
            if text:
                run_pip(
                    *("install", "--no-index", "--find-links", str(house.wheels), "--require-hashes"),
                    *("--only-binary=:all:", "--no-deps", "--no-compile", "--target", str(aside / LAYER), "--quiet"),
                    *("--requirement", str(lock)),
                    what=f"The packages of {self.project} could not be laid out.",
                    remedy="Run `datalab packages sync` and lock again.",
                    offline=True,
                )
            for one in (aside / LAYER, *(aside / LAYER).rglob("*")):
                one.chmod(0o755 if one.is_dir() else 0o644)
            (aside / LAYER).replace(layer)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _layer_of(self, text: str) -> Path:
        return self.lock_file.parent / f"layer-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _lock_line(chosen: Mapping[str, str], index: Mapping[str, Wheel]) -> str:
    name, version, digest = chosen["name"], chosen["version"], chosen["sha256"]
    if not any((one.name, one.sha256) == (name, digest) for one in index.values()):
        raise PackageError(f"{name} {version} is not in the wheelhouse.", remedy="Sync it first.")
    return f"{name}=={version} --hash=sha256:{digest}\n"


def _own() -> dict[str, str]:
    """Return the lab's own packages and their versions."""
    return {
        str(canonicalize_name(one.metadata["Name"])): one.version for one in distributions() if one.metadata["Name"]
    }
