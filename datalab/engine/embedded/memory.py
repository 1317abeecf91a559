"""How much memory a question gets: little where it reads one dataset, so that memory does not grow with the rows.

DuckDB keeps what it has in memory until its limit, and then spills: under a limit that no question reaches, memory
grows with the units of a table. Counting within a small limit costs little time; joins and windows within it cost half
as much again, so they get all there is (ADR 0010).
"""

from __future__ import annotations

import os
import re

from datalab.privacy.plan import Plan

A_THREAD = 192
"""MB for each thread, for a question over one dataset; DuckDB's manual asks 125 MB for aggregates.

Where R cuts half of the people of 5 million rows, a count took a tenth less CPU than under 128 MB, and no less than
under 256 or 384."""
_UNITS = {"MB": 1, "GB": 10**3, "TB": 10**6}
_STATED = re.compile(r"(\d+(?:\.\d+)?) *([MGT]B)")


def memories(most: str, threads: int | None, plan: Plan) -> tuple[str, ...]:
    """Return the limits under which a plan is computed: the first, and the next where DuckDB has too little.

    Args:
        most: all there is, such as `2GB`; where it is stated in another way, or is less, it is the one limit.
        threads: threads of a statement; None means one a core.
        plan: what is computed.
    """
    stated = _STATED.fullmatch(most)
    little = A_THREAD * (threads or os.cpu_count() or 1)
    if len(plan.sources) > 1 or stated is None or float(stated[1]) * _UNITS[stated[2]] <= little:
        return (most,)
    return (f"{little}MB", most)
