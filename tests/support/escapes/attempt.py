"""An escape attempt: what it tries, written as Python that ends without an error where it got through.

Each has a control: the same text with the wall taken away, which must get through, or the attempt shows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt of a sandbox to get out."""

    name: str
    group: str
    """network, files, privilege or Spark."""
    code: str
    """Python, run inside; `F` holds what the test knows: addresses, paths, numbers of system calls."""
    without: tuple[str, ...]
    """Walls that the control takes away: names of functions in `removal`."""
    needs: str = ""
    """What the machine must have for the control, as a Python expression over `os`, `Path`; empty: nothing."""
    open_where: str = ""
    """Where a machine leaves it open whatever we do, as an expression like `needs`."""
    root_only: bool = False
    """Whether the control needs a real root; a user namespace's is not one."""
    by_listener: str = ""
    """Empty, or how the world outside sees that it got through: it `connects` to, or `listens` on, its port `P`."""
    makes: str = ""
    """Empty, or the file below the lab's home by which the host sees that it got through."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt."""

    name: str
    through: bool
    detail: str
    """The kind of error and its number; what the attempt printed."""


OURS = (
    "NameError",
    "SyntaxError",
    "AttributeError",
    "ImportError",
    "ModuleNotFoundError",
    "KeyError",
    "IndentationError",
    "TypeError",
)
"""Errors that say that an attempt is wrong, and not that it was refused."""


@dataclass(slots=True)
class Table:
    """A group of attempts, written as a table."""

    group: str
    attempts: list[Attempt] = field(default_factory=list)

    def add(
        self,
        name: str,
        code: str,
        *without: str,
        needs: str = "",
        open_where: str = "",
        root_only: bool = False,
        by_listener: str = "",
        makes: str = "",
    ) -> None:
        """Add one row."""
        self.attempts.append(
            Attempt(
                name=name,
                group=self.group,
                code=code,
                without=without,
                needs=needs,
                open_where=open_where,
                root_only=root_only,
                by_listener=by_listener,
                makes=makes,
            )
        )
