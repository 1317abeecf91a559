"""Collect what became of every escape attempt and its control, and write docs/enclave-evidence.md."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

REFUSED, CONTROL = "refused", "control"
GROUPS = {
    "network": "Programs in a sandbox, in a closed network of the test's own; control: that network is shared.",
    "files": "Programs in a sandbox beside a house full of secrets; control: the house is mounted, or writable.",
    "privilege": "Programs that ask the kernel for more; control: no filter of calls, or every privilege.",
    "doors": "Programs that reach for other sandboxes' sockets; control: the host's folders are mounted.",
    "replay": "What was captured, sent again; what is good for once, used twice; control: once, or past the door.",
    "resources": "Programs that ask for too much; control: the same where the limit is higher.",
    "lab door": "Requests and answers at the door between browser and sandbox; control: what JupyterLab needs passes.",
    "gate": "Calls from the sandbox to hub and release service; control: what a lab's server must tell the hub passes.",
    "sign-in": "Addresses of hub and portal asked to lead elsewhere, in a whole lab; control: they lead on within it.",
    "browser, Chromium": "Hostile pages in the portal's frame behind the door; control: the same page bare.",
    "browser, Firefox": "The decisive ones of these again, in the other browser.",
    "notebook": "A hostile workspace under JupyterLab in the sandbox; control: the same under a bare JupyterLab.",
    "Spark": "A real Spark session in a sandbox; control: the same session without the walls.",
}
"""Every group, in the order of the document, and how it is tried."""
TESTS: dict[str, tuple[str, str]] = {
    "test_the_walls_refuse": ("", REFUSED),
    "test_without_its_wall_the_attempt_gets_through": ("", CONTROL),
    "test_spark_is_held": ("Spark", REFUSED),
    "test_spark_gets_through_without_walls": ("Spark", CONTROL),
    "test_the_lab_holds_a_hostile_workspace": ("notebook", REFUSED),
    "test_a_bare_jupyterlab_carries_it_out": ("notebook", CONTROL),
    "test_signing_in_leads_nowhere_else": ("sign-in", REFUSED),
    "test_signing_in_leads_on_within_the_lab": ("sign-in", CONTROL),
    "test_chromium_carries_nothing_away": ("browser, Chromium", REFUSED),
    "test_chromium_would_carry_it_away_without_the_walls": ("browser, Chromium", CONTROL),
    "test_a_gesture_in_chromium_carries_nothing_away": ("browser, Chromium", REFUSED),
    "test_a_gesture_in_chromium_would_without_the_guard": ("browser, Chromium", CONTROL),
    "test_a_gesture_in_firefox_carries_nothing_away": ("browser, Firefox", REFUSED),
    "test_a_gesture_in_firefox_would_without_the_guard": ("browser, Firefox", CONTROL),
    "test_what_is_no_page_is_not_shown_or_saved_by_a_link": ("lab door", REFUSED),
    "test_firefox_carries_nothing_away": ("browser, Firefox", REFUSED),
    "test_firefox_would_carry_it_away_without_the_walls": ("browser, Firefox", CONTROL),
    "test_what_leads_out_is_refused_at_the_door": ("lab door", REFUSED),
    "test_what_jupyterlab_needs_passes": ("lab door", CONTROL),
    "test_a_request_in_a_request_is_refused": ("lab door", REFUSED),
    "test_an_honest_body_passes_whole": ("lab door", CONTROL),
    "test_a_body_past_the_limit_is_refused": ("lab door", REFUSED),
    "test_a_file_does_not_come_in_by_the_editors_way": ("lab door", REFUSED),
    "test_what_an_editor_saves_passes": ("lab door", CONTROL),
    "test_a_slow_head_is_cut_off": ("lab door", REFUSED),
    "test_what_a_page_could_ask_for_is_refused": ("lab door", REFUSED),
    "test_the_lab_in_its_frame_is_shown": ("lab door", CONTROL),
    "test_a_hostile_answer_does_not_pass": ("lab door", REFUSED),
    "test_an_honest_cookie_and_redirect_pass": ("lab door", CONTROL),
    "test_another_site_gets_no_channel": ("lab door", REFUSED),
    "test_what_is_no_frame_ends_the_channel": ("lab door", REFUSED),
    "test_messages_pass_unchanged_in_both_directions": ("lab door", CONTROL),
    "test_a_message_past_the_limit_is_left_out_and_told": ("resources", REFUSED),
    "test_a_message_that_grows_too_long_part_by_part_ends_the_channel": ("resources", REFUSED),
    "test_the_window_is_closed_by_what_was_shown_and_outlives_the_sandbox": ("resources", REFUSED),
    "test_large_answers_are_refused_or_cut": ("resources", REFUSED),
    "test_the_release_service_hears_the_doors_name_and_no_other": ("gate", REFUSED),
    "test_nothing_else_of_the_hub_or_of_the_lab_is_open": ("gate", REFUSED),
    "test_the_hub_hears_of_no_other_lab_and_nothing_that_it_would_log": ("gate", REFUSED),
    "test_a_question_past_the_limit_is_refused": ("gate", REFUSED),
    "test_a_question_that_does_not_come_is_given_up": ("gate", REFUSED),
    "test_open_questions_do_not_fill_the_hosts_memory": ("gate", REFUSED),
    "test_what_a_sandbox_sends_is_in_no_log_of_the_host": ("gate", REFUSED),
    "test_an_honest_question_passes": ("gate", CONTROL),
    "test_a_captured_request_of_another_door_is_asked_as_oneself": ("replay", REFUSED),
    "test_a_request_of_another_door_is_heard_as_its_own_past_the_gate": ("replay", CONTROL),
    "test_an_invitation_is_good_for_one_use_three_days_and_until_the_next": ("replay", REFUSED),
    "test_a_code_is_asked_for_once_it_was_set_up_and_is_good_for_once": ("replay", REFUSED),
    "test_an_invited_person_chooses_a_password_and_signs_in": ("replay", CONTROL),
    "test_a_flood_of_questions_is_slowed_down": ("gate", REFUSED),
    "test_the_hub_hears_what_a_server_must_tell_it": ("gate", CONTROL),
    "test_a_limit_bites_and_the_lab_goes_on": ("resources", REFUSED),
    "test_within_its_limit_the_same_works": ("resources", CONTROL),
    "test_a_full_workspace_stops_growing_and_can_be_tidied": ("resources", REFUSED),
    "test_a_workspace_that_keeps_growing_ends_the_sandbox": ("resources", REFUSED),
    "test_a_workspace_of_any_shape_is_no_lock_out": ("resources", REFUSED),
    "test_files_without_a_byte_are_counted": ("resources", REFUSED),
    "test_within_its_quota_a_workspace_is_filled": ("resources", CONTROL),
}
"""Tests that are attempts or controls, and their group; network, files and privilege name theirs in each test's own."""
CONTROLLED_BY: dict[str, str] = {
    "test_what_leads_out_is_refused_at_the_door": "test_what_jupyterlab_needs_passes",
    "test_a_slow_head_is_cut_off": "test_what_jupyterlab_needs_passes",
    "test_large_answers_are_refused_or_cut": "test_what_jupyterlab_needs_passes",
    "test_a_request_in_a_request_is_refused": "test_an_honest_body_passes_whole",
    "test_a_body_past_the_limit_is_refused": "test_an_honest_body_passes_whole",
    "test_a_file_does_not_come_in_by_the_editors_way": "test_what_an_editor_saves_passes",
    "test_what_a_page_could_ask_for_is_refused": "test_the_lab_in_its_frame_is_shown",
    "test_what_is_no_page_is_not_shown_or_saved_by_a_link": "test_the_lab_in_its_frame_is_shown",
    "test_a_hostile_answer_does_not_pass": "test_an_honest_cookie_and_redirect_pass",
    "test_another_site_gets_no_channel": "test_messages_pass_unchanged_in_both_directions",
    "test_what_is_no_frame_ends_the_channel": "test_messages_pass_unchanged_in_both_directions",
    "test_a_message_past_the_limit_is_left_out_and_told": "test_messages_pass_unchanged_in_both_directions",
    "test_a_message_that_grows_too_long_part_by_part_ends_the_channel": (
        "test_messages_pass_unchanged_in_both_directions"
    ),
    "test_the_window_is_closed_by_what_was_shown_and_outlives_the_sandbox": "test_what_jupyterlab_needs_passes",
    "test_a_full_workspace_stops_growing_and_can_be_tidied": "test_within_its_quota_a_workspace_is_filled",
    "test_a_workspace_that_keeps_growing_ends_the_sandbox": "test_within_its_quota_a_workspace_is_filled",
    "test_a_workspace_of_any_shape_is_no_lock_out": "test_within_its_quota_a_workspace_is_filled",
    "test_files_without_a_byte_are_counted": "test_within_its_quota_a_workspace_is_filled",
    "test_signing_in_leads_nowhere_else": "test_signing_in_leads_on_within_the_lab",
    "test_nothing_else_of_the_hub_or_of_the_lab_is_open": "test_the_hub_hears_what_a_server_must_tell_it",
    "test_the_hub_hears_of_no_other_lab_and_nothing_that_it_would_log": "test_the_hub_hears_what_a_server_must_tell_it",
    "test_the_release_service_hears_the_doors_name_and_no_other": (
        "test_a_request_of_another_door_is_heard_as_its_own_past_the_gate"
    ),
    "test_a_captured_request_of_another_door_is_asked_as_oneself": (
        "test_a_request_of_another_door_is_heard_as_its_own_past_the_gate"
    ),
    "test_a_question_past_the_limit_is_refused": "test_an_honest_question_passes",
    "test_a_question_that_does_not_come_is_given_up": "test_an_honest_question_passes",
    "test_a_flood_of_questions_is_slowed_down": "test_an_honest_question_passes",
    "test_open_questions_do_not_fill_the_hosts_memory": "test_an_honest_question_passes",
    "test_what_a_sandbox_sends_is_in_no_log_of_the_host": "test_an_honest_question_passes",
    "test_an_invitation_is_good_for_one_use_three_days_and_until_the_next": (
        "test_an_invited_person_chooses_a_password_and_signs_in"
    ),
    "test_a_code_is_asked_for_once_it_was_set_up_and_is_good_for_once": (
        "test_an_invited_person_chooses_a_password_and_signs_in"
    ),
}
"""Attempts whose control is another test's, and which: the same without the trick, which has to pass."""
SHARED = ("lab door", "gate", "resources", "replay")
"""Groups where several tests have attempts, so that a name alone would not say of what."""
NAMED = ("test_a_limit_bites_and_the_lab_goes_on", "test_within_its_limit_the_same_works")
"""Tests of these groups whose names say it."""
MODES = ("rootless", "root")
OPEN = (
    "What is shown can be photographed, retyped, read aloud, or printed from the browser's menu.",
    "What is shown can be selected and copied by the clipboard, as far as the meter lets it be shown.",
    "A signed-in researcher can script the channel of a kernel up to the meter.",
    (
        "Who wants to save what the lab shows can: by the browser's own menus and tools, by Shift and the right button "
        "in Firefox, or with a browser that runs another script before the guard. The agencies' browser policies "
        "(docs/enclave.md) close downloads, printing and other addresses on machines that an agency manages. What may "
        "be saved is what was sent to the browser, which is metered."
    ),
    (
        "A connection opened ahead is closed by `Connection-Allowlist`, which Chromium obeys from version 152; "
        "elsewhere the door takes the tags that open one out of pages and outputs, and a program that ran could open "
        "one, whose port or name tells something. Where an operator lets programs of outputs run, calls between "
        "browsers (WebRTC) are closed by the guard before each page alone, for no header closes those to a candidate: "
        "the ways to a window without the guard that are known are closed (docs/enclave.md), and one that a browser "
        "adds would be open: leave `output_programs` closed."
    ),
    (
        "A researcher can paste text into a notebook, save it as a notebook or as a text file of up to 1 MiB, or send "
        "it over a kernel's channel by a script, and data or programs written as text (base64 among them) so come "
        "beside the view without the checks of the way in."
    ),
    (
        "Within one sandbox a researcher's code can overwrite their own JupyterLab server by `/proc/<pid>/mem`: the "
        "server is taken as hostile, and the doors outside it hold."
    ),
    (
        "A script in the lab's frame can set cookies for the lab's parent domain, which the browser then sends to "
        "every host below that domain, and which can lock that browser out until cookies are cleared: give the lab a "
        "registrable domain of its own, below which no one else has a host."
    ),
    (
        "Two sandboxes whose researchers work together can signal by file locks (flock) on shared read-only system "
        "files, and by load; events of such files (inotify, fanotify, dnotify, leases) are "
        "refused."
    ),
    (
        "Titles of requests show about 200 characters each on the portal's page outside the meter, as fast as the "
        "gate lets requests pass."
    ),
    "In rootless mode without a control group of one's own, cores are not held and memory is looked at once a second.",
    "In rootless mode every sandbox is the same user of the host: namespaces alone stand between two of them.",
)
PROGRAMS = {
    "bubblewrap": ("bwrap", "--version"),
    "Chromium": ("chromium", "--version"),
    "Firefox": ("firefox-esr", "--version"),
    "Java": ("java", "-version"),
}
Row = dict[tuple[str, str], str]
"""Kind and mode to outcome."""


