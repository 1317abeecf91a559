"""Refuse what cannot be answered privately, before anybody looks at data: every refusal at once, each with its remedy.

Nothing here touches data, so nothing here can tell anything about it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from fractions import Fraction
from typing import Protocol

from datalab.contract.model import LogicalType, PrivacyUnit, Role
from datalab.contract.published import PublishedColumn
from datalab.errors import QueryError
from datalab.query.columns import resolve
from datalab.query.condition import condition_refusals
from datalab.query.derive import derived_schemas
from datalab.query.model import ColumnRef, CountUnits, Mean, Query, Question, Sum
from datalab.query.schema import ViewSchema

MIN_RHO = Fraction(1, 10**6)
"""Smallest budget of a question: below it the noise is larger than any answer."""
MAX_JOINED_ROWS = 1_000_000
"""Most rows one unit can make in a join: R to the power of the number of datasets."""
MAX_MEASURES = 20
"""Most measures of one question."""
JOINABLE = frozenset({PrivacyUnit.PERSON, PrivacyUnit.HOUSEHOLD})
"""Units that stand in several datasets; a record stands in one, and public data has none."""
GROUPABLE = frozenset({LogicalType.STRING, LogicalType.INTEGER, LogicalType.BOOLEAN, LogicalType.DATE})
"""Types whose values have one way to be written, so that they can be groups."""
NUMERIC = frozenset({LogicalType.INTEGER, LogicalType.NUMBER})
"""Types that can be summed."""


class Limits(Protocol):
    """What the lab's policy allows one question; `datalab.governance.policy.Policy` is one."""

    @property
    def max_rho_per_question(self) -> Fraction:
        """Largest zCDP charge."""

    @property
    def max_cells(self) -> int:
        """Most cells of an answer."""

    @property
    def max_rows_per_unit(self) -> int:
        """Largest R."""

    @property
    def max_joins(self) -> int:
        """Most joined datasets."""


def check(question: Question, schemas: Mapping[str, ViewSchema], limits: Limits) -> None:
    """Check that a question can be answered privately.

    Args:
        question: what is asked.
        schemas: every dataset that the project may ask about, by name.
        limits: the lab's policy.

    Raises:
        QueryError: with every refusal and its remedy.
    """
    extended = derived_schemas(question.query, schemas)
    refusals = list(dict.fromkeys(_refusals(question, extended, limits)))
    if refusals:
        lines = "\n".join(f"  - {refusal}" for refusal in refusals)
        raise QueryError(f"The question cannot be answered as it stands ({len(refusals)} reason(s)):\n{lines}")


def _refusals(question: Question, schemas: Mapping[str, ViewSchema], limits: Limits) -> Iterator[str]:
    query = question.query
    unknown = [name for name in _datasets(query) if name not in schemas]
    if unknown:
        for name in unknown:
            yield f"There is no dataset called {name} in this project.{_nearest(name, list(schemas))}"
        return
    public = schemas[query.dataset].privacy_unit is PrivacyUnit.PUBLIC
    yield from _join_refusals(question, schemas, limits)
    yield from _measure_refusals(query, schemas, public=public)
    yield from _group_refusals(query, schemas, limits)
    yield from _where_refusals(query, schemas)
    if question.rows_per_unit < 1 or question.rows_per_cell < 1:
        yield "Rows a unit and rows a cell must be whole numbers above 0. State how many rows of one unit may count."
    elif not public:
        yield from _bound_refusals(question, schemas, limits)
        yield from _budget_refusals(question, limits)


def _datasets(query: Query) -> tuple[str, ...]:
    return (query.dataset, *(join.dataset for join in query.joins))


def _nearest(name: str, names: list[str]) -> str:
    close = get_close_matches(name, names, n=1)
    if close:
        return f" Did you mean {close[0]}?"
    return f" It has: {', '.join(sorted(names)[:20]) or 'none'}."


def _find(ref: ColumnRef, query: Query, schemas: Mapping[str, ViewSchema]) -> PublishedColumn | str:
    """Return the column, or the refusal where there is none that can be asked about."""
    resolved = resolve(ref, query.dataset)
    if resolved.dataset not in _datasets(query):
        return f"{ref} is a column of {resolved.dataset}, which the question does not join. Join it, or leave it out."
    schema = schemas[resolved.dataset]
    column = schema.column(ref.name)
    if column is None:
        nearest = _nearest(ref.name, [column.name for column in schema.columns])
        return f"{resolved.dataset} has no column called {ref.name} that this project may use.{nearest}"
    if column.role is Role.FREE_TEXT:
        return f"{ref} is free text, which questions never read. Ask about a coded column instead."
    return column


def _join_refusals(question: Question, schemas: Mapping[str, ViewSchema], limits: Limits) -> Iterator[str]:
    query = question.query
    if len(query.joins) > limits.max_joins:
        yield f"The question joins {len(query.joins)} datasets; the lab allows {limits.max_joins}. Join fewer."
    for name, times in Counter(_datasets(query)).items():
        if times > 1:
            yield f"{name} stands {times} times in the question. Join each dataset once, and none to itself."
    unit = schemas[query.dataset].privacy_unit
    for join in query.joins:
        other = schemas[join.dataset].privacy_unit
        if unit is not other or unit not in JOINABLE:
            yield (
                f"{query.dataset} ({unit}) and {join.dataset} ({other}) have no common person or household to be "
                "joined on. Ask about them in two questions."
            )


