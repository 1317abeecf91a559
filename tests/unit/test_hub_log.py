"""What the hub's log holds: what happened, and no token and no word of a lab's."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from infra.hub.log_filter import A_MINUTE, LONGEST, Brief

APPLICATION = """
import logging
from jupyterhub.app import JupyterHub
hub = JupyterHub()
hub.logging_config = {
    "filters": {"brief": {"()": "infra.hub.log_filter.Brief"}},
    "handlers": {"console": {"filters": ["brief"]}},
}
hub.init_logging()
logging.getLogger('tornado.general').warning('404 GET /hub/enrol?token=SECRET (127.0.0.1): void')
hub.log.warning('seen')
"""


def record(text: str, *values: object) -> logging.LogRecord:
    """Return what a logger would write."""
    return logging.LogRecord("x", logging.WARNING, __file__, 1, text, values, None)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("%d GET %s (127.0.0.1): This invitation cannot be used", (404, "/hub/enrol?token=SECRET")),
        ("404 GET /hub/enrol?a=b&token=SECRET (@127.0.0.1) 3ms", ()),
        ("302 GET / -> http://lab/x?state=SECRET (ann@127.0.0.1)", ()),
        ("No such server\nSECRET", ()),
        ("Failed to poll the server of ann: %s", (ValueError("SECRET"),)),
        ("Failed to poll the server of %(name)s: %(why)r", ({"name": "ann", "why": ValueError("SECRET")},)),
    ],
)
def test_an_address_is_written_up_to_its_question_mark(text: str, values: tuple[object, ...]) -> None:
    """Whichever way an address is logged, what follows its question mark is left out, and what happened is kept."""
    said = record(text, *values)

    assert Brief().filter(said)
    assert "SECRET" not in said.getMessage()
    assert len(said.getMessage()) > 10


def test_lines_have_a_length_and_a_minute_has_a_number_of_them() -> None:
    """A long line is cut, and a flood of lines is left out until the next minute."""
    now = [0.0]
    brief = Brief(clock=lambda: now[0])
    long = record("x" * 10_000)
    kept = [brief.filter(long), *(brief.filter(record("y")) for _ in range(A_MINUTE + 5))]
    now[0] = 61

    assert len(long.getMessage()) == LONGEST
    assert sum(kept) == A_MINUTE
    assert brief.filter(record("z"))


def test_the_hub_itself_writes_by_it() -> None:
    """JupyterHub's own logger and Tornado's pass through the filter as the lab configures them."""
    repository = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", APPLICATION],
        env={"PYTHONPATH": repository, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "GET /hub/enrol?[left out]" in done.stderr, done.stderr
    assert "seen" in done.stderr
    assert "SECRET" not in done.stderr
