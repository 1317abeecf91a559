"""Drafts of parts: vectors as figures ask for them, each drawn once however many figures need it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction

from datalab.privacy.bounds import Sensitivity, sensitivity
from datalab.privacy.budget import Budget
from datalab.privacy.compile.groups import UNLISTED_GROUPS
from datalab.privacy.plan import Flag, Key, Part, PartKind, Value
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
    edges: tuple[int, ...] = ()


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
                edges=draft.edges,
                sensitivity=self.sensitivity(draft),
                share=Budget.floor(rho * self.weights[name] / whole),
            )
            for draft, name in self.names.items()
        )

    def sensitivity(self, draft: Draft) -> Sensitivity:
        """Return the most that one unit moves the vector.

        Where bounded cells are added up to coarser ones, a unit has in one of these at most as many rows as the cells
        that went into it let through, and at most R.
        """
        if draft.edges:
            return sensitivity(rows_per_unit=1, rows_per_cell=1, cells=1, magnitude=1)
        most = draft.rows_per_cell * self._merged(draft)
        return sensitivity(
            rows_per_unit=self.rows_per_unit,
            rows_per_cell=most if draft.keys == draft.bounded_at else min(most, self.rows_per_unit),
            cells=math.prod(map(self._groups, draft.keys)),
            magnitude=draft.magnitude,
        )

    def _merged(self, draft: Draft) -> int:
        """Return how many bounded cells are added up to one cell of the vector, at most."""
        kept = {(key.column, key.bin is None): key for key in draft.keys}
        merged = 1
        for key in draft.bounded_at:
            coarse = kept.get((key.column, key.bin is None))
            if coarse is None:
                merged *= self._groups(key)
            elif coarse.bin is not None and key.bin is not None:
                merged *= coarse.bin.width // key.bin.width
        return merged

    def _groups(self, key: Key) -> int:
        return UNLISTED_GROUPS if key.column == self.unlisted else len(key.labels)
