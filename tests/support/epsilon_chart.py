"""A picture of what attackers proved beside what was claimed, one row a question: SVG by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, ROW, LABELS, MARGIN = 860, 22, 420, 20
"""Pixels: of the picture, of a row, of the names, and around."""
FONT = 'font-family="sans-serif" font-size="12"'
BLUE, RED, GREY = "#1d70b8", "#d4351c", "#505a5f"


@dataclass(frozen=True, kw_only=True)
class Proved:
    """One attack: the epsilon that it proved at least, and the one that was claimed."""

    what: str
    found: float
    claimed: float
    control: bool


def epsilon_chart(attacks: Sequence[Proved]) -> str:
    """Return attacks as an SVG picture: bars up to what was proved, a line at the claim; controls go beyond it."""
    title = "Epsilon that the best attacker proved (bars), and the epsilon that was claimed (dashed line)"
    most = max((max(one.found, one.claimed) for one in attacks), default=1.0)
    height = ROW * (len(attacks) + 2) + 2 * MARGIN

    def place(value: float) -> float:
        return LABELS + max(value, 0.0) * (WIDTH - LABELS - 3 * MARGIN) / most

    rows = [_row(one, place(0), place(one.found), ROW * (number + 2)) for number, one in enumerate(attacks)]
    claims = sorted({one.claimed for one in attacks})
    lines = [
        f'<line x1="{place(claim):.1f}" y1="{ROW * 1.7:.1f}" x2="{place(claim):.1f}" y2="{height - 2 * MARGIN}" '
        f'stroke="{GREY}" stroke-width="2" stroke-dasharray="5 4"/>'
        f'<text x="{place(claim):.1f}" y="{height - MARGIN:.1f}" text-anchor="middle">claimed {claim:.2f}</text>'
        for claim in claims
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" role="img" {FONT}>',
            f"<title>{escape(title)}</title>",
            f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
            f'<text x="{MARGIN / 2}" y="20" font-weight="bold" font-size="13">{escape(title)}</text>',
            *rows,
            *lines,
            "</svg>",
            "",
        ]
    )


def _row(one: Proved, left: float, right: float, top: float) -> str:
    name = f"broken on purpose: {one.what}" if one.control else one.what
    return (
        f"<g><title>{escape(name)}: {one.found:.2f} of {one.claimed:.2f}</title>"
        f'<text x="{LABELS - 8}" y="{top + 15}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{left:.1f}" y="{top + 4}" width="{max(right - left, 1):.1f}" height="{ROW - 8}" '
        f'fill="{RED if one.control else BLUE}"/>'
        f'<text x="{right + 5:.1f}" y="{top + 15}">{one.found:.2f}</text></g>'
    )
