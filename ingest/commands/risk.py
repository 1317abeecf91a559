"""The risk part of an extract's report in a terminal, and the contract's change that a suggestion asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from datalab.errors import ExtractError, StateError

PLURALS: Final = {"person": "people", "household": "households", "record": "records"}
"""Privacy units in words."""
_BAR: Final = 30


def show_risk(risk: Mapping[str, Any], console: Console) -> None:
    """Print who could be found in an extract by what others know of them."""
    if not risk.get("units"):
        return
    units, names = PLURALS[risk["unit"]], ", ".join(risk["quasi_identifiers"])
    _say(console, f"Disclosure risk: {risk['units']:,} {units} have {risk['combinations']:,} combinations of {names}.")
    _say(console, f"The rarest is shared by {risk['k']:,} (k-anonymity). For you alone: the counts are small.")
    sizes = Table("sharing a combination", units, "", title="Who stands among how many")
    most = max(one["units"] for one in risk["sizes"])
    for one in risk["sizes"]:
        bar = "█" * round(_BAR * one["units"] / most) if most else ""
        sizes.add_row(one["size"], f"{one['units']:,}", bar)
    console.print(sizes)
    _show_chances(risk, console)
    for one in risk["diversity"]:
        _say(
            console,
            f"{one['column']}: at least {one['distinct']} values in each combination (effectively "
            f"{one['entropy']:.2f}); {one['share']:.1%} stand where all have the same.",
        )
    for found in (risk["special"] or {}).get("sets", ()):
        _say(console, f"{', '.join(found['columns'])} alone: enough to single out {found['units']:,}.")
    show_suggestions(risk["suggestions"], console)


def _show_chances(risk: Mapping[str, Any], console: Console) -> None:
    chances = f"Who is known to be in it is named rightly with a chance of {risk['prosecutor']['highest']:.1%} at most"
    _say(console, f"{chances}, {risk['prosecutor']['average']:.1%} on average (prosecutor).")
    population = risk["population"]
    if population is None:
        _say(console, "State datalab.population in the contract to see who is unique in the population.")
    elif population.get("too_small"):
        _say(console, f"The contract's population of {population['stated']:,} is smaller than the extract's.")
    else:
        _say(
            console,
            f"Of a population of {population['stated']:,}: a chance of {risk['journalist']['highest']:.1%} at most "
            f"(journalist), {risk['marketer']['share']:.1%} of all (marketer); about "
            f"{population['uniques_in_extract']:,.0f} here are unique in it (estimator: {population['estimator']}).",
        )


def show_suggestions(suggestions: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Print what coarser treatments would reach, the least loss first."""
    if not suggestions:
        return
    table = Table("", "k", "below", "information kept", "treatment", title="Suggestions, the least loss first")
    for number, one in enumerate(suggestions, start=1):
        changes = "\n".join(map(_change, one["changes"]))
        kept = f"{one['information_kept']:.1%}"
        table.add_row(str(number), f"{one['k']:,}", f"{one['below']:,}", kept, escape(changes))
    console.print(table)
    _say(console, "To apply one: datalab extract suggestion REPORT.json --contract CONTRACT.yaml --number 1")


def _change(change: Mapping[str, Any]) -> str:
    how = change["generalise"]
    if how is None:
        return f"{change['column']}: {change['treatment']}"
    if "others" in how:
        return f"{change['column']}: {sum('join' in one for one in how['others'])} rare categories become Other"
    return f"{change['column']}: {', '.join(f'{key} {value}' for key, value in how.items())}"


def read_report(file: Path) -> Mapping[str, Any]:
    """Read a report that was saved as JSON; raises ExtractError."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        document = None
    if not isinstance(document, dict) or "verdict" not in document:
        raise ExtractError(
            f"{file.name} is no report.", remedy="Save one: `datalab extract rehearse ... --json > report.json`."
        )
    return document


def suggestion_of(report: Mapping[str, Any], number: int) -> Mapping[str, Any]:
    """Return a suggestion of an extract's report, by its number from 1; raises StateError."""
    suggestions = report.get("disclosure_risk", {}).get("suggestions", [])
    if not 1 <= number <= len(suggestions):
        raise StateError(
            f"The report has no suggestion {number}.",
            why=f"It has {len(suggestions)}. One is made where units share combinations with too few, and a coarser "
            "treatment of the quasi-identifiers helps.",
            remedy="Look at the report's disclosure risk: `datalab extract rehearse` prints it.",
        )
    found: Mapping[str, Any] = suggestions[number - 1]
    return found


def contract_change(before: str, after: str, name: str) -> str:
    """Return what changes from one text of a contract to another, as lines that begin with - and +."""
    lines = unified_diff(before.splitlines(), after.splitlines(), fromfile=name, tofile=f"{name}, changed", lineterm="")
    return "\n".join(lines)


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
