"""What is known of what redaction left: of what was planted, and of what somebody read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console


def show_redaction(report: Mapping[str, Any], console: Console) -> None:
    """Print of each redacted column what was planted and missed, and what somebody's reading found, or that none read.

    Args:
        report: an extract's.
        console: a line a column and kind of figure; nothing where no column was redacted.
    """
    read = (report.get("review") or {}).get("columns", ())
    sampled = {column["name"] for column in read if column["texts"]}
    planted = [one for one in (report.get("de_identification") or {}).get("columns", ()) if "canaries" in one]
    for column in planted:
        canaries = column["canaries"]
        _say(
            f"{column['name']}: of {canaries['planted']:,} identifiers planted in copies of its texts "
            f"{canaries['missed']:,} were missed: {canaries['share']:.1%} ({canaries['low']:.1%} to "
            f"{canaries['high']:.1%}).",
            console,
        )
    if planted:
        _say(
            "That says how redaction does on what is planted. What is left in the extract's own texts, only reading a "
            "sample of them says.",
            console,
        )
    for column in planted:
        if column["name"] not in sampled:
            _say(
                f"{column['name']}: not read by anybody. The agency reads a sample with `datalab extract review` "
                "before it seals an extract.",
                console,
            )
    show_reading(read, console)


def show_reading(columns: Iterable[Mapping[str, Any]], console: Console) -> None:
    """Print what a custodian's own reading found, a column a line."""
    for column in columns:
        doubtful = column["doubtful"]
        share = (
            f": {column['share']:.1%} ({column['low']:.1%} to {column['high']:.1%})" if column["identifiers"] else ""
        )
        _say(
            f"{column['name']}, found by your own reading: {column['texts']:,} texts drawn from {column['of']:,}, "
            f"{column['identifiers']:,} identifiers, {column['missed']:,} missed{share}. In {doubtful['texts']:,} "
            f"doubtful texts besides: {doubtful['identifiers']:,} identifiers, {doubtful['missed']:,} missed.",
            console,
        )


def _say(line: str, console: Console) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
