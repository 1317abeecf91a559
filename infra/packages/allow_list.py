"""The operator's list of packages: pinned, with hashes, and without addresses (pip's requirements file format)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from datalab.errors import Fault, PackageError

LINE = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[A-Za-z0-9,._ -]*\])?\s*==\s*(?P<version>[A-Za-z0-9.!+_-]+)"
    r"\s*(?P<marker>;[^#]*?)?(?P<hashes>(?:\s+--hash=sha256:[0-9a-f]{64})+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """One release of one package."""

    name: str
    """Normalised (packaging.python.org, Names and normalization)."""
    version: str
    digests: frozenset[str]
    """Hex SHA-256 of the files that may stand for it."""
    line: str
    """As pip reads it."""


def read_allow_list(text: str) -> tuple[Pinned, ...]:
    """Read a list, such as `uv pip compile --generate-hashes --no-emit-index-url` writes.

    Raises:
        PackageError: if a line is not one package, pinned by `==` and by sha256; names every such line.
    """
    found, faults = [], []
    for number, line in _lines(text):
        match = LINE.fullmatch(line)
        if match is None:
            faults.append(
                Fault(
                    what="This is not a package that is pinned by version and sha256.",
                    remedy="Write NAME==VERSION --hash=sha256:..., and no option and no address.",
                    line=number,
                )
            )
            continue
        digests = frozenset(re.findall(r"sha256:([0-9a-f]{64})", match["hashes"]))
        name = str(canonicalize_name(match["name"]))
        found.append(Pinned(name=name, version=match["version"], digests=digests, line=line))
    if faults or not found:
        said = "; ".join(map(str, faults)) or "It is empty."
        raise PackageError("The list of packages cannot be used.", why=said)
    return tuple(found)


def _lines(text: str) -> list[tuple[int, str]]:
    """Join lines that end in a backslash, drop comments and blanks; numbers are of the first part, from 1."""
    joined: list[tuple[int, str]] = []
    part, first = "", 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = re.sub(r"(^|\s)#.*", "", raw).strip()
        first = first or number
        if line.endswith("\\"):
            part += line.removesuffix("\\").strip() + " "
            continue
        if part + line:
            joined.append((first, (part + line).strip()))
        part, first = "", 0
    return [*joined, (first, part.strip())] if part else joined
