"""Which rows a plan reads: its sources, the links between them, and what is worked out before and after joining."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from datalab.contract.model import PrivacyUnit
from datalab.contract.published import PublishedColumn
from datalab.privacy.compile.lowering import column_of, lowered
from datalab.privacy.plan import DerivedColumn, Link, Source, SourceColumn
from datalab.query.columns import columns_of, of_dataset, resolve
from datalab.query.derive import inputs_of
from datalab.query.expression import resolved
from datalab.query.model import (
    AllOf,
    ColumnRef,
    Derived,
    First,
    Join,
    Keep,
    On,
    Predicate,
    Query,
    Question,
    Window,
)
from datalab.query.schema import ViewSchema
from datalab.query.used import columns_used, partner_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What comes before anything is counted."""

    sources: tuple[Source, ...]
    derived: tuple[DerivedColumn, ...]
    where: Predicate | None


def rows_of(question: Question, schemas: Mapping[str, ViewSchema]) -> Rows:
    """Lay out the rows of a question.

    Args:
        question: one that `check` lets through.
        schemas: every dataset that it names, with its derived columns.
    """
    return _Layout(question, schemas).rows()


class _Layout:
    """Sorts columns and conditions to where they can first be known."""

    def __init__(self, question: Question, schemas: Mapping[str, ViewSchema]) -> None:
        self._query: Query = question.query
        self._bound = question.rows_per_unit
        self._schemas = schemas
        used = {resolve(ref, self._query.dataset) for ref in columns_used(self._query)}
        made = {ColumnRef(name=one.name, dataset=self._query.dataset): one for one in self._query.derive}
        wanted = [one for ref, one in made.items() if ref in used]
        self._early = tuple(one for one in wanted if self._datasets(one) == {self._query.dataset})
        self._late = tuple(one for one in wanted if one not in self._early)
        self._read = {ref for ref in used if ref not in made}
        self._read |= {resolve(ref, self._query.dataset) for one in wanted for ref in inputs_of(one.expression)}

    def rows(self) -> Rows:
        query = self._query
        own, across = self._split()
        multiplies = any(join.keep is Keep.PAIRS and self._by_unit(join) for join in query.joins)
        first = Source(
            dataset=query.dataset,
            columns=self._columns(query.dataset),
            derived=tuple(map(self._derived, self._early)),
            where=self._condition(own, query.dataset),
            first=_first(query.first, query.dataset),
            rows_per_unit=self._bound if multiplies else None,
            has_units=self._has_units(query.dataset),
        )
        return Rows(
            sources=(first, *map(self._joined, query.joins)),
            derived=tuple(map(self._derived, self._late)),
            where=self._condition(across, query.dataset),
        )

    def _datasets(self, derived: Derived) -> set[str]:
        return {resolve(ref, self._query.dataset).dataset or "" for ref in inputs_of(derived.expression)}

    def _has_units(self, dataset: str) -> bool:
        return self._schemas[dataset].privacy_unit is not PrivacyUnit.PUBLIC

    def _by_unit(self, join: Join) -> bool:
        return self._has_units(join.dataset) and self._has_units(self._query.dataset)

    def _columns(self, dataset: str) -> tuple[SourceColumn, ...]:
        refs = sorted((ref for ref in self._read if ref.dataset == dataset), key=lambda ref: ref.name)
        return tuple(
            SourceColumn(name=ref.name, logical_type=column_of(self._schemas, ref).logical_type) for ref in refs
        )

    def _derived(self, derived: Derived) -> DerivedColumn:
        column: PublishedColumn = column_of(self._schemas, ColumnRef(name=derived.name, dataset=self._query.dataset))
        return DerivedColumn(
            name=derived.name,
            dataset=self._query.dataset,
            logical_type=column.logical_type,
            expression=resolved(derived.expression, self._query.dataset),
            labels=column.values,
        )

    def _condition(self, predicate: Predicate | None, dataset: str) -> Predicate | None:
        return None if predicate is None else lowered(predicate, dataset, self._schemas)

    def _split(self) -> tuple[Predicate | None, Predicate | None]:
        """Split the condition into what the first dataset alone decides and what needs the joins."""
        if self._query.where is None:
            return None, None
        where = self._query.where
        terms = where.predicates if isinstance(where, AllOf) else (where,)
        own = [term for term in terms if self._is_early(term)]
        return _all(own), _all([term for term in terms if term not in own])

    def _is_early(self, term: Predicate) -> bool:
        late = {one.name for one in self._late}
        refs = [resolve(ref, self._query.dataset) for ref in columns_of(term)]
        return all(ref.dataset == self._query.dataset and ref.name not in late for ref in refs)

    def _joined(self, join: Join) -> Source:
        if join.dataset == self._query.dataset:
            return self._another(join)
        by_unit = self._by_unit(join)
        return Source(
            dataset=join.dataset,
            columns=self._columns(join.dataset),
            where=self._condition(join.where, join.dataset),
            first=_first(join.first, join.dataset),
            rows_per_unit=self._bound if by_unit and join.keep is Keep.PAIRS else None,
            link=Link(
                by_unit=by_unit,
                keep=join.keep,
                on=tuple(self._on(on, join.dataset) for on in join.on),
                within=self._window(join.within, join.dataset),
            ),
            has_units=self._has_units(join.dataset),
        )

    def _another(self, join: Join) -> Source:
        """Return the question's own dataset once more, under another name, with the columns that this join reads."""
        alias = f"another {join.dataset}"
        columns = {replace(ref, dataset=join.dataset) for ref in partner_columns(join)}
        where = self._condition(None if join.where is None else of_dataset(join.where, join.dataset), join.dataset)
        within = self._window(join.within, join.dataset)
        first = None if join.first is None else replace(join.first.column, dataset=alias)
        return Source(
            dataset=join.dataset,
            alias=alias,
            columns=tuple(
                SourceColumn(name=ref.name, logical_type=column_of(self._schemas, ref).logical_type)
                for ref in sorted(columns, key=lambda ref: ref.name)
            ),
            where=None if where is None else of_dataset(where, alias),
            first=None if join.first is None or first is None else replace(join.first, column=first),
            link=Link(
                by_unit=True,
                keep=join.keep,
                on=tuple(
                    On(own=resolve(on.own, join.dataset), other=replace(on.other, dataset=alias)) for on in join.on
                ),
                within=None if within is None else replace(within, other=replace(within.other, dataset=alias)),
                another=True,
            ),
        )

    def _on(self, on: On, dataset: str) -> On:
        return On(own=resolve(on.own, self._query.dataset), other=resolve(on.other, dataset))

    def _window(self, window: Window | None, dataset: str) -> Window | None:
        if window is None:
            return None
        own, other = resolve(window.own, self._query.dataset), resolve(window.other, dataset)
        return replace(window.closed(), own=own, other=other)


def _first(first: First | None, dataset: str) -> First | None:
    return None if first is None else replace(first, column=resolve(first.column, dataset))


def _all(terms: list[Predicate]) -> Predicate | None:
    if not terms:
        return None
    return terms[0] if len(terms) == 1 else AllOf(predicates=tuple(terms))
