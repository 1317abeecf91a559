"""Which columns a place in a question can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from datalab.contract.model import PrivacyUnit, Role
from datalab.contract.published import PublishedColumn
from datalab.query.columns import resolve
from datalab.query.model import ColumnRef, Keep, Query
from datalab.query.schema import ViewSchema

TOLD_ELSEWHERE = ""
"""Refusal of a column whose own declaration is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A query and the columns that it can read."""

    query: Query
    contracts: Mapping[str, ViewSchema]
    """As the contracts state them."""
    schemas: Mapping[str, ViewSchema]
    """With the question's derived columns."""

    @property
    def own(self) -> ViewSchema:
        """The question's own dataset."""
        return self.contracts[self.query.dataset]

    @property
    def public(self) -> bool:
        """Whether nobody's presence is hidden in the question's dataset."""
        return self.own.privacy_unit is PrivacyUnit.PUBLIC

    @property
    def datasets(self) -> tuple[str, ...]:
        """Every dataset that the question names, its own first."""
        return (self.query.dataset, *(join.dataset for join in self.query.joins))

    def find(self, ref: ColumnRef) -> PublishedColumn | str:
        """Return a column of the rows that are measured, derived ones too, or why it cannot be read."""
        missing = self._absent(ref)
        return missing if missing is not None else self._column(ref, self.schemas)

    def find_stated(self, ref: ColumnRef) -> PublishedColumn | str:
        """Return a contract's column of the rows that are measured, or why it cannot be read."""
        missing = self._absent(ref)
        if missing is not None:
            return missing
        resolved = resolve(ref, self.query.dataset)
        derived = {one.name for one in self.query.derive}
        column = self._column(ref, self.contracts)
        if isinstance(column, str) and resolved.dataset == self.query.dataset and ref.name in derived:
            return f"{ref.name} is a derived column, and here columns of a contract are needed. Name one of those."
        return column

    def find_within(self, dataset: str, ref: ColumnRef) -> PublishedColumn | str:
        """Return a contract's column of one dataset, or why it cannot be read."""
        resolved = resolve(ref, dataset)
        if resolved.dataset != dataset:
            return _not_joined(ref, resolved.dataset or dataset)
        return self._column(resolved, self.contracts, shown=ref)

    def _absent(self, ref: ColumnRef) -> str | None:
        dataset = resolve(ref, self.query.dataset).dataset or ""
        if dataset not in self.datasets:
            return _not_joined(ref, dataset)
        for join in self.query.joins:
            if join.dataset == dataset != self.query.dataset and join.keep is not Keep.PAIRS:
                return (
                    f"{ref} is a column of {dataset}, which only decides which rows are kept. Use its columns in that "
                    "join's own condition, or join it in pairs."
                )
        return None

    def _column(
        self, ref: ColumnRef, schemas: Mapping[str, ViewSchema], shown: ColumnRef | None = None
    ) -> PublishedColumn | str:
        dataset = resolve(ref, self.query.dataset).dataset or ""
        column = schemas[dataset].column(ref.name)
        if column is None:
            if dataset == self.query.dataset and ref.name in {one.name for one in self.query.derive}:
                return TOLD_ELSEWHERE
            near = nearest(ref.name, [column.name for column in schemas[dataset].columns])
            return f"{dataset} has no column called {ref.name} that this project may use.{near}"
        if column.role is Role.FREE_TEXT:
            return f"{shown or ref} is free text, which questions never read. Ask about a coded column instead."
        if not column.askable:
            return (
                f"{shown or ref} is microaggregated: each value was made of several people's, so nobody can say "
                "how much one person changes an answer. Ask about another column."
            )
        return column


def _not_joined(ref: ColumnRef, dataset: str) -> str:
    return f"{ref} is a column of {dataset}, which the question does not join. Join it, or leave it out."


def nearest(name: str, names: list[str]) -> str:
    """Return a hint to the name that was meant, or to those that there are."""
    close = get_close_matches(name, names, n=1)
    if close:
        return f" Did you mean {close[0]}?"
    return f" It has: {', '.join(sorted(names)[:20]) or 'none'}."
