"""Charts as SVG: one figure of an answer, a dot and its 95 % interval a cell, with both in figures beside it.

No script and no style attribute, so that the portal's strict content policy holds, and a notebook shows the same.
A title and a description say in words what is drawn; the same figures stand in a table beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from datalab.privacy.digits import significant

ROW, TOP, BOTTOM, LEFT, RIGHT, WIDTH = 28, 8, 34, 180, 170, 660
"""Pixels: height of a cell's row, space above and below the rows, width of labels and of figures, and of the whole."""
MOST = 60
"""Cells that are drawn; the table beside the chart has all of them."""
LETTERS = 20
"""Of a cell's label; the table has all of it."""
TICKS = 4
FONT = 'font-family="Helvetica, Arial, sans-serif" font-size="14" fill="currentColor"'
INK, PALE, GRID = "#1d70b8", "#8eb8dc", "#cecece"


def interval_chart(answer: Mapping[str, Any], measure: int) -> str:
    """Return a chart of one figure of an answer document; empty where there is nothing to draw.

    Args:
        answer: as `datalab.privacy.answer.answer_to_document` writes it.
        measure: place of the figure among `answer["measures"]`.
    """
    rows = [
        (", ".join(cell["keys"]) or "all", *cell["estimates"][measure])
        for cell in answer["cells"][:MOST]
        if cell["estimates"][measure][0] is not None
    ]
    ends = [end for _, *three in rows for end in three if end is not None]
    if not rows or max(ends) == min(ends) == 0:
        return ""
    ticks = _ticks(min(0, *ends), max(0, *ends))

    def x(value: float) -> float:
        share = (value - ticks[0]) / (ticks[-1] - ticks[0])
        return float(round(LEFT + share * (WIDTH - LEFT - RIGHT), 1))

    named = answer["measures"][measure]
    title = f"{named['name']} ({named['unit']})" if named["unit"] else named["name"]
    said = f"{len(rows)} cells: a dot is a noisy figure, a bar its 95 % interval. The table has the same figures."
    height = TOP + ROW * len(rows) + BOTTOM
    name = f"chart-{measure}"
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    parts = [
        f'<svg class="lab-chart" {size} role="img" aria-labelledby="{name}-t {name}-d" {FONT}>',
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(said)}</desc>',
        *_scale(ticks, x, height),
    ]
    for place, (label, value, low, high) in enumerate(rows):
        y = TOP + ROW * place + ROW // 2
        shown = label if len(label) <= LETTERS else f"{label[: LETTERS - 1]}…"
        parts.append(f'<text x="{LEFT - 10}" y="{y + 5}" text-anchor="end">{escape(shown)}</text>')
        figures = significant(value, 4)
        if low is not None and high is not None:
            parts.append(
                f'<line x1="{x(low)}" x2="{x(high)}" y1="{y}" y2="{y}" stroke="{PALE}" stroke-width="6"'
                ' stroke-linecap="round"/>'
            )
            figures = f"{significant(value, 4)} ({significant(low, 4)} to {significant(high, 4)})"
        parts.append(f'<circle cx="{x(value)}" cy="{y}" r="4.5" fill="{INK}"/>')
        parts.append(f'<text x="{WIDTH - RIGHT + 14}" y="{y + 5}">{figures}</text>')
    return "".join((*parts, "</svg>"))


def _ticks(least: float, most: float) -> list[float]:
    """Return round values that reach from `least` to `most`, about `TICKS` steps."""
    rough = (most - least) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * one for one in (1, 2, 2.5, 5, 10) if power * one >= rough)
    first, last = math.floor(least / step), math.ceil(most / step)
    return [step * number for number in range(first, last + 1)]


def _scale(ticks: Sequence[float], x: Callable[[float], float], height: int) -> Sequence[str]:
    parts = []
    for value in ticks:
        at = x(value)
        parts.append(f'<line x1="{at}" x2="{at}" y1="{TOP}" y2="{height - BOTTOM + 6}" stroke="{GRID}"/>')
        parts.append(f'<text x="{at}" y="{height - 10}" text-anchor="middle">{significant(value, 4)}</text>')
    return parts
