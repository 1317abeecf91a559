"""The `datalab` command: one group a noun, each in a file of its own or brought by a package through an entry point.

This is a door. It parses, calls one method, prints; no rule lives here. A group is loaded when it is asked for, so
that `datalab contract check` on a custodian's laptop starts in a moment, without Spark and without the others.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from importlib.metadata import entry_points, version
from typing import Annotated

import typer
from rich.console import Console

from datalab.errors import UserError, exit_code_for

GROUPS = {
    "lab": "Create a lab and look at its parts.",
    "contract": "Write and check data contracts.",
    "agency": "Register the organisations that push extracts.",
    "person": "Add the people of the lab.",
    "project": "Create projects and say which columns they may use.",
    "upload": "Bring code and reference files to a project, and decide on them.",
    "budget": "Grant privacy budget and see what is left.",
    "request": "Ask questions and decide on their answers.",
    "release": "Publish approved answers and check bundles.",
    "audit": "Check and read the audit logs.",
    "sample": "Make sample agencies.",
}
"""Groups of the core, each in `datalab/cli/<name>.py` with a Typer named `app`, in the order people meet them."""
PLUGINS = "datalab.commands"
"""Entry points through which `anonymise` and `ingest` add commands: the core imports neither."""
VERSION = "--version"


def build(asked: str = "") -> typer.Typer:
    """Assemble the command line.

    Args:
        asked: the group that a command is of: the core's others are only named, as all are for `--version`. All are
            loaded where it is none of either.
    """
    app = typer.Typer(
        name="datalab",
        help="A privacy-preserving secure research datalab.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    groups: dict[str, typer.Typer] = {}
    for name in GROUPS:
        wanted = asked != VERSION and (asked not in GROUPS or name == asked)
        groups[name] = importlib.import_module(f"datalab.cli.{name}").app if wanted else typer.Typer()
    for point in sorted(entry_points(group=PLUGINS), key=lambda point: point.name):
        point.load()(groups)
    for name, group in groups.items():
        app.add_typer(group, name=name, help=GROUPS.get(name) or group.info.help)
    return app


def _tell(asked: bool) -> None:  # noqa: FBT001 - typer calls it with the option's value
    if asked:
        typer.echo(f"datalab {version('datalab')}")
        raise typer.Exit


def _options(
    *,
    told: Annotated[
        bool, typer.Option(VERSION, callback=_tell, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; a user's error is printed without a traceback, ours with one."""
    try:
        status = build(next(iter(sys.argv[1:]), ""))(standalone_mode=False)
    except UserError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(str(error), style="red", markup=False)
        sys.exit(exit_code_for(error))
    except typer.Abort:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last door: whatever comes here must end in an exit status
        sys.exit(report(error))
    sys.exit(status if isinstance(status, int) else 0)


def report(error: Exception) -> int:
    """Print an error that is not the user's, without the text of a foreign exception, which could hold a value.

    Returns:
        The exit status.
    """
    if hasattr(error, "exit_code") and hasattr(error, "show"):  # click's own usage errors
        error.show()
        return int(error.exit_code)
    frames = traceback.extract_tb(error.__traceback__)
    where = "\n".join(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
    Console(stderr=True, highlight=False, soft_wrap=True).print(
        f"datalab failed ({type(error).__name__}). This is a fault of the lab, not of your input.\n{where}\n"
        "Please report the lines above; they hold no data.",
        style="red",
        markup=False,
    )
    return exit_code_for(error)


if __name__ == "__main__":
    main()
