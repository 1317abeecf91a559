"""Budgets: exact amounts of zero-concentrated differential privacy.

A budget is a whole number of nano-rho. All arithmetic is on integers (law 3); a float cost that OpenDP states is
rounded up, against the spender, before it enters; floats come out for display only.

rho is that of zCDP (Bun and Steinke 2016, arXiv 1605.02065), which adds up under composition.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

NANO = 10**9
"""Units of the ledger in one rho."""


@dataclass(frozen=True, slots=True, order=True)
class Budget:
    """An exact, non-negative amount of rho."""

    nano_rho: int
    """Amount in billionths of one rho."""

    def __post_init__(self) -> None:
        """Refuse what is not a non-negative whole number."""
        if type(self.nano_rho) is not int or self.nano_rho < 0:
            message = "A budget is a whole, non-negative number of nano-rho."
            raise ValueError(message)

    @classmethod
    def ceil(cls, rho: Fraction | float) -> Budget:
        """Return the smallest budget that is at least `rho`: how a cost enters the ledger."""
        return cls(math.ceil(Fraction(rho) * NANO))

    @classmethod
    def floor(cls, rho: Fraction | float) -> Budget:
        """Return the largest budget that is at most `rho`: how a grant enters the ledger."""
        return cls(math.floor(Fraction(rho) * NANO))

    @property
    def rho(self) -> Fraction:
        """The amount in rho, exactly."""
        return Fraction(self.nano_rho, NANO)

    def __add__(self, other: Budget) -> Budget:
        """Return the sum."""
        return Budget(self.nano_rho + other.nano_rho)

    def __sub__(self, other: Budget) -> Budget:
        """Return the difference; raises ValueError where it would be negative."""
        return Budget(self.nano_rho - other.nano_rho)

    def __str__(self) -> str:
        """Render exactly, in rho."""
        return f"rho {self.nano_rho / NANO:.9f}".rstrip("0").rstrip(".")
