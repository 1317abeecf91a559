"""Pictures as SVG without script or style attribute: how much of a budget is spent; who stands among how many."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

_WIDTH, _STEP, _LEFT, _LONGEST, _PAD = 360, 28, 92, 200, 6


def share_bar(spent: float, granted: float) -> str:
    """Return a bar of how much of a budget is spent, for a page that says it in words as well."""
    share = 0.0 if granted <= 0 else min(1.0, spent / granted)
    return (
        '<svg class="lab-bar" viewBox="0 0 200 12" role="img" aria-hidden="true">'
        '<rect class="lab-bar-all" x="0" y="0" width="200" height="12"/>'
        f'<rect class="lab-bar-spent" x="0" y="0" width="{round(200 * share, 1)}" height="12"/></svg>'
    )


def size_bars(bars: Sequence[tuple[str, int, bool]], *, label: str) -> str:
    """Return bars, one below the other, each with its name and its number; a page shows a table of the same beside it.

    Args:
        bars: name, number, and whether to look at it: such a bar is hatched, since not everybody sees colours.
        label: what the picture shows, for who cannot see it.
    """
    most = max((number for _, number, _ in bars), default=0)
    height = _STEP * len(bars) + _PAD
    parts = [
        f'<svg class="lab-sizes" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(label)}">',
        _HATCHED,
    ]
    for place, (name, number, small) in enumerate(bars):
        top = _STEP * place + _PAD / 2
        long = round(_LONGEST * number / most, 1) if most else 0.0
        long = max(long, _THIN) if number else 0.0
        fill = ' fill="url(#lab-small)"' if small else ' class="lab-sizes-bar"'
        middle = top + _STEP / 2 + 5
        parts.append(
            f'<text class="lab-sizes-name" x="{_LEFT - 6}" y="{middle}" text-anchor="end">{escape(name)}</text>'
            f'<rect{fill} x="{_LEFT}" y="{top + 3}" width="{long}" height="{_STEP - 6}"/>'
            f'<text x="{_LEFT + long + 5}" y="{middle}">{number:,}</text>'
        )
    return "".join([*parts, "</svg>"])


_HATCHED: Final = (
    '<defs><pattern id="lab-small" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="lab-sizes-small" width="6" height="6"/><rect class="lab-sizes-line" width="2" height="6"/>'
    "</pattern></defs>"
)
_THIN: Final = 2.0
"""Width of a bar of few among many: it can still be seen."""
