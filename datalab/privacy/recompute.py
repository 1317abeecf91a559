"""Every stored charge computed again from its stored mechanism, with the noise library that runs now.

A library's proof can turn out wrong, and is then mended by stating a higher cost. What was released stays released; but
custodians must learn that more was spent than the ledger says, so this is done at every upgrade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from datalab.privacy.budget import Budget
from datalab.privacy.ledger import Charge


class Finding(StrEnum):
    """How a cost that was computed again compares with the one on record."""

    SAME = "same"
    LOWER = "lower"
    """In one part at least, and higher in none: more was charged than is asked for now."""
    HIGHER = "higher"
    """In one part at least: less was charged than is asked for now."""
    UNREADABLE = "unreadable"
    """The stored mechanism is none that this version knows, so nothing can be said."""


SOUND = frozenset({Finding.SAME, Finding.LOWER})
"""Findings that nobody has to act on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """One charge with what it would cost now."""

    charge: Charge
    now: Budget | None
    """None where the mechanism cannot be read."""

    @property
    def finding(self) -> Finding:
        """What the comparison says."""
        if self.now is None:
            return Finding.UNREADABLE
        if self.now == self.charge.amount:
            return Finding.SAME
        return Finding.LOWER if self.charge.amount.covers(self.now) else Finding.HIGHER


def recompute(charges: Iterable[Charge], recost: Callable[[str], Budget]) -> tuple[Recomputed, ...]:
    """Compute every charge again.

    Args:
        charges: as the ledger holds them.
        recost: states what a stored mechanism costs, with the library that runs now; raises ValueError for one that it
            cannot read. Called once for each different mechanism: the accounts of one question share theirs.
    """
    known: dict[str, Budget | None] = {}
    found = []
    for charge in charges:
        if charge.mechanism not in known:
            try:
                known[charge.mechanism] = recost(charge.mechanism)
            except (ValueError, ArithmeticError):  # not written as a mechanism, or of figures that no noise has
                known[charge.mechanism] = None
        found.append(Recomputed(charge=charge, now=known[charge.mechanism]))
    return tuple(found)
