"""Conditions taken apart for a reviewer: each test alone, whether it is denied, and what it stands beside.

NOT is moved inwards until it stands before single tests (De Morgan), so that what is left is only AND and OR between
tests that hold or do not. The clauses of a condition together say all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from datalab.query.characters import lookalikes
from datalab.query.columns import resolve
from datalab.query.model import AllOf, AnyOf, Compare, IsIn, IsMissing, Literal, Not, Operator, Predicate

Test = Compare | IsIn | IsMissing
"""One look at one column."""
LOOK = "(LOOK: "
"""Stands beside a value that may look like another."""
_COMPARED = {
    Operator.EQ: "is equal to",
    Operator.NE: "has a value that is not equal to",
    Operator.LT: "is below",
    Operator.LE: "is at most",
    Operator.GT: "is above",
    Operator.GE: "is at least",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One bracket around a test: which of how many it joins."""

    any: bool
    """Whether one of them is enough (OR); all are needed otherwise (AND)."""
    place: int
    """From 1."""
    of: int

    @property
    def text(self) -> str:
        """In words."""
        return f"alternative {self.place} of {self.of} (OR)" if self.any else f"part {self.place} of {self.of} (AND)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One test of a condition, and where in it it stands."""

    test: Test
    denied: bool
    """Whether it must not hold."""
    path: tuple[Step, ...]
    """The brackets around it, the outermost first; none where it stands alone."""
    dataset: str
    """Whose columns are meant where none is named."""

    @property
    def text(self) -> str:
        """The clause in words, after `rows count where`."""
        where = f"[{', '.join(step.text for step in self.path)}] " if self.path else ""
        return f"{where}{'it is NOT so that ' if self.denied else ''}{_tested(self.test, self.dataset)}"


def clauses_of(predicate: Predicate | None, dataset: str) -> Iterator[Clause]:
    """Yield each test of a condition on rows of a dataset, in its order; none where there is no condition."""
    if predicate is not None:
        yield from _taken_apart(predicate, dataset, (), denied=False)


def _taken_apart(predicate: Predicate, dataset: str, path: tuple[Step, ...], *, denied: bool) -> Iterator[Clause]:
    match predicate:
        case Compare() | IsIn() | IsMissing():
            yield Clause(test=predicate, denied=denied, path=path, dataset=dataset)
        case Not(predicate=inner):
            yield from _taken_apart(inner, dataset, path, denied=not denied)
        case AllOf(predicates=terms) | AnyOf(predicates=terms):
            either = isinstance(predicate, AnyOf) is not denied
            for place, term in enumerate(terms, start=1):
                step = Step(any=either, place=place, of=len(terms))
                yield from _taken_apart(term, dataset, (*path, step), denied=denied)
        case _:
            assert_never(predicate)


def _tested(test: Test, dataset: str) -> str:
    column = resolve(test.column, dataset)
    match test:
        case Compare(operator=operator, value=value):
            return f"{column} {_COMPARED[operator]} {shown(value)}"
        case IsIn(values=values):
            return f"{column} is one of {', '.join(map(shown, values))}"
        case IsMissing():
            return f"{column} is missing"
        case _:
            assert_never(test)


def shown(value: Literal) -> str:
    """Return a value as it was written, with a warning where it may look like another."""
    strange = lookalikes(value) if isinstance(value, str) else ""
    return f"{value!r} {LOOK}this {strange})" if strange else repr(value)