def _measure_refusals(query: Query, schemas: Mapping[str, ViewSchema], *, public: bool) -> Iterator[str]:
    if not query.measures:
        yield "The question measures nothing. Count rows, count units, or take a sum or a mean."
    if len(query.measures) > MAX_MEASURES:
        yield f"The question has more than {MAX_MEASURES} measures. Ask in several questions."
    for name, times in Counter(measure.name for measure in query.measures).items():
        if times > 1 or not name:
            yield f"{times} measure(s) are named {name!r}. Give each a name of its own."
    asked: set[tuple[type, ColumnRef | None]] = set()
    for measure in query.measures:
        column = resolve(measure.column, query.dataset) if isinstance(measure, Sum | Mean) else None
        if (type(measure), column) in asked:
            yield f"{measure.name} asks again for what another measure asks for, and would be paid for twice. Drop it."
        asked.add((type(measure), column))
        if isinstance(measure, CountUnits) and public:
            yield f"{query.dataset} is public reference data and has no units to count. Count rows."
        if isinstance(measure, Sum | Mean):
            yield from _value_refusals(measure, query, schemas)


def _value_refusals(measure: Sum | Mean, query: Query, schemas: Mapping[str, ViewSchema]) -> Iterator[str]:
    column = _find(measure.column, query, schemas)
    if isinstance(column, str):
        yield column
        return
    if column.logical_type not in NUMERIC:
        yield f"{measure.column} holds {column.logical_type} values, which cannot be summed. Choose a number column."
        return
    bounds = column.bounds
    if bounds is None:
        yield (
            f"The contract states no bounds for {measure.column}, so no noise could hide one value of it. "
            "Ask the custodian to state them."
        )
        return
    lower, upper = (
        float(bound) if isinstance(bound, int | float) else math.nan for bound in (bounds.lower, bounds.upper)
    )
    if not (math.isfinite(lower) and math.isfinite(upper) and lower < upper):
        yield f"The contract's bounds for {measure.column} are not a range of numbers. Ask the custodian to mend them."


def _group_refusals(query: Query, schemas: Mapping[str, ViewSchema], limits: Limits) -> Iterator[str]:
    cells = 1
    for ref, times in Counter(resolve(ref, query.dataset) for ref in query.group_by).items():
        if times > 1:
            yield f"The question groups {times} times by {ref.name}. Group once by each column."
    for ref in query.group_by:
        column = _find(ref, query, schemas)
        if isinstance(column, str):
            yield column
        elif column.values is None or column.logical_type not in GROUPABLE:
            yield (
                f"The values of {ref} are not public, so its groups would give away what is in the data. "
                "Group by a column for which the contract lists categories or bands."
            )
        else:
            cells *= len(column.values) + column.nullable
    if cells > limits.max_cells:
        yield (
            f"The answer would have {cells} cells; the lab allows {limits.max_cells}. "
            "Group by fewer or coarser columns."
        )


def _where_refusals(query: Query, schemas: Mapping[str, ViewSchema]) -> Iterator[str]:
    def find(ref: ColumnRef) -> PublishedColumn | str:
        return _find(ref, query, schemas)

    if query.where is not None:
        yield from condition_refusals(query.where, find)
    for join in query.joins:
        if join.where is None:
            continue
        alone = Query(dataset=join.dataset, measures=())

        def find_joined(ref: ColumnRef, alone: Query = alone) -> PublishedColumn | str:
            return _find(ref, alone, schemas)

        yield from condition_refusals(join.where, find_joined)


def _bound_refusals(question: Question, schemas: Mapping[str, ViewSchema], limits: Limits) -> Iterator[str]:
    rows, cap = question.rows_per_unit, question.rows_per_cell
    if rows > limits.max_rows_per_unit:
        yield (
            f"The question counts up to {rows} rows of one unit; the lab allows {limits.max_rows_per_unit}. "
            "Lower rows_per_unit."
        )
    if cap > rows:
        yield f"The question counts up to {cap} rows of one unit in a cell but {rows} in all. Lower rows_per_cell."
    sources = 1 + len(question.query.joins)
    if rows**sources > MAX_JOINED_ROWS:
        yield (
            f"With {rows} rows of one unit from each of {sources} datasets, one unit could make more than "
            f"{MAX_JOINED_ROWS} joined rows. Lower rows_per_unit."
        )
    most = schemas[question.query.dataset].max_rows_per_unit
    if most is not None and sources == 1 and rows > most:
        yield (
            f"The contract of {question.query.dataset} expects at most {most} rows of one unit; allowing {rows} adds "
            f"noise and no rows. Lower rows_per_unit to {most}."
        )


def _budget_refusals(question: Question, limits: Limits) -> Iterator[str]:
    if question.rho < MIN_RHO:
        yield f"The budget is below rho {float(MIN_RHO)}, where noise drowns any answer. Spend more."
    if question.rho > limits.max_rho_per_question:
        yield (
            f"The budget of rho {float(question.rho):.6g} is above {float(limits.max_rho_per_question):.6g}, the lab's "
            "limit for one question. Spend less."
        )
