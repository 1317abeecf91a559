"""Drafts of parts: vectors as figures ask for them, each drawn once however many figures need it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction

from datalab.privacy.bounds import Sensitivity, sensitivity
from datalab.privacy.budget import Budget
from datalab.privacy.compile.groups import UNLISTED_GROUPS
from datalab.privacy.plan import Flag, Key, Part, PartKind, Search, Value
from datalab.query.model import ColumnRef, Predicate


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A vector before it has a name and a price; equal drafts are one vector."""

    kind: PartKind
    keys: tuple[Key, ...] = ()
    bounded_at: tuple[Key, ...] = ()
    column: ColumnRef | None = None
    where: Predicate | None = None
    value: Value | Flag | None = None
    rows_per_cell: int
    magnitude: int = 1
    step: int = 1
    edges: tuple[int, ...] = ()
    search: Search | None = None


@dataclass(slots=True)
class Drafts:
    """Every vector of a question, each once."""

    rows_per_unit: int
    unlisted: ColumnRef | None
    names: dict[Draft, str] = field(default_factory=dict)
    weights: dict[str, Fraction] = field(default_factory=dict)
    """Of the budget, beside the other vectors'; what several figures share counts once, with the largest weight."""

    def add(self, draft: Draft, name: str, weight: Fraction = Fraction(1)) -> str:
        """Return the name of the vector: that of an equal one where there is one."""
        known = self.names.setdefault(draft, name)
        self.weights[known] = max(self.weights.get(known, Fraction(0)), weight)
        return known

    def parts(self, rho: Fraction, *, beside: Fraction = Fraction(0)) -> tuple[Part, ...]:
        """Return the parts, with `rho` shared out by their weights.

        Args:
            rho: budget of the whole answer; 0 for public data.
            beside: weight of what else is to be paid from it.
        """
        whole = sum(self.weights.values(), beside)
        return tuple(
            Part(
                name=name,
                kind=draft.kind,
                keys=draft.keys,
                bounded_at=draft.bounded_at,
                column=draft.column,
                where=draft.where,
                value=draft.value,
                rows_per_unit=self.rows_per_unit,
                rows_per_cell=draft.rows_per_cell,
                magnitude=draft.magnitude,
                step=draft.step,
                edges=draft.edges,
                sensitivity=self.sensitivity(draft),
                share=Budget.floor(rho * self.weights[name] / whole),
                search=draft.search,
            )
            for draft, name in self.names.items()
        )

    def sensitivity(self, draft: Draft) -> Sensitivity:
        """Return the most that one unit moves the vector.

        Where bounded cells are added up to coarser ones, a unit has in one of these at most as many rows as the cells
        that went into it let through, and at most R. All bins of a cell share its cap: whatever bins there are, the
        unit moves them furthest with all its rows of a cell in one of them.
        """
        if draft.edges:
            return sensitivity(rows_per_unit=1, rows_per_cell=1, cells=1, magnitude=1)
        keys, bounded_at = _groups_alone(draft.keys), _groups_alone(draft.bounded_at)
        most = draft.rows_per_cell * math.prod(self._groups(key) for key in bounded_at if key not in keys)
        return sensitivity(
            rows_per_unit=self.rows_per_unit,
            rows_per_cell=most if keys == bounded_at else min(most, self.rows_per_unit),
            cells=math.prod(map(self._groups, keys)),
            magnitude=draft.magnitude,
        )

    def _groups(self, key: Key) -> int:
        return UNLISTED_GROUPS if key.column == self.unlisted else len(key.labels)


def _groups_alone(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """Return the keys that are no bins."""
    return tuple(key for key in keys if key.bin is None)
