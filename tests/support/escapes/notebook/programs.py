"""Files by which the lab's server, or a kernel that it starts, runs a program of the researcher's."""

from __future__ import annotations

import json

from escapes.notebook.attempt import SAY
from escapes.notebook.attempt import NotebookAttempt as Attempt

_QUIET = f"try:\n    {SAY}\nexcept OSError:\n    pass\n"
_DATA = ".local/share/jupyter"
_KERNEL = ["python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
SECRET = "outside of the workspace"  # noqa: S105 - what the test's file holds


def _kernel(*argv: str, **more: object) -> str:
    return json.dumps({"argv": argv, "display_name": "x", "language": "python", **more})


PROGRAMS = (
    Attempt(
        name="settings of the server in the home folder",
        files={".jupyter/jupyter_server_config.py": _QUIET},
        decisive=True,
    ),
    Attempt(name="settings of JupyterLab in the home folder", files={".jupyter/jupyter_lab_config.py": _QUIET}),
    Attempt(
        name="an extension of the server in the workspace",
        files={
            ".jupyter/jupyter_server_config.d/hostile.json": json.dumps(
                {"ServerApp": {"jpserver_extensions": {"hostile_extension": True}}}
            ),
            "hostile_extension.py": f"{_QUIET}\ndef _load_jupyter_server_extension(app):\n    pass\n",
        },
        decisive=True,
    ),
    Attempt(
        name="a kernel of one's own that is another program",
        files={f"{_DATA}/kernels/hostile/kernel.json": _kernel("python3", "-c", SAY)},
        kernel="hostile",
        decisive=True,
    ),
    Attempt(
        name="a kernel of one's own with an environment that loads a program",
        files={
            f"{_DATA}/kernels/laden/kernel.json": _kernel(*_KERNEL, env={"PYTHONPATH": "@HOME@/laden"}),
            "laden/sitecustomize.py": _QUIET,
        },
        kernel="laden",
    ),
    Attempt(
        name="a program that every kernel of Python runs as it starts",
        files={".ipython/profile_default/startup/00-hostile.py": _QUIET},
        kernel="python3",
        decisive=True,
    ),
    Attempt(name="a link out of the workspace, opened as a file", asked="api/contents/link.txt?type=file&format=text"),
    Attempt(
        name="a notebook exported as a page (nbconvert)",
        files={
            "secret.ipynb": json.dumps(
                {
                    "nbformat": 4,
                    "nbformat_minor": 5,
                    "metadata": {},
                    "cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": SECRET}],
                }
            )
        },
        asked="nbconvert/html/secret.ipynb?download=true",
    ),
    Attempt(
        name="a page of the workspace, opened from the server",
        files={"page.html": f"<p>{SECRET}</p>"},
        asked="files/page.html",
    ),
)