def _version(*command: str) -> str:
    """Return the number that a program says of itself."""
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except OSError:
        return "absent"
    found = re.search(r"\d+(\.\d+)+\w*", said.stdout + said.stderr)
    return found[0] if found else "unknown"


@dataclass(slots=True)
class EnclaveEvidence:
    """Outcomes of one run."""

    groups: dict[str, dict[str, Row]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    reasons: dict[tuple[str, str], str] = field(default_factory=dict)
    """Group and name to why something of it was skipped."""
    passed: set[str] = field(default_factory=set)
    """Tests that are controls and got through; a run with one that did not writes nothing."""
    shared: dict[tuple[str, str], str] = field(default_factory=dict)
    """Group and name to the test that is its control."""

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
        title = name if group not in SHARED or test in NAMED else f"{words}: {name}".strip(": ")
        self.groups[group][title][kind, mode] = outcome
        if kind == CONTROL and outcome == "passed":
            self.passed.add(test)
        if test in CONTROLLED_BY:
            self.shared[group, title] = CONTROLLED_BY[test]
        if outcome == "skipped":
            self.reasons[group, f"control of {title}" if kind == CONTROL else title] = reason

    def document(self) -> str:
        """Return the document."""
        tried = sum(any(kind == REFUSED for kind, _ in row) for rows in self.groups.values() for row in rows.values())
        lines = [
            "# Enclave evidence",
            "",
            f"Made by `make enclave-evidence`; {tried} attempts. {_machine()}",
            "",
            "An attempt is tried inside a whole sandbox, or behind a whole door. A control is the same with its wall",
            "taken away, or the same without the trick; it has to get through. A document is only written where every",
            "attempt was refused and every control got through, or was skipped with a reason. What is known to be open",
            "is listed below. Network attempts reach for listeners of the tests' own, on loopback or in a network that",
            "leads nowhere; names and addresses of elsewhere come from the documentation ranges.",
            "",
            "| group | tried | refused, root mode | refused, rootless mode | refused, one mode | controls through |",
            "|---|---|---|---|---|---|",
        ]
        for group, rows in self._ordered():
            attempts = [row for row in rows.values() if any(kind == REFUSED for kind, _ in row)]
            counts = [
                sum(row.get((REFUSED, mode)) == "passed" for row in attempts) for mode in ("root", "rootless", "")
            ]
            through = sum(self._controlled(group, name) for name, row in rows.items() if _is_attempt(row))
            shown = [str(count or "") for count in counts]
            lines.append(f"| {group} | {len(attempts)} | {' | '.join(shown)} | {through} |")
        lines += ["", "## Known open", "", *(f"- {one}" for one in OPEN)]
        lines += ["", "## Skipped in this run", ""]
        lines += [f"- {group}: {name}: {why}" for (group, name), why in self.reasons.items()] or ["Nothing."]
        for group, rows in self._ordered():
            names = [name + self._control(group, name) for name, row in rows.items() if _is_attempt(row)]
            heading = group[0].upper() + group[1:]
            lines += ["", f"## {heading}", "", GROUPS[group], "", *(f"- {name}" for name in names)]
        return "\n".join(lines) + "\n"

    def _controlled(self, group: str, name: str) -> bool:
        """Say whether the control of an attempt got through: its own, or the one that it shares."""
        own = any(kind == CONTROL and outcome == "passed" for (kind, _), outcome in self.groups[group][name].items())
        return own or self.shared.get((group, name)) in self.passed

    def _control(self, group: str, name: str) -> str:
        shared = self.shared.get((group, name), "")
        return f" (control: {shared.removeprefix('test_').replace('_', ' ')})" if shared else ""

    def _ordered(self) -> list[tuple[str, dict[str, Row]]]:
        return [(group, self.groups[group]) for group in GROUPS if group in self.groups]


def _is_attempt(row: Row) -> bool:
    return any(kind == REFUSED for kind, _ in row)


def _machine() -> str:
    """Say on what it ran: kernel and programs, and nothing that names the machine."""
    groups = "2" if Path("/sys/fs/cgroup/cgroup.controllers").exists() else "1"
    user = "root (root mode, and rootless mode as nobody)" if os.geteuid() == 0 else "a user who is not root"
    programs = [f"{name} {_version(*command)}" for name, command in PROGRAMS.items()]
    packages = [f"{name} {version(name)}" for name in ("jupyterhub", "jupyterlab", "pyspark")]
    return (
        f"Run as {user}, on Linux {platform.release().split('-')[0]} ({platform.machine()}) with control groups of "
        f"version {groups}, Python {platform.python_version()}, {', '.join([*programs, *packages])}."
    )
