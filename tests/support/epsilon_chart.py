"""A picture of what attackers proved beside what was claimed, one row a question: SVG by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, ROW, LABELS, MARGIN = 860, 22, 400, 20
"""Pixels: of the picture, of a row, of the names, and around."""
FONT = 'font-family="sans-serif" font-size="12"'
BLUE, RED, BLACK = "#1d70b8", "#d4351c", "#0b0c0c"
LEGEND = (
    (BLUE, "bar: proved by the attack"),
    (BLACK, "line: claimed"),
    (RED, "dot: least proved where broken on purpose"),
)


@dataclass(frozen=True, kw_only=True)
class Proved:
    """One question under attack."""

    what: str
    found: float | None
    """Epsilon that was proved at least; None where only a lab broken on purpose was attacked."""
    claimed: float
    broken: float | None
    """The least that was proved of labs broken on purpose."""


def epsilon_chart(attacks: Sequence[Proved]) -> str:
    """Return attacks as an SVG picture: a bar for what was proved, a line at the claim, a dot for the controls."""
    title = "Epsilon: proved by the best attacker, and claimed"
    most = max((max(one.claimed, one.found or 0, one.broken or 0) for one in attacks), default=1.0)
    height = ROW * (len(attacks) + 2) + 2 * MARGIN

    def place(value: float) -> float:
        return LABELS + max(value, 0.0) * (WIDTH - LABELS - 2 * MARGIN) / most

    rows = [_row(one, place, ROW * (number + 2)) for number, one in enumerate(attacks)]
    legend = [
        f'<text x="{MARGIN / 2 + 250 * number}" y="{height - MARGIN / 2}" fill="{colour}">{escape(says)}</text>'
        for number, (colour, says) in enumerate(LEGEND)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" role="img" {FONT}>',
            f"<title>{escape(title)}</title>",
            f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
            f'<text x="{MARGIN / 2}" y="20" font-weight="bold" font-size="13">{escape(title)}</text>',
            *rows,
            *legend,
            "</svg>",
            "",
        ]
    )


def _row(one: Proved, place: Callable[[float], float], top: float) -> str:
    middle, left, claim = top + ROW / 2, place(0), place(one.claimed)
    told = [f"claimed {one.claimed:.2f}"]
    shapes = [f'<text x="{LABELS - 8}" y="{middle + 4}" text-anchor="end">{escape(one.what)}</text>']
    if one.found is not None:
        right = place(one.found)
        told.append(f"proved {one.found:.2f}")
        shapes += [
            f'<rect x="{left:.1f}" y="{top + 4}" width="{max(right - left, 1):.1f}" height="{ROW - 8}" fill="{BLUE}"/>',
            f'<text x="{right + 5:.1f}" y="{middle + 4}">{one.found:.2f}</text>',
        ]
    shapes.append(
        f'<line x1="{claim:.1f}" y1="{top}" x2="{claim:.1f}" y2="{top + ROW}" stroke="{BLACK}" stroke-width="2"/>'
    )
    if one.broken is not None:
        told.append(f"broken on purpose at least {one.broken:.2f}")
        shapes.append(f'<circle cx="{place(one.broken):.1f}" cy="{middle}" r="5" fill="{RED}"/>')
    return f"<g><title>{escape(one.what)}: {'; '.join(told)}</title>{''.join(shapes)}</g>"
