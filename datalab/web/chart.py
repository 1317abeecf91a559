"""Charts as SVG: one figure of an answer, a dot and its 95 % interval a cell.

No script and no style attribute, so the strict content policy holds; a title and a description say in words what is
drawn; the same figures stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

ROW, TOP, BOTTOM, LEFT, WIDTH = 26, 8, 34, 190, 640
"""Pixels: height of a cell's row, space above and below the rows, width of labels, and of the whole."""
MOST = 60
"""Cells that are drawn; the table beside the chart has all of them."""
TICKS = 4


def interval_chart(answer: Mapping[str, Any], measure: int) -> str:
    """Return a chart of one figure of an answer document; empty where there is nothing to draw.

    Args:
        answer: as `datalab.privacy.answer.document` writes it.
        measure: place of the figure among `answer["measures"]`.
    """
    rows = [
        (", ".join(cell["keys"]) or "all", *cell["estimates"][measure])
        for cell in answer["cells"][:MOST]
        if cell["estimates"][measure][0] is not None
    ]
    ends = [end for _, value, low, high in rows for end in (value, low, high) if end is not None]
    if not rows or max(ends) == min(ends) == 0:
        return ""
    least, most = min(0, *ends), max(0, *ends)
    span = (most - least) or 1

    def x(value: float) -> float:
        return float(round(LEFT + (value - least) / span * (WIDTH - LEFT - 20), 1))

    named = answer["measures"][measure]
    unit = f" ({named['unit']})" if named["unit"] else ""
    title = f"{named['name']}{unit}"
    height = TOP + ROW * len(rows) + BOTTOM
    said = f"{len(rows)} cells: a dot is a noisy figure, a bar its 95 % interval. The table has the same figures."
    described = f'aria-labelledby="chart-{measure}-t chart-{measure}-d"'
    parts = [
        f'<svg class="lab-chart" viewBox="0 0 {WIDTH} {height}" role="img" {described}>',
        f'<title id="chart-{measure}-t">{escape(title)}</title><desc id="chart-{measure}-d">{escape(said)}</desc>',
        *_scale(least, most, x, height),
    ]
    for place, (label, value, low, high) in enumerate(rows):
        y = TOP + ROW * place + ROW // 2
        shown = label if len(label) <= 24 else f"{label[:23]}…"  # noqa: PLR2004 - what fits beside the chart
        parts.append(f'<text class="lab-chart-label" x="{LEFT - 8}" y="{y + 5}">{escape(shown)}</text>')
        if low is not None and high is not None:
            parts.append(f'<line class="lab-chart-bar" x1="{x(low)}" x2="{x(high)}" y1="{y}" y2="{y}"/>')
        parts.append(f'<circle class="lab-chart-dot" cx="{x(value)}" cy="{y}" r="5"/>')
    return "".join((*parts, "</svg>"))


def _scale(least: float, most: float, x: Any, height: int) -> Sequence[str]:  # noqa: ANN401 - a function of a figure
    parts = []
    for step in range(TICKS + 1):
        value = least + (most - least) * step / TICKS
        at = x(value)
        parts.append(f'<line class="lab-chart-grid" x1="{at}" x2="{at}" y1="{TOP}" y2="{height - BOTTOM + 6}"/>')
        parts.append(f'<text class="lab-chart-tick" x="{at}" y="{height - 10}">{value:,.4g}</text>')
    return parts


def share_bar(spent: float, granted: float) -> str:
    """Return a bar of how much of a budget is spent, for a page that says it in words as well."""
    share = 0.0 if granted <= 0 else min(1.0, spent / granted)
    return (
        '<svg class="lab-bar" viewBox="0 0 200 12" role="img" aria-hidden="true">'
        '<rect class="lab-bar-all" x="0" y="0" width="200" height="12"/>'
        f'<rect class="lab-bar-spent" x="0" y="0" width="{round(200 * share, 1)}" height="12"/></svg>'
    )
