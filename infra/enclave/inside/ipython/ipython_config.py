# ruff: noqa: INP001 - a file of settings, in no package
"""Kernels of Python tell the researcher what the lab noticed."""

from typing import Any

c: Any = get_config()  # type: ignore[name-defined]  # noqa: F821 - IPython gives it

c.InteractiveShellApp.exec_files = ["/opt/datalab/tell_notices.py"]
c.HistoryManager.enabled = False  # a file of everything typed, in the workspace
