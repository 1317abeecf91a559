"""What is wrong with what a question may spend, and with how many rows of one unit may count."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from datalab.contract.model import PrivacyUnit
from datalab.query.model import Keep, Question
from datalab.query.refusals.scope import Scope

MIN_RHO = Fraction(1, 10**6)
"""Smallest budget of a question: below it the noise is larger than any answer."""
MAX_JOINED_ROWS = 1_000_000
"""Most rows one unit can make in a join: R to the power of the number of datasets that are paired."""


def bound_refusals(question: Question, scope: Scope, max_rows_per_unit: int) -> Iterator[str]:
    """Yield what is wrong with the bounds on one unit's rows."""
    rows, cap, query = question.rows_per_unit, question.rows_per_cell, question.query
    if rows > max_rows_per_unit:
        yield (
            f"The question counts up to {rows} rows of one unit; the lab allows {max_rows_per_unit}. "
            "Lower rows_per_unit."
        )
    if cap > rows:
        yield f"The question counts up to {cap} rows of one unit in a cell but {rows} in all. Lower rows_per_cell."
    paired = [join for join in query.joins if join.keep is Keep.PAIRS]
    sources = 1 + sum(scope.contracts[join.dataset].privacy_unit is not PrivacyUnit.PUBLIC for join in paired)
    if min(rows, MAX_JOINED_ROWS + 1) ** min(sources, MAX_JOINED_ROWS.bit_length()) > MAX_JOINED_ROWS:
        yield (
            f"With {rows} rows of one unit from each of {sources} datasets, one unit could make more than "
            f"{MAX_JOINED_ROWS} joined rows. Lower rows_per_unit."
        )
    most = scope.own.max_rows_per_unit
    if most is not None and not paired and rows > most:
        yield (
            f"The contract of {query.dataset} expects at most {most} rows of one unit; while its extract keeps "
            f"to that, allowing {rows} adds noise and no rows. Lower rows_per_unit to {most}."
        )


def budget_refusals(question: Question, most: Fraction) -> Iterator[str]:
    """Yield what is wrong with the price."""
    if question.rho < MIN_RHO:
        yield f"The budget is below rho {float(MIN_RHO)}, where noise drowns any answer. Spend more."
    if question.rho > most:
        yield (
            f"The budget of rho {_short(question.rho)} is above {_short(most)}, the lab's limit for one question. "
            "Spend less."
        )


def _short(rho: Fraction) -> str:
    return f"{float(rho):.6g}"
