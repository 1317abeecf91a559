"""What a new workspace begins with: one notebook that opens the project's lab, looks, and previews a question."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

NAME: Final = "Start here.ipynb"
_WELCOME: Final = """# Start here

You see your project's view of the data, on Spark, and nothing else; this lab has no network.
What leaves it are answers to questions: each is paid for from the project's privacy budget, made noisy, and looked at
by a reviewer.

Run each cell by Shift and Enter."""
_OPEN: Final = """from notebooks.enclave import open_lab
from notebooks.lab import ask

lab = open_lab()
lab.columns  # what there is, and what can be asked about"""
_LOOK: Final = """spark = lab.spark()  # a named table for each dataset
dataset = next(name for name, contract in lab.contracts.items() if contract.max_rows_per_unit)  # one about people
lab.table(dataset).limit(5).toPandas()  # to look, inside"""
_ASK: Final = """## Ask

A preview costs nothing and touches no data: it says what the question means, what it would cost, and how exact its
answer would be. `lab.price(question, measure="units", within="5%")` finds the budget for an exactness you wish for."""
_PREVIEW: Final = """question = ask(dataset).count_units().spend(epsilon=0.5, rows_per_unit=1)
lab.preview(question)"""
_THEN: Final = """Then `request = lab.submit(question)` pays for it and queues it for review, and
`lab.request(request.id)` shows the answer once it is released. `lab.budget` is what the project has left.

`help(lab)` tells the rest. Files that your project brought in are in the folder `reference`."""
_CELLS: Final = (
    ("markdown", _WELCOME),
    ("code", _OPEN),
    ("code", _LOOK),
    ("markdown", _ASK),
    ("code", _PREVIEW),
    ("markdown", _THEN),
)


def first_notebook() -> str:
    """Return the notebook, as JSON (nbformat 4.5)."""
    more: dict[str, dict[str, Any]] = {"code": {"execution_count": None, "outputs": []}, "markdown": {}}
    cells = [
        {"cell_type": kind, "id": f"start-{at}", "metadata": {}, "source": text, **more[kind]}
        for at, (kind, text) in enumerate(_CELLS)
    ]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}, indent=1
    )


def put_first_notebook(workspace: Path, uid: int) -> None:
    """Put the notebook into a workspace in which nobody has worked yet; later it is the researcher's to change.

    Args:
        workspace: a folder that was just made, and belongs to no sandbox yet.
        uid: whose the file is to be; not used where this process is not root.
    """
    file = workspace / NAME
    with file.open("x", encoding="utf-8") as stream:
        stream.write(first_notebook())
    if os.geteuid() == 0:
        os.chown(file, uid, uid)
