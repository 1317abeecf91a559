"""Which rows of a unit count, as DuckDB steps over what was counted by unit and cell.

What they mean is written in `datalab.engine.reference.bounding`.
"""

from __future__ import annotations

from collections.abc import Mapping

from datalab.engine.counter import Counter, counters
from datalab.engine.embedded.coding import Coding
from datalab.engine.embedded.rows import RowSteps
from datalab.privacy.plan import Part

WORDS = 4
"""Words of 64 bits by which units with few rows a cell are told from those with many."""

UNIT_HASH = "hash_unit"
"""Hash function of a unit's text: where the hashes of its cells begin, so that a unit's text is read once."""
NTH_HASH = "hash_nth"
"""Hash function of a unit's turn in a cell and a row's number (`datalab.engine.order.nth_hash`)."""
BLOCK = 65_536
"""Rows that are numbered at once."""
SAME = "ON counted.unit IS NOT DISTINCT FROM beyond.unit"
"""Rows without a unit are one unit's, so a missing unit must match itself."""


def perhaps_beyond(asked: tuple[Counter, ...], rows: str) -> str | None:
    """Return a query of the units that some counter could cut, and of few others, or None where nearly all could be.

    Each comes with how many rows it has, as `n`.

    Of every other unit all rows count, so its rows need not be grouped by unit and cell, which is what costs time; of
    a sum over n rows of which all are kept, all counts. Each counter sees some of the rows, and so cuts no other units.
    Each row sets one of 64 x `WORDS` bits of its unit, the same for all rows of a cell. A unit with more rows in a cell
    than its cap has rows in at most n - cap cells, so one that has more bits set has no such cell. Bins that share a
    cap are one cell.
    """
    cap, limit = min(one.cap for one in asked), min(one.limit for one in asked)
    if cap >= limit:
        return f"SELECT unit, count(*) AS n FROM {rows} GROUP BY unit HAVING count(*) > {limit}"
    if cap == 1:
        return None
    cell = _cell(asked[0])
    words = [
        f"bit_or(CASE WHEN ({cell} >> 6) % {WORDS} = {i} THEN 1::UBIGINT << ({cell} & 63)::UBIGINT ELSE 0::UBIGINT END)"
        for i in range(WORDS)
    ]
    bits = " + ".join(f"bit_count({word})" for word in words)
    full = f"count(*) > {cap} AND {bits} <= count(*) - {cap}"
    return f"SELECT unit, count(*) AS n FROM {rows} GROUP BY unit HAVING count(*) > {limit} OR ({full})"


def kept(parts: tuple[Part, ...], coding: Coding, steps: RowSteps, hash_cell: str, *, numbered: bool) -> str:
    """Add for each counter how many of its rows are kept: at most its cap a cell and R a unit, in hash order."""
    if counters(parts)[0].by_rows:
        return _drawn(parts, coding, steps, hash_cell, numbered=numbered)
    most = {name: f"least({coding.counts[one.filter]}, {one.cap})" for one, name in kept_names(parts).items()}
    ordered = {name: one.limit for one, name in kept_names(parts).items() if one.ordered}
    whole = ", ".join(["*", *(f"{amount} AS {name}" for name, amount in most.items())])
    if not ordered:
        return steps.step("kept", f"SELECT {whole} FROM counted")
    beyond = " OR ".join(f"sum({most[name]}) > {limit}" for name, limit in ordered.items())
    long = _beyond(f"SELECT unit FROM counted GROUP BY unit HAVING {beyond}", steps, numbered=numbered)
    window = f"PARTITION BY unit ORDER BY {hash_cell}(begun, place) ROWS UNBOUNDED PRECEDING"
    cut = {
        name: f"greatest(0, least({amount}, {ordered[name]} - (sum({amount}) OVER ({window}) - {amount})))"
        if name in ordered
        else amount
        for name, amount in most.items()
    }
    cuts = ["* EXCLUDE (begun)", *(f"{amount} AS {name}" for name, amount in cut.items())]
    return steps.step(
        "kept",
        f"SELECT {whole} FROM counted ANTI JOIN beyond {SAME} UNION ALL SELECT {', '.join(cuts)} FROM ({long})",
    )


