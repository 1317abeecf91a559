"""Commands that this package adds to `datalab`: `extract` for custodians, `ingest` for the worker's machine.

Doors: they parse, call one method, print. What is heavy is imported by the command that needs it.
"""

from __future__ import annotations

import typer

from ingest.commands import extract, zone


def register(groups: dict[str, typer.Typer]) -> None:
    """Add the groups `extract` and `ingest`."""
    groups["extract"] = extract.app
    groups["ingest"] = zone.app
