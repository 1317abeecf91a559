"""What a wheel would put beside the lab's own modules: whether it adds, or stands in the place of one.

Everything that starts Python in a sandbox looks along the same path. A wheel whose name is harmless can hold a module
of another's name, or one that Python runs by itself at every start (`site` of the standard library).
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distributions
from pathlib import Path, PurePosixPath

from packaging.utils import canonicalize_name

from datalab.errors import PackageError

AT_EVERY_START = frozenset({"sitecustomize", "usercustomize"})
OURS = {"datalab": "datalab", "notebooks": "datalab", "anonymise": "datalab", "ingest": "datalab", "infra": "datalab"}
LAID_BESIDE = frozenset({"purelib", "platlib", "data"})
"""Parts of `NAME.data` that pip lays out beside the modules (Binary distribution format)."""
NOBODYS = frozenset({"test", "tests", "docs", "examples"})
"""Names that many wheels hold by mistake; behind the lab's own they stand in the place of nothing."""


def check_adds(wheel: Path, *, name: str, of_the_lab: bool) -> None:
    """Check that a wheel adds modules and replaces none.

    Args:
        wheel: file.
        name: of its package, normalised.
        of_the_lab: whether it may be a package that the lab has itself, which no project is ever given.

    Raises:
        PackageError: names the wheel, the module and whose it is.
    """
    remedy = "Take it off the list, or list a wheel of its maker's that holds its own modules alone."
    try:
        with zipfile.ZipFile(wheel) as archive:
            paths = list(_laid_out(archive.namelist()))
    except zipfile.BadZipFile:
        raise PackageError(f"{wheel.name} is no wheel.", why="It is no ZIP archive.", remedy=remedy) from None
    for path in paths:
        top = path.parts[0]
        if len(path.parts) == 1 and top.endswith(".pth"):
            raise PackageError(
                f"{wheel.name} cannot be used: it holds {top}.",
                why="Python runs what such a file says at every start, in every notebook of the project.",
                remedy=remedy,
            )
        owner = _owner(path)
        if owner and not (of_the_lab and owner == name):
            raise PackageError(
                f"{wheel.name} cannot be used: it holds the module {_module(path)}.",
                why=f"That is {_whose(owner)}, and a project adds to the lab's modules and never replaces one.",
                remedy=remedy,
            )


def _laid_out(names: list[str]) -> Iterator[PurePosixPath]:
    """Yield paths as they would lie in the layer, less what describes the wheel itself."""
    for name in names:
        path = PurePosixPath(name)
        first = path.parts[0] if path.parts else ""
        if first.endswith(".data"):
            if len(path.parts) > 2 and path.parts[1] in LAID_BESIDE:  # noqa: PLR2004 - folder, part, file
                yield PurePosixPath(*path.parts[2:])
        elif first and not first.endswith(".dist-info"):
            yield path


def _owner(path: PurePosixPath) -> str:
    """Return whose a module is already: a package of the lab's, `python`, `start`; nothing where it is new."""
    module = _module(path)
    top = module.split(".")[0]
    if top in NOBODYS:
        return ""
    if top in AT_EVERY_START:
        return "start"
    if top in sys.stdlib_module_names:
        return "python"
    taken = _taken()
    return OURS.get(top) or taken.get(top) or taken.get(module, "")


def _module(path: PurePosixPath) -> str:
    """Return the module's name, with that of the one inside, for several makers may share the first."""
    return ".".join(part.split(".")[0] for part in path.parts[:2])


def _whose(owner: str) -> str:
    return {
        "python": "one of Python's own",
        "start": "what Python runs at every start",
    }.get(owner, f"one of {owner}, which the lab has")


@cache
def _taken() -> dict[str, str]:
    """Return the lab's modules and whose they are; of a folder that several share, what is in it."""
    taken: dict[str, str] = {}
    for one in distributions():
        paths = [PurePosixPath(file) for file in one.files or ()]
        own = {path.parts[0] for path in paths if path.name == "__init__.py" and len(path.parts) == 2}  # noqa: PLR2004
        for path in paths:
            first = path.parts[0]
            if first in ("..", "__pycache__") or first.endswith((".dist-info", ".data", ".pth")):
                continue
            module = first.split(".")[0] if first in own or len(path.parts) == 1 else _module(path)
            taken[module] = str(canonicalize_name(one.metadata["Name"]))
    return taken