def _beyond(units: str, steps: RowSteps, *, numbered: bool) -> str:
    """Write the step `beyond` of these units, and return a query of what was counted of them, with their hashes."""
    text, named = ("text", " JOIN units USING (unit)") if numbered else ("unit", "")
    hashed = f"SELECT unit, {UNIT_HASH}({text}) AS begun FROM ({units}){named}"
    steps.step("beyond", hashed, stored=True)
    return f"SELECT counted.*, begun FROM counted JOIN beyond {SAME}"


def _drawn(parts: tuple[Part, ...], coding: Coding, steps: RowSteps, hash_cell: str, *, numbered: bool) -> str:
    """Do the same where cells have bins: the rows of units that have too many are numbered and drawn one by one."""
    names = {name: (one, coding.counts[one.filter]) for one, name in kept_names(parts).items()}
    cell = _cell(counters(parts)[0])
    sums = ", ".join(f"sum({count}) AS {name}" for name, (_, count) in names.items())
    over = " OR ".join(
        f"max({name}) > {one.cap} OR sum(least({name}, {one.cap})) > {one.limit}" for name, (one, _) in names.items()
    )
    by_cell = f"SELECT unit, {sums} FROM counted GROUP BY unit, {cell}"
    long = _beyond(f"SELECT unit FROM ({by_cell}) GROUP BY unit HAVING {over}", steps, numbered=numbered)
    counts = ", ".join(dict.fromkeys(count for _, count in names.values()))
    most = f"greatest({counts})"
    in_turn = f"SELECT unit, place, {counts}, {hash_cell}(begun, place) AS turn FROM ({long}) WHERE {most} > 0"
    # In blocks, so that no list is as long as the rows that one unit may have.
    blocks = f"SELECT *, unnest(range(0, {most}::BIGINT, {BLOCK})) AS block FROM ({in_turn})"
    rows = f"SELECT *, block + unnest(range(1, least({most}::BIGINT - block, {BLOCK}) + 1)) AS number FROM ({blocks})"
    steps.step("one_by_one", f"SELECT *, {NTH_HASH}(turn, number) AS draw FROM ({rows})", stored=True)
    first = [_first(f"number <= {count}", f"unit, {cell}", one.cap, needed=one.capped) for one, count in names.values()]
    capped = ", ".join(f"{rule} AS {name}" for name, rule in zip(names, first, strict=True))
    then = {name: _first(name, "unit", one.limit, needed=one.ordered) for name, (one, _) in names.items()}
    cut = ", ".join(f"({rule})::BIGINT AS {name}" for name, rule in then.items())
    whole = ", ".join(f"{count} AS {name}" for name, (_, count) in names.items())
    return steps.step(
        "kept",
        f"SELECT place, {whole} FROM counted ANTI JOIN beyond {SAME} UNION ALL "
        f"SELECT place, {cut} FROM (SELECT unit, place, draw, {capped} FROM one_by_one)",
    )


def _first(condition: str, by: str, most: int, *, needed: bool) -> str:
    """Return a condition on rows that holds of the first so many of those of which another holds."""
    if not needed:
        return condition
    return f"{condition} AND row_number() OVER (PARTITION BY {by}, {condition} ORDER BY draw) <= {most}"


def _cell(counter: Counter) -> str:
    """Return the number of the cell whose cap a place shares: places of the bins of one cell follow each other."""
    return "place" if counter.together == 1 else f"(place // {counter.together})"


def kept_names(parts: tuple[Part, ...]) -> Mapping[Counter, str]:
    """Return under which name the rows that each counter keeps are counted."""
    return {one: f"k{i}" for i, one in enumerate(counters(parts))}
