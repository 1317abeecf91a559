"""A process's own faults are told by where and of which kind, and hold nothing of whoever caused them."""

from __future__ import annotations

import io
import logging
import subprocess
import sys

from datalab.fault_log import A_MINUTE, FaultLog

UNCAUGHT = """
import asyncio, logging, threading, warnings
from datalab.fault_log import log_faults_only
log_faults_only()
logging.getLogger('aiohttp.server').error('Error %s', 'CHOSEN')
logging.getLogger('x').error('too few %s %s', 'CHOSEN')
warnings.warn('CHOSEN')
threading.Thread(target=lambda: {}['CHOSEN']).start()
async def main():
    asyncio.create_task(fail())
    await asyncio.sleep(0.1)
async def fail():
    raise ValueError('CHOSEN')
asyncio.run(main())
raise ValueError('CHOSEN')
"""


def _said(log: io.StringIO, tell: logging.Logger) -> str:
    try:
        {}["CHOSEN"]
    except KeyError:
        tell.exception("CHOSEN %s", "CHOSEN")
    return log.getvalue()


def test_a_fault_tells_where_and_of_which_kind_and_quotes_nothing() -> None:
    """A logged error gives its kind, the file and the line, and neither its message nor its arguments."""
    log, tell = io.StringIO(), logging.getLogger("told")
    tell.addHandler(FaultLog(log))

    said = _said(log, tell)

    assert "ERROR KeyError at tests/unit/test_fault_log.py:" in said
    assert "CHOSEN" not in said


def test_a_flood_of_faults_is_counted_and_not_written() -> None:
    """Past so many a minute faults are counted, and the count is told with the next minute's first."""
    log, tell, now = io.StringIO(), logging.getLogger("flooded"), [0.0]
    tell.addHandler(FaultLog(log, clock=lambda: now[0]))
    for _ in range(10_000):
        tell.error("x")
    length = len(log.getvalue())
    now[0] = 61
    tell.error("x")

    assert length < 100 * A_MINUTE
    assert f"{10_000 - A_MINUTE} further faults were left out." in log.getvalue()


def test_nothing_that_a_process_says_by_itself_quotes_what_it_was_sent() -> None:
    """Warnings, errors of threads and tasks, bad messages and what nobody caught are told without their words."""
    done = subprocess.run([sys.executable, "-c", UNCAUGHT], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "CHOSEN" not in done.stdout + done.stderr
    assert done.stderr.count("ERROR") >= 4
