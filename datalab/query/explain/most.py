"""The most that can count of one unit in a figure: what engines let through, and what is said of it."""

from __future__ import annotations

import math

from datalab.query.explain.words import Words
from datalab.query.model import Query, Question


def bounded_cells(query: Query, words: Words) -> float:
    """Return the cells in which rows are bounded, which several tables add up; infinite where values are found out."""
    return math.inf if query.discover is not None else words.cells(query.group_by)


def largest_table(query: Query, words: Words) -> float:
    """Return the cells of the largest table, in which units are bounded; infinite where values are found out."""
    if not query.tables:
        return bounded_cells(query, words)
    return max(words.cells(table.by) for table in query.tables)


def most_rows(question: Question, words: Words) -> int:
    """Return the most rows of a unit that count in a figure: R, or fewer where all cells together hold fewer."""
    return int(min(question.rows_per_unit, question.rows_per_cell * bounded_cells(question.query, words)))
