"""A hostile thing in a workspace: a notebook, a kernel's description, settings, an extension; and how it is set off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SAY = "import socket; socket.create_connection(('127.0.0.1', @PORT@), 3).sendall(b'out')"
"""Python that reaches its listener on the host, where it can."""
TRUSTED, RUN = "trusted.ipynb", "run.ipynb"
"""Notebooks that collect outputs, and cells that a person runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookAttempt:
    """One attempt; in its texts `@SINK@` is the origin and `@PORT@` the port of a listener of its own."""

    name: str
    files: Mapping[str, str] = field(default_factory=dict)
    """Paths below the home folder, and texts; they are there before the server starts."""
    outputs: tuple[Mapping[str, Any], ...] = ()
    """Of a cell in a notebook whose trust was forged: kind of content to content."""
    markdown: str = ""
    """A cell of text in the same notebook."""
    cell: str = ""
    """A cell that a person runs."""
    kernel: str = ""
    """A kernel that is started."""
    page: str = ""
    """What a browser opens, below the lab's address."""
    asked: str = ""
    """What is asked of the server, below its address, and must not be answered with `SECRET`."""
    decisive: bool = False
    """Whether it is tried by default, and not only among the long-running tests."""

    @property
    def slug(self) -> str:
        """Its name in file names and of its listener."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")

    @property
    def opens(self) -> str:
        """The page that sets it off; empty where no browser is needed."""
        if self.outputs or self.markdown:
            return f"lab/tree/{TRUSTED}"
        return f"lab/tree/{RUN}" if self.cell else self.page


def filled(value: Any, port: int) -> Any:
    """Return a text, or a tree of them, for a listener at a port."""
    if isinstance(value, str):
        return value.replace("@SINK@", f"http://sink.localhost:{port}").replace("@PORT@", str(port))
    if isinstance(value, Mapping):
        return {filled(key, port): filled(one, port) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [filled(one, port) for one in value]
    return value
