"""A markdown table of result lines, with ratios: `python benchmarks/results_table.py FILE...`.

A ratio is a system's wall seconds by those of the base in the same file, so above 1 is slower than the base.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BASE = "datalab embedded, person layout"
HEAD = (
    "| question | system | wall s | ratio | CPU s | peak MB | error | middle | cells | unstated |\n" + "|---" * 10 + "|"
)


def table(results: Sequence[dict[str, Any]], base: str = BASE) -> str:
    """Return the table: questions in their order, systems in theirs."""
    bases = {
        (line["rows"], line["question"]): line["wall"] for line in results if line["system"] == base and "wall" in line
    }
    order = {name: place for place, name in enumerate(dict.fromkeys(line["question"] for line in results))}
    lines = [_line(line, bases) for line in sorted(results, key=lambda line: (line["rows"], order[line["question"]]))]
    return "\n".join([HEAD, *lines])


def _line(line: dict[str, Any], bases: dict[tuple[int, str], float]) -> str:
    named = f"| {line['question']}, {line['rows']:,} rows | {line['system']} "
    if "cannot" in line:
        return f"{named}| cannot: {line['cannot']} | | | | | |"
    base = bases.get((line["rows"], line["question"]))
    ratio = f"{line['wall'] / base:.2f}" if base else ""
    return (
        f"{named}| {line['wall']:.2f} | {ratio} | {_shown(line, 'cpu', '.2f')} | {_shown(line, 'memory', '.0f')} "
        f"| {_shown(line, 'error', '.4g')} | {_shown(line, 'middle', '.4g')} "
        f"| {line.get('cells', '')} | {line.get('unstated', '')} |"
    )


def _shown(line: dict[str, Any], name: str, form: str) -> str:
    return "" if line.get(name) is None else format(line[name], form)


if __name__ == "__main__":
    print(table([json.loads(line) for file in sys.argv[1:] for line in Path(file).read_text().splitlines()]))
