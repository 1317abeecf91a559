"""What the attacks measured, written down as they ran: `pytest tests/privacy --evidence FILE` makes the document.

A test that measures calls `measured(what, found, allowed)`; a control, which must exceed what is allowed, says so. The
document is written only where every test passed, so a figure in it is one that held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CHAPTERS: Mapping[str, tuple[str, str]] = {
    "test_whole_path": (
        "Empirical epsilon of the whole path",
        (
            "An attacker who knows all but whether one heavy unit is in the data draws the answer 8,000 times in "
            "each world and picks the best event to tell the worlds apart on one half of the draws; epsilon is a "
            "99.9 % lower bound on the other half, at delta 0.01. Controls have noise too small or a bound left "
            "out, and must exceed the claim."
        ),
    ),
    "test_neighbours": (
        "Sensitivity between neighbours",
        (
            "Random questions over random tables (missing values, NaN, infinities, ends of 64 bits, duplicates, "
            "joins, windows), with one unit and without. The figure is the nearest that any vector came to its "
            "stated squared L2 sensitivity."
        ),
    ),
    "test_discovery": (
        "Values that no contract lists",
        ("How often a value that one unit alone has is told, in 60,000 worlds (99.9 % lower bound), against delta."),
    ),
    "test_attackers": (
        "Many questions under one ledger",
        (
            "How often the best guess from all answers is right whether one person is in the data, against the "
            "most that the granted epsilon allows anybody."
        ),
    ),
    "test_coverage": (
        "Intervals",
        (
            "Share of answers whose 95 % interval holds the truth; the least over all truths that were tried, in "
            "each kind."
        ),
    ),
    "test_timing": (
        "Time",
        ("Rank correlation of the size of noise with the time of the answer at the door."),
    ),
}
"""By test module: the chapter's title, and what its figures are."""


NOT_MEASURED = """## What is attacked elsewhere, and what is not

- Tight worst units for every kind of vector, a person with a million rows, ends of 64 bits:
  `tests/privacy/test_worst_units.py`.
- Questions as a channel, malformed and enormous questions: `tests/property/test_question_language.py`,
  `tests/unit/test_sql.py`.
- Races for the last of a budget, crashes between noise and commit: `tests/integration/test_ledger_spenders.py`,
  `tests/integration/test_desk_crashes.py`.
- Of the threshold for unlisted values only delta is attacked, not its rho. Spark is attacked with one question of
  four figures; that it computes the same integers as the reference is tested for all
  (`tests/property/test_engines_agree.py`).
- Reconstruction from many tables, and what memory or caches tell, are not attacked."""
"""What the figures leave out."""


@dataclass(slots=True)
class Evidence:
    """Figures by chapter and by what they are of; of a repeated one the last stands."""

    figures: dict[str, dict[tuple[str, bool], tuple[str, str]]] = field(default_factory=dict)

    def add(self, module: str, what: str, found: str, allowed: str, *, control: bool) -> None:
        """Note a figure."""
        self.figures.setdefault(module, {})[what, control] = (found, allowed)

    def document(self, software: str) -> str:
        """Return the document."""
        lines = [
            "# Privacy evidence",
            "",
            f"Made by `make privacy-evidence`, which runs the attacks as tests; every one passed. {software}.",
            "A control is the same attack on a lab that was broken on purpose: it has to find something.",
            "Noise is fresh in every run, so figures differ a little from run to run.",
        ]
        for module, (title, says) in CHAPTERS.items():
            rows = self.figures.get(module, {})
            lines += ["", f"## {title}", "", says, f"`tests/privacy/{module}.py`", ""]
            lines += ["| what | found | allowed |", "|---|---|---|"]
            for (what, control), (found, allowed) in sorted(rows.items(), key=lambda row: row[0][1]):
                lines.append(f"| {'**control:** ' if control else ''}{what} | {found} | {allowed} |")
        return "\n".join([*lines, "", NOT_MEASURED]) + "\n"

    def write(self, file: Path, software: str) -> None:
        """Write the document."""
        file.write_text(self.document(software))
