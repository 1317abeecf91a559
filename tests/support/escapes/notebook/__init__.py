"""What the workspace and a kernel can give to JupyterLab, to its server and to the browser that shows it."""

from __future__ import annotations

from escapes.notebook.attempt import NotebookAttempt
from escapes.notebook.pages import PAGES
from escapes.notebook.programs import PROGRAMS

NOTEBOOK: tuple[NotebookAttempt, ...] = (*PROGRAMS, *PAGES)
