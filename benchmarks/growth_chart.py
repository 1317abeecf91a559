"""A picture of growth: CPU seconds and peak memory by rows, both scales logarithmic, beside a line of linear growth."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 430, 330, 60, 20, 40, 50
"""Pixels: of one of the two panels, and around what it shows."""
COLOURS = {"embedded": "#1d70b8", "Spark": "#d4351c"}
DASHES = {"count": "", "sum": "6 3", "median": "2 3"}
FONT = 'font-family="sans-serif" font-size="12"'
GREY = "#888"
Place = Callable[[float], float]


def chart(results: Sequence[dict[str, Any]]) -> str:
    """Return the results as an SVG picture; those of one heavy person, and what failed, are left out."""
    shown = [one for one in results if not one["heavy"] and "cannot" not in one]
    title = "Time grows no faster than the rows, and memory stays within its limit"
    panels = [
        _panel(shown, "cpu", "CPU seconds of one answer", 0, linear=True),
        _panel(shown, "memory", "peak memory of the process tree, MB", WIDTH, linear=False),
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * WIDTH}" height="{HEIGHT + 30}" role="img" {FONT}>',
            f"<title>{title}</title>",
            f'<rect width="{2 * WIDTH}" height="{HEIGHT + 30}" fill="white"/>',
            *panels,
            *_legend(shown),
            "</svg>",
            "",
        ]
    )


def _panel(results: Sequence[dict[str, Any]], name: str, title: str, left: int, *, linear: bool) -> str:
    rows = sorted({one["rows"] for one in results})
    values = [one[name] for one in results]
    low, high = 10 ** math.floor(math.log10(min(values))), 10 ** math.ceil(math.log10(max(values)))
    across = _scale(rows[0], rows[-1], left + LEFT, left + WIDTH - RIGHT)
    up = _scale(low, high, HEIGHT - BOTTOM, TOP)
    parts = [f'<text x="{left + LEFT}" y="22" font-weight="bold">{escape(title)}</text>']
    parts += [_text(across(number), HEIGHT - BOTTOM + 18, f"{number / 1e6:g}M", "middle") for number in rows]
    tick = low
    while tick <= high:
        parts.append(_line([(left + LEFT, up(tick)), (left + WIDTH - RIGHT, up(tick))], "#ddd", ""))
        parts.append(_text(left + LEFT - 6, up(tick) + 4, f"{tick:g}", "end"))
        tick *= 10
    parts.append(_text(left + (WIDTH + LEFT) / 2, HEIGHT - BOTTOM + 36, "rows", "middle"))
    if linear:
        start = max(low, min(one[name] for one in results if one["rows"] == rows[0]))
        reach = min(rows[-1], rows[0] * high / start)
        ends = [(across(rows[0]), up(start)), (across(reach), up(start * reach / rows[0]))]
        parts += [_line(ends, GREY, "1 4"), _text(ends[1][0], ends[1][1] - 6, "linear", "end")]
    for (engine, question), points in _series(results, name).items():
        parts.append(_line([(across(x), up(y)) for x, y in points], COLOURS[engine], DASHES.get(question, "8 2 2 2")))
        for x, y in points:
            told = f"<title>{escape(f'{question}, {engine}, {x:,} rows: {y:.2f}')}</title>"
            parts.append(
                f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3" fill="{COLOURS[engine]}">{told}</circle>'
            )
    return "\n".join(parts)


def _series(results: Sequence[dict[str, Any]], name: str) -> dict[tuple[str, str], list[tuple[int, float]]]:
    found: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for one in sorted(results, key=lambda one: one["rows"]):
        found.setdefault((one["engine"], one["question"]), []).append((one["rows"], one[name]))
    return found


def _legend(results: Sequence[dict[str, Any]]) -> list[str]:
    parts = []
    for place, (engine, question) in enumerate(_series(results, "cpu")):
        x = LEFT + place * 130
        ends = [(x, HEIGHT + 12), (x + 30, HEIGHT + 12)]
        parts.append(_line(ends, COLOURS[engine], DASHES.get(question, "8 2 2 2")))
        parts.append(_text(x + 36, HEIGHT + 16, f"{question}, {engine}", "start"))
    return parts


def _scale(low: float, high: float, start: float, end: float) -> Place:
    width = math.log(high / low) or 1.0
    return lambda value: start + (end - start) * math.log(value / low) / width


def _line(points: Sequence[tuple[float, float]], colour: str, dashes: str) -> str:
    listed = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{listed}" fill="none" stroke="{colour}" stroke-width="1.5"{dashed}/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
