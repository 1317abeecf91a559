"""What the attacks measured, written down as they ran: `pytest tests/privacy --evidence FILE` makes the document.

A test that measures calls `measured(what, found, allowed)`; a control, which must exceed what is allowed, says so. The
document is written only where every test passed, so a figure in it is one that held.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from epsilon_chart import Proved, epsilon_chart

BY_CHANCE = (
    "Beside each share stands how many releases it is a share of, and by how much so many may be off by chance in all "
    "but 1 of 1,000 runs: the command fails where a share is further below what was claimed."
)
"""How shares are to be read."""
SHARES = (
    "test_coverage",
    "test_coverage_cut_rows",
    "test_coverage_together",
    "test_search",
    "test_previews_of_rates",
    "test_previews_supposed",
    "test_previews_held",
)
"""Chapters of shares that are held against a claim."""
CHAPTERS: Mapping[str, tuple[str, str]] = {
    "test_whole_path": (
        "Empirical epsilon of the whole path",
        (
            "An attacker who knows all but whether one heavy unit is in the data draws the answer 8,000 times in "
            "each world and picks the best event to tell the worlds apart on three tenths of the draws; epsilon is a "
            "99.9 % lower bound on the others, at delta 0.01. Controls have noise too small or a bound left out, "
            "and must exceed the claim; 5,000 draws are enough for them. `Seen from 0.60 of it`: with 8,000 draws the "
            "attack exceeds the claim, five times of five, where noise is 0.60 of what it should be or less; noise "
            "nearer to what it should be is not noticed here: the coverage of intervals below is what shows it."
        ),
    ),
    "test_joined_path": (
        "The same of joins, windows and events",
        (
            "The unit is in every dataset of the question or in none: one event that meets R rows, R events that "
            "meet R rows each, a public row that is met by many. On Spark too each world is computed once, through "
            "Parquet by unit, and that one exact answer is noised many times."
        ),
    ),
    "test_discovered_path": (
        "The same of values that no contract lists",
        (
            "The attacker sees which values are told and the noisy cells of those. The delta of finding out, 0.005 "
            "here, is part of the delta that epsilon is stated at; how often one unit's own value is told is given "
            "apart."
        ),
    ),
    "test_worst_neighbours": (
        "Sensitivity between the worst neighbours",
        (
            "The worst unit that can be drawn for 100 questions of each kind (rows at the ends of ranges and of 64 "
            "bits, all in one cell, as many full cells as fit, more than R, the first and last unit, none) is "
            "removed, and its rows are replaced. The figure is how much of its stated squared L2 sensitivity each "
            "kind of vector moved, the least over which of R and the cap binds; none moved more, in L1, L2 or in one "
            "cell, and replaced rows no more than twice. Any one bound made 5 % smaller has to be found out."
        ),
    ),
    "test_discovery": (
        "The threshold for values that no contract lists",
        ("How often a value that one unit alone has is told, in 60,000 worlds (99.9 % lower bound), against delta."),
    ),
    "test_attackers": (
        "Many questions under one ledger",
        (
            "How often the best guess from all answers is right whether one person is in the data, against the most "
            "that the granted epsilon allows anybody."
        ),
    ),
    "test_reconstruction": (
        "Reconstruction from many overlapping counts",
        (
            "Share of 64 people's secret bits that come back from counts over random halves of them (Dinur and "
            "Nissim 2003; by linear programme as Dwork, McSherry and Talwar 2007; as the US Census Bureau did to its "
            "own tables of 2010, Abowd 2021); guessing has 0.5. Allowed is the most that the rho of the whole grant "
            "lets anybody guess of one person."
        ),
    ),
    "test_membership": (
        "Tracing: who is in a table of many counts",
        (
            "Share of members found less the share of others accused (Homer et al. 2008; Dwork et al. 2015), against "
            "(e^epsilon - 1 + 2 delta) / (e^epsilon + 1)."
        ),
    ),
    "test_coverage": (
        "Intervals",
        (
            "Share of answers whose 95 % interval holds the truth. Counts and sums hold exactly as often as whole "
            "noise of their scale says, and are tested on both sides. All others hold *at least* as often as they "
            "say, whatever the truth: the least of all truths that were tried, with its 99.9 % interval, the middle "
            "and the most. The least of many is below its own true share more often than not."
        ),
    ),
    "test_coverage_cut_rows": (
        "Intervals of whole numbers where rows are cut",
        "From rows to interval, people having more rows than count: sums, means, variances and rates of average rows.",
    ),
    "test_coverage_together": (
        "Intervals of several cells",
        ("Tables that were made to agree, each cell by itself, on both sides; the largest cells, all at once."),
    ),
    "test_search": (
        "Medians that are searched for",
        (
            "Rows of eight shapes (none near the median, all in one bin, at either end, at both) and four sizes: how "
            "often the interval holds, and how often the rank of the figure is as near as stated. Beside noisy bins, "
            "of two levels, at equal budget, for three shapes that registers have: mean error and mean width of the "
            "interval, each as a part of that of bins. The control has intervals of two thirds of their reach."
        ),
    ),
    "test_previews": (
        "Previews",
        (
            "Half of the intervals of 1,000 releases against what was said before, for values spread evenly and for "
            "skewed ones (lognormal and exponential); the furthest of 95 of 100 errors against `at most`, for rows of "
            "ten shapes, among them all at one end, at both ends, nine of ten 0, all one; errors at the budget that "
            "a wish was sold with. An error that 95 of 100 keep to is known to a tenth from so many. The control "
            "takes all values to be spread evenly, as previews once did."
        ),
    ),
    "test_previews_of_rates": (
        "Previews of rates",
        (
            "Rows and pounds a person, for people with 1 row, half of the most and the most: half of the intervals of "
            "releases against what was said before; how many of 100 figures are within a wish at the budget sold."
        ),
    ),
    "test_previews_supposed": (
        "Prices of a supposed figure",
        (
            "A wish for percent of a figure of a stated size, priced, and asked at that budget of data that has such a "
            "figure and is otherwise hard: the share of releases that are as near as wished."
        ),
    ),
    "test_previews_held": (
        "Previews and prices of counts held at 0 or above",
        (
            "Tables of 324 cells of which one is full, one group, all but one group, all or none, alone and with their "
            "margins: the share of releases that are within what a preview said, and within a wish at the budget sold."
        ),
    ),
    "test_door_timing": (
        "Time of answers at the door",
        (
            "Questions go to a real release service at its socket, 48 eight a second, thousands five a second at each "
            "of two doors, with the lab's own first slot of 2 seconds: rank correlation of the time at the client with "
            "the size of the noise, with the number of rows, and with both, among answers of the same slot, with its "
            "95 % interval. Work is as it is, or made to tell of both, each by half a second."
        ),
    ),
    "test_timing": (
        "Time of failures and refusals",
        ("Times of failures; and rank correlation of the time of a refusal with whether there are any rows."),
    ),
}
"""By test module: the chapter's title, and what its figures are."""


