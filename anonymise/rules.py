"""Which rules treat an extract: a digest that changes with any of them.

What was treated under other rules is not mixed with what is treated now. So everything counts that could make a
difference: this package's code, lists and model, what the caller names beside it (how cells are read and typed), and
Python and the libraries that read texts with it.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import Final

import datalab

LIBRARIES: Final = ("presidio-analyzer", "spacy", "thinc", "regex", "tldextract", "numpy", "pyarrow", "pyspark")
"""Installed packages that decide what is found and what is written."""
_HERE: Final = Path(__file__).parent
_CORE: Final = Path(datalab.__file__).parent
_FOLDERS: Final = (_HERE, _CORE / "contract", _CORE / "sample" / "people")
"""What is ours: canaries and surrogates are drawn from the sample's names."""


@cache
def rules_version(spacy_model: str, beside: tuple[Path, ...] = ()) -> str:
    """Return a SHA-256, in hex, of the rules that run in this process.

    Args:
        spacy_model: the package that carries the model used on free text.
        beside: folders of other code that decides what a treated row says, such as readers of files.
    """
    digest = hashlib.sha256(f"Python {python_version()}\n".encode())  # it brings the letters and their cases
    for library in (*LIBRARIES, spacy_model):
        digest.update(f"{library} {_installed(library)}\n".encode())
    for folder in (*_FOLDERS, *beside):
        for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            digest.update(f"{folder.name}/{file.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def _installed(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "absent"
