"""Tables in a terminal that is too narrow for them."""

from __future__ import annotations

import io

import pytest
from rich.table import Table

from datalab.cli.screen import Screen


@pytest.mark.parametrize("width", [20, 60, 80, 200])
def test_no_figure_is_cut(width: int) -> None:
    """Every figure and every word stands whole in what is printed, however narrow the terminal."""
    table = Table("account", "spent", "left", title="Budgets")
    table.add_row("project/early_help/school_attendance", "0.199999999", "1.800000001")
    screen = Screen(file=io.StringIO(), width=width)

    screen.print(table)

    printed = screen.file.getvalue()  # type: ignore[attr-defined] - the StringIO above
    assert all(word in printed for word in ("project/early_help/school_attendance", "0.199999999", "1.800000001"))
    assert "\u2026" not in printed
    assert screen.width == width


def test_sentences_fold_instead() -> None:
    """A table of sentences keeps to the terminal's width."""
    table = Table("topic", "remark")
    table.add_row("bounds", "Rows beyond the limit are left out. " * 8)
    screen = Screen(file=io.StringIO(), width=60)

    screen.print(table)

    assert max(map(len, screen.file.getvalue().splitlines())) <= 60  # type: ignore[attr-defined] - the StringIO above
