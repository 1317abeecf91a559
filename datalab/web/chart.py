"""A bar of how much of a budget is spent, as SVG without script or style attribute."""

from __future__ import annotations


def share_bar(spent: float, granted: float) -> str:
    """Return a bar of how much of a budget is spent, for a page that says it in words as well."""
    share = 0.0 if granted <= 0 else min(1.0, spent / granted)
    return (
        '<svg class="lab-bar" viewBox="0 0 200 12" role="img" aria-hidden="true">'
        '<rect class="lab-bar-all" x="0" y="0" width="200" height="12"/>'
        f'<rect class="lab-bar-spent" x="0" y="0" width="{round(200 * share, 1)}" height="12"/></svg>'
    )
