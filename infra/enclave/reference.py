"""What came in by the way in, as a sandbox sees it: /reference, read-only, the same for every member of the project.

The folder itself is mounted, so a file that is placed while the sandbox runs appears at once. It is no folder of the
workspace: there, its owner could put a link in its place and so choose where the mount goes.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from datalab.intake.shelf import Shelf
from datalab.settings import Settings

REFERENCE = "/reference"


def reference_mounts(settings: Settings, project: str) -> tuple[tuple[str, str], ...]:
    """Return what is mounted read-only: host's path, sandbox's."""
    return ((str(Shelf(folder=settings.uploads).of_project(project)), REFERENCE),)


def link_reference(workspace: Path) -> None:
    """Let JupyterLab's file browser, which shows the workspace alone, find it; what is there by that name stays."""
    with contextlib.suppress(FileExistsError):
        (workspace / "reference").symlink_to(REFERENCE)
