"""Names of files that may come in, and what is said of those that may not."""

from __future__ import annotations

import re

from datalab.errors import UploadError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}")
"""No folder, no leading dot, nothing that a shell or a browser reads as more than a name."""

TEXTS = {
    ".py": "python",
    ".r": "r",
    ".sql": "sql",
    ".md": "markdown",
    ".txt": "text",
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
}
KINDS = TEXTS | {".ipynb": "notebook", ".parquet": "parquet"}
"""Every ending that may come in, and the kind of content that it stands for."""

REFUSED = {
    "It is an archive, and could hold anything.": "zip gz tgz bz2 xz zst 7z rar tar jar whl egg rpm deb iso",
    "It is a program.": "exe dll so dylib bin sh bash bat cmd ps1 com msi class pyc pyd elf wasm",
    "Opening it runs code: it is a pickle, or made like one.": (
        "pkl pickle p joblib dill cloudpickle npy npz pt pth rds rdata rda h5"
    ),
    "A browser would run it.": "html htm xhtml js mjs cjs ts jsx tsx svg xml css swf",
    "It may carry macros.": "doc docx docm xls xlsx xlsm xlsb ppt pptx pptm odt ods pdf rtf",
}
"""Endings with a reason of their own."""
_WHY = {f".{ending}": why for why, endings in REFUSED.items() for ending in endings.split()}
UNPACK = "Bring the single files in it that you need, each by itself: code, text, CSV, JSON or Parquet."


def kind_of_name(name: str) -> str:
    """Return the kind that a file's name promises.

    Raises:
        UploadError: if the name is not one that may come in.
    """
    if not NAME.fullmatch(name) or name.endswith((" ", ".")) or ".." in name:
        raise UploadError(
            "That file has a name that the lab does not take.",
            why="Names have letters, digits, spaces, '.', '_' and '-', begin with a letter or digit, and have at most "
            "100 characters.",
            remedy="Rename the file.",
        )
    ending = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    if ending not in KINDS:
        raise UploadError(
            "That kind of file does not come in.",
            why=_WHY.get(ending, "Its ending is not on the list."),
            remedy=f"These do: {', '.join(sorted(KINDS))}. {UNPACK}",
        )
    return KINDS[ending]
