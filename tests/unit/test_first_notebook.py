"""The notebook that a new workspace begins with."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import nbformat
import pytest

from infra.hub.first_notebook import NAME, first_notebook, put_first_notebook


def test_the_first_notebook_is_a_notebook_whose_code_is_python() -> None:
    """It is valid by Jupyter's own schema, and each cell of code is read by Python."""
    notebook = nbformat.reads(first_notebook(), as_version=4)
    nbformat.validate(notebook)

    assert [ast.parse(cell.source) is not None for cell in notebook.cells if cell.cell_type == "code"] == [True] * 3


def test_it_is_put_once_and_what_is_there_stays(tmp_path: Path) -> None:
    """A file of that name is not written over."""
    put_first_notebook(tmp_path, os.getuid())
    written = (tmp_path / NAME).read_text()
    with pytest.raises(FileExistsError):
        put_first_notebook(tmp_path, os.getuid())

    assert (tmp_path / NAME).read_text() == written == first_notebook()