EPSILONS = ("test_whole_path", "test_joined_path", "test_discovered_path")
"""Chapters whose figures are epsilons: they are drawn in the picture."""


HEAD, CONTROL = "| what | found | allowed |", "**control:** "
NOT_MEASURED = """## What is attacked elsewhere, and what is not

- A person with a million rows, and random tables with missing values, NaN, infinities and duplicates, on every engine:
  `tests/privacy/test_worst_units.py`, `tests/privacy/test_neighbours.py`.
- Questions as a channel, malformed and enormous questions: `tests/property/test_question_language.py`,
  `tests/unit/test_sql.py`.
- Races for the last of a budget, crashes between noise and commit: `tests/integration/test_ledger_spenders.py`,
  `tests/integration/test_desk_crashes.py`.
- Spark is attacked with one question of four figures, three joins and one of values found out; that it computes the
  same integers as the reference is tested for all questions (`tests/property/test_engines_agree.py`).
- A lower bound on epsilon can show a claim false, never true: that the noise is enough is a proof
  (`docs/privacy-promise.md`), and attacks look for mistakes in it. What reconstruction and tracing found is below
  what is allowed: attackers who know more may do better, up to that.
- What memory or caches tell, and what a machine's owner can watch, are not attacked."""
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
            (
                "Noise is fresh in every run, so figures differ a little from run to run. "
                "Those of slow tests stand from their"
            ),
            "last run: `make privacy-evidence-slow`.",
            "",
            "![Epsilon that attackers proved, below the claim; of labs broken on purpose, above](privacy-evidence.svg)",
        ]
        for module, (title, says) in CHAPTERS.items():
            rows = self.figures.get(module, {})
            lines += [
                "",
                f"## {title}",
                "",
                f"{says} {BY_CHANCE}" if module in SHARES else says,
                f"`tests/privacy/{module}.py`",
                "",
            ]
            lines += [HEAD, "|---|---|---|"]
            for (what, control), (found, allowed) in sorted(rows.items(), key=lambda row: row[0][1]):
                lines.append(f"| {CONTROL if control else ''}{what} | {found} | {allowed} |")
        return "\n".join([*lines, "", NOT_MEASURED]) + "\n"

    def chart(self) -> str:
        """Return the picture of what attackers proved beside what was claimed, and of what they proved of controls."""
        return epsilon_chart([one for module in EPSILONS for one in _proved(self.figures.get(module, {}))])

    def keep(self, document: str, whole: Collection[str] = ()) -> None:
        """Take figures that were not measured again from a document that was written before.

        Args:
            document: what was written before.
            whole: chapters all of whose tests ran: what they did not measure is measured no more, and goes.
        """
        module, before = "", {name: dict(rows) for name, rows in self.figures.items()}
        for line in document.splitlines():
            if line.startswith("`tests/privacy/"):
                module = line.removeprefix("`tests/privacy/").removesuffix(".py`")
            elif line.startswith("| ") and line != HEAD and module in CHAPTERS and module not in whole:
                what, found, allowed = (cell.strip() for cell in line.strip("|").split(" | "))
                row = what.removeprefix(CONTROL), what.startswith(CONTROL)
                if row not in before.get(module, {}):
                    self.figures.setdefault(module, {})[row] = found, allowed

    def write(self, file: Path, software: str) -> None:
        """Write the document, and its picture beside it.

        Raises:
            ValueError: if a chapter got no figure; nothing is written then.
        """
        empty = [f"tests/privacy/{module}.py" for module in CHAPTERS if not self.figures.get(module)]
        if empty:
            message = (
                f"No figure was measured by {', '.join(empty)}: {file} was left as it was. Run every chapter "
                "(`make privacy-evidence`), or add --evidence-keep to leave in what was measured before."
            )
            raise ValueError(message)
        file.write_text(self.document(software))
        file.with_suffix(".svg").write_text(self.chart())


def _proved(figures: Mapping[tuple[str, bool], tuple[str, str]]) -> Iterator[Proved]:
    """Yield each question of a chapter with the least of its controls, then controls that are of no one question."""
    plain = {what: row for (what, control), row in figures.items() if not control and not what.startswith("chance")}
    broken: dict[str, list[tuple[str, str]]] = {}
    for (what, control), row in figures.items():
        if control:
            of = max((name for name in plain if what.startswith(f"{name}, ")), key=len, default=what)
            broken.setdefault(of, []).append(row)
    for what in [*plain, *(name for name in broken if name not in plain)]:
        rows = broken.get(what, [])
        yield Proved(
            what=what,
            found=float(plain[what][0]) if what in plain else None,
            claimed=float(plain[what][1] if what in plain else rows[0][1]),
            broken=min((float(found) for found, _ in rows), default=None),
        )
