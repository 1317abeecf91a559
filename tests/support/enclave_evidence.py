"""Collect what became of every escape attempt and its control, and write docs/enclave-evidence.md."""

from __future__ import annotations

import os
import platform
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

REFUSED, CONTROL = "refused", "control"
TESTS: dict[str, tuple[str, str]] = {
    "test_the_walls_refuse": ("", REFUSED),
    "test_without_its_wall_the_attempt_gets_through": ("", CONTROL),
    "test_chromium_carries_nothing_away": ("browser, Chromium", REFUSED),
    "test_chromium_would_carry_it_away_without_the_walls": ("browser, Chromium", CONTROL),
    "test_firefox_carries_nothing_away": ("browser, Firefox", REFUSED),
    "test_firefox_would_carry_it_away_without_the_walls": ("browser, Firefox", CONTROL),
    "test_what_leads_out_is_refused_at_the_door": ("lab door", REFUSED),
    "test_what_jupyterlab_needs_passes": ("lab door", CONTROL),
    "test_a_request_in_a_request_is_refused": ("lab door", REFUSED),
    "test_an_honest_body_passes_whole": ("lab door", CONTROL),
    "test_a_body_past_the_limit_is_refused": ("lab door", REFUSED),
    "test_a_slow_head_is_cut_off": ("lab door", REFUSED),
    "test_another_site_gets_no_channel": ("lab door", REFUSED),
    "test_what_is_no_frame_ends_the_channel": ("lab door", REFUSED),
    "test_a_message_past_the_limit_is_left_out_and_told": ("lab door", REFUSED),
    "test_a_message_that_grows_too_long_part_by_part_ends_the_channel": ("lab door", REFUSED),
    "test_the_window_is_closed_by_what_was_shown_and_outlives_the_sandbox": ("lab door", REFUSED),
    "test_messages_pass_unchanged_in_both_directions": ("lab door", CONTROL),
    "test_the_release_service_hears_the_doors_name_and_no_other": ("gate", REFUSED),
    "test_nothing_else_of_the_hub_or_of_the_lab_is_open": ("gate", REFUSED),
    "test_a_question_past_the_limit_is_refused": ("gate", REFUSED),
    "test_a_flood_of_questions_is_slowed_down": ("gate", REFUSED),
    "test_the_hub_hears_what_a_server_must_tell_it": ("gate", CONTROL),
    "test_a_limit_bites_and_the_lab_goes_on": ("resources", REFUSED),
    "test_within_its_limit_the_same_works": ("resources", CONTROL),
    "test_a_full_workspace_stops_growing_and_can_be_tidied": ("resources", REFUSED),
    "test_a_workspace_that_keeps_growing_ends_the_sandbox": ("resources", REFUSED),
}
"""Tests that are attempts or controls, and their group; network, files and privilege name theirs in each test's own."""
MODES = ("rootless", "root")
OPEN = (
    "What is shown can be photographed, retyped, copied by the clipboard, printed from the menu, or read aloud.",
    "A signed-in researcher can script the channel of a kernel up to the meter.",
    (
        "A call by STUN or TURN, and a connection opened ahead, are closed by `Connection-Allowlist`, which Chromium "
        "obeys from version 152. Elsewhere they are open: forbid WebRTC by the browser's own policy."
    ),
    "The number of files in a workspace is not limited.",
    "In rootless mode without a control group of one's own, cores are not held and memory is looked at once a second.",
)
Row = dict[tuple[str, str], str]
"""Kind and mode to outcome."""


@dataclass(slots=True)
class EnclaveEvidence:
    """Outcomes of one run."""

    groups: dict[str, dict[str, Row]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    skipped: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, nodeid: str, outcome: str, reason: str = "") -> None:
        """Take the outcome of one test, where it is an attempt or a control."""
        where, _, given = nodeid.partition("[")
        test = where.rpartition("::")[2]
        if test not in TESTS:
            return
        group, kind = TESTS[test]
        name = given.removesuffix("]")
        mode = next((one for one in MODES if re.search(rf"(^|-){one}(-|$)", name)), "")
        name = re.sub(r"^(root|rootless)-|-(root|rootless)$", "", name)
        name = "" if name in MODES else name
        if not group:
            group, _, name = name.partition(": ")
        words = test.removeprefix("test_").replace("_", " ")
        name = (
            name if group in ("network", "files", "privilege") or "browser" in group else f"{words}: {name}".strip(": ")
        )
        self.groups[group][name][kind, mode] = outcome
        if outcome == "skipped":
            self.skipped[reason] += 1

    def document(self) -> str:
        """Return the document."""
        version = "2" if Path("/sys/fs/cgroup/cgroup.controllers").exists() else "1"
        user = "root" if os.geteuid() == 0 else "not root"
        lines = [
            "# Enclave evidence",
            "",
            (
                f"Made by `make enclave-evidence`, run as {user}, on Linux {platform.release().split('-')[0]}, control "
                f"groups of version {version}, Python {platform.python_version()}; all passed or were skipped."
            ),
            "An attempt is tried inside a whole sandbox, or behind a whole door; a control is the same with its wall",
            "taken away, or what the wall must let pass, and has to get through.",
            "",
            "| group | attempts | refused, root | refused, rootless | refused, no mode | controls through | skipped |",
            "|---|---|---|---|---|---|---|",
        ]
        for group, rows in self.groups.items():
            tried = [row for row in rows.values() if any(kind == REFUSED for kind, _ in row)]
            counts = [sum(row.get((REFUSED, mode)) == "passed" for row in tried) for mode in ("root", "rootless", "")]
            through = sum(
                outcome == "passed" for row in rows.values() for (kind, _), outcome in row.items() if kind == CONTROL
            )
            left = sum(outcome == "skipped" for row in rows.values() for outcome in row.values())
            lines.append(f"| {group} | {len(tried)} | {counts[0]} | {counts[1]} | {counts[2]} | {through} | {left} |")
        lines += ["", "## Skipped", "", *(f"- {count}: {why}" for why, count in self.skipped.items())]
        lines += ["", "## Known open", "", *(f"- {one}" for one in OPEN)]
        for group, rows in self.groups.items():
            names = [name for name, row in rows.items() if any(kind == REFUSED for kind, _ in row)]
            lines += ["", f"## {group.capitalize()}", "", *(f"- {name}" for name in names)]
        return "\n".join(lines) + "\n"
