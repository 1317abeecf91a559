"""A picture of findings: each with its interval, and a line where there would be no effect."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from notebooks.studies.study import Finding

WIDTH, ROW, LABELS, MARGIN = 860, 34, 500, 20
"""Pixels: of the picture, of a row, of the names, and around."""
FONT = 'font-family="sans-serif" font-size="13"'
DASHED = 'stroke="#888" stroke-dasharray="4 3"'


def chart(findings: Sequence[Finding], title: str) -> str:
    """Return findings as an SVG picture; those whose interval lies above the line are filled.

    Args:
        findings: with one common scale and one value without an effect, such as rate ratios.
        title: stands above, and describes the picture to those who do not see it.
    """
    most = max((one.interval.high for one in findings if math.isfinite(one.interval.high)), default=1.0)
    least = min(0.0, *(one.interval.low for one in findings))
    scale = (WIDTH - LABELS - MARGIN) / (most - least or 1.0)

    def place(value: float) -> float:
        return LABELS + (min(value, most) - least) * scale

    height = ROW * (len(findings) + 1) + 2 * MARGIN
    rows = [_row(one, place, ROW * (number + 1)) for number, one in enumerate(findings)]
    none = place(findings[0].none) if findings else LABELS
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" role="img" {FONT}>',
            f"<title>{escape(title)}</title>",
            f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
            f'<text x="{MARGIN / 2}" y="22" font-weight="bold">{escape(title)}</text>',
            f'<line x1="{none:.1f}" y1="{ROW}" x2="{none:.1f}" y2="{height - MARGIN - 8}" {DASHED}/>',
            *rows,
            *_ticks(least, most, place, height - MARGIN // 2),
            "</svg>",
            "",
        ]
    )


def _row(finding: Finding, place: Callable[[float], float], top: int) -> str:
    interval, middle = finding.interval, top + ROW / 2
    fill = "#1d70b8" if finding.found else "white"
    low, high, value = (place(end) for end in (interval.low, interval.high, interval.value))
    return (
        f"<g><title>{escape(f'{finding.name}: {interval}')}</title>"
        f'<text x="{MARGIN / 2}" y="{middle + 4}">{escape(finding.name)}</text>'
        f'<line x1="{low:.1f}" y1="{middle}" x2="{high:.1f}" y2="{middle}" stroke="#1d70b8" stroke-width="2"/>'
        f'<circle cx="{value:.1f}" cy="{middle}" r="5" fill="{fill}" stroke="#1d70b8" stroke-width="2"/></g>'
    )


def _ticks(least: float, most: float, place: Callable[[float], float], bottom: int) -> list[str]:
    """Return the whole numbers of the scale, at most about ten."""
    step = max(1, math.ceil((most - least) / 10))
    return [
        f'<text x="{place(number):.1f}" y="{bottom}" text-anchor="middle">{number}</text>'
        for number in range(math.ceil(least), math.floor(most) + 1, step)
    ]
