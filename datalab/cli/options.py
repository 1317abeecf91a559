"""Options that many commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from datalab.settings import Settings, read_settings

LabHome = Annotated[
    Path | None,
    typer.Option("--lab", help="Folder of the lab; by default DATALAB_HOME, else ./lab.", show_default=False),
]
"""Which lab a command works on."""


def settings_of(home: Path | None) -> Settings:
    """Read the settings of the lab that a command named: the one place where the environment enters."""
    return read_settings(os.environ, home)
