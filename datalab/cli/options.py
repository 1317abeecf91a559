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

ActingAs = Annotated[
    str,
    typer.Option("--as", help="User name of the person who acts. Whoever can write the lab's folder can name anybody."),
]
"""Who acts, in the embedded mode: sign-in arrives with the hub, and until then the folder's owner is trusted."""
LOCAL_OPERATOR = "operator"
"""User name of the operator in a lab of one's own, where a command names nobody."""


def settings_of(home: Path | None) -> Settings:
    """Read the settings of the lab that a command named: the one place where the environment enters."""
    return read_settings(os.environ, home)
