"""pip, run as the operator would run it, and what it says where it fails, without addresses."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from datalab.errors import PackageError

SECONDS = 1800
ADDRESS = re.compile(r"[a-z+]+://\S+")
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "PIP_EXTRA_INDEX_URL": ""}
"""So that nothing of the operator's settings leads to a registry where only the wheelhouse may be asked."""
QUIET = ("--disable-pip-version-check", "--no-input")
MOST_LINES = 6


def run_pip(*arguments: str, what: str, remedy: str, offline: bool) -> None:
    """Run pip.

    Args:
        arguments: a command of pip and its options.
        what: what did not happen where it fails, one sentence.
        remedy: what to do then.
        offline: whether pip may use the operator's own settings, and so a registry.

    Raises:
        PackageError: if pip fails; with its own words, less addresses.
    """
    kept = {name: value for name, value in os.environ.items() if not (offline and name.startswith("PIP_"))}
    done = subprocess.run(  # noqa: S603 - pip of this environment
        [sys.executable, "-m", "pip", *arguments, *QUIET],
        env=kept | (OFFLINE if offline else {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if _tells(line)]
        why = " ".join(ADDRESS.sub("(address)", line.strip()) for line in said[:MOST_LINES])
        raise PackageError(what, why=why or f"pip ended with status {done.returncode}.", remedy=remedy)


def _tells(line: str) -> bool:
    """Keep pip's errors and, in a conflict, who needs what."""
    return line.startswith("ERROR") or bool(re.match(r"\s+(?:\S+ .*depends on|The user requested)", line))
