"""Notebooks without what they showed: code and text stay; outputs, attachments and settings do not (nbformat 4)."""

from __future__ import annotations

import json
from typing import Any

from datalab.errors import UploadError
from datalab.intake.text import is_active, read_json

CELLS = frozenset({"code", "markdown", "raw"})


def strip_notebook(text: str) -> bytes:
    """Return a notebook with its cells' sources and nothing else.

    Raises:
        UploadError: if it is no notebook of format 4, or holds Markdown that a browser would run.
    """
    document = read_json(text)
    match document:
        case {"nbformat": 4, "cells": list(cells)}:
            kept = [_cell(one, number) for number, one in enumerate(cells)]
        case _:
            raise UploadError(
                "That file is not a notebook of format 4.",
                remedy="Open it in JupyterLab and save it, or bring its code as .py.",
            )
    made = {"cells": kept, "metadata": _language(document.get("metadata")), "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(made, ensure_ascii=False, indent=1).encode()


def _cell(cell: object, number: int) -> dict[str, Any]:
    match cell:
        case {"cell_type": str(kind), "source": str() | list() as said} if kind in CELLS:
            source = said if isinstance(said, str) else "".join(one for one in said if isinstance(one, str))
        case _:
            raise UploadError(f"Cell {number + 1} of that notebook is no cell.", remedy="Save it again in JupyterLab.")
    if kind == "markdown" and is_active(source):
        raise UploadError(
            f"Cell {number + 1} of that notebook holds parts that a browser would run.",
            remedy="Take out scripts, frames and forms.",
        )
    kept = {"id": f"cell-{number}", "cell_type": kind, "metadata": {}, "source": source}
    return kept | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _language(metadata: object) -> dict[str, Any]:
    """Keep in what language it is written: the sandbox chooses the kernel by it."""
    match metadata:
        case {"kernelspec": {"name": "ir"}}:
            return {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
        case _:
            return {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
