"""A table as a notebook's page shows it: texts at the left of their column, numbers at the right."""

from __future__ import annotations

from collections.abc import Collection
from html import escape
from math import isinf, isnan

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from datalab.privacy.digits import significant

DIGITS = 4
"""Significant digits of a number."""


def grid(table: pd.DataFrame, *, amounts: Collection[str] = ()) -> str:
    """Return a table as HTML, its words as text; a notebook by itself puts all at the right.

    Args:
        table: what is shown, without its index; missing values are empty cells.
        amounts: names of columns that hold numbers written as texts.
    """
    sides = ["right" if name in amounts or _is_of_numbers(table[name]) else "left" for name in table.columns]
    head = _row("th", [str(name) for name in table.columns], sides)
    rows = (_row("td", [_text(value) for value in row], sides) for row in table.itertuples(index=False, name=None))
    return f'<table class="dataframe"><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>'


def _is_of_numbers(column: pd.Series[float]) -> bool:
    return is_numeric_dtype(column) and not is_bool_dtype(column)


def _row(kind: str, cells: list[str], sides: list[str]) -> str:
    told = (
        f'<{kind} style="text-align: {side}">{escape(cell)}</{kind}>' for cell, side in zip(cells, sides, strict=True)
    )
    return f"<tr>{''.join(told)}</tr>"


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and isnan(value)):
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinf(value):
        return "no limit" if value > 0 else "no lower limit"
    return significant(float(value), DIGITS) if isinstance(value, float) else f"{value:,}"
