"""Budgets: exact amounts of approximate zero-concentrated differential privacy.

A budget is a pair of whole numbers: nano-rho, and atto-delta for what holds only but for a small chance. All
arithmetic is on integers (law 3); a float cost that OpenDP states is rounded up, against the spender, before it
enters; floats come out for display only.

The pair is that of delta-approximate rho-zCDP (Bun and Steinke 2016, arXiv 1605.02065, definition 8.1): under
composition both parts add up (lemma 8.2). Budgets are ordered only in part: more rho and less delta is neither more
nor less, so there is no `<`, and one asks whether a budget `covers` another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from datalab.errors import GovernanceError
from datalab.query.spend import rho_text

NANO = 10**9
"""Units of the ledger in one rho."""
ATTO = 10**18
"""Units of the ledger in a delta of one."""


@dataclass(frozen=True, slots=True)
class Budget:
    """An exact, non-negative amount of rho and of delta."""

    nano_rho: int
    """Amount in billionths of one rho."""
    atto_delta: int = 0
    """Approximate part, in units of 1e-18."""

    def __post_init__(self) -> None:
        """Refuse what is not two non-negative whole numbers."""
        for part in (self.nano_rho, self.atto_delta):
            if type(part) is not int or part < 0:
                message = "A budget is two whole, non-negative numbers: nano-rho and atto-delta."
                raise ValueError(message)

    @classmethod
    def ceil(cls, rho: Fraction | float, delta: Fraction | float = 0) -> Budget:
        """Return the smallest budget that is at least `rho` and `delta`: how a cost enters the ledger."""
        return cls(math.ceil(Fraction(rho) * NANO), math.ceil(Fraction(delta) * ATTO))

    @classmethod
    def floor(cls, rho: Fraction | float, delta: Fraction | float = 0) -> Budget:
        """Return the largest budget that is at most `rho` and `delta`: how a grant enters the ledger."""
        return cls(math.floor(Fraction(rho) * NANO), math.floor(Fraction(delta) * ATTO))

    @classmethod
    def read(cls, rho: str, delta: str = "0") -> Budget:
        """Return the largest budget that is at most what a person wrote, such as `1/2`, `0.5` or `1e-7`.

        Raises:
            GovernanceError: if either is not a number, or below 0.
        """
        try:
            stated = Fraction(rho), Fraction(delta)
        except (ValueError, ZeroDivisionError):
            stated = None
        if stated is None or min(stated) < 0:
            raise GovernanceError(
                "The budget is not two numbers that are at least 0.", remedy="Write rho as 0.5 or 1/2, delta as 1e-7."
            )
        return cls.floor(*stated)

    @property
    def rho(self) -> Fraction:
        """The amount in rho, exactly."""
        return Fraction(self.nano_rho, NANO)

    @property
    def delta(self) -> Fraction:
        """The approximate part, exactly."""
        return Fraction(self.atto_delta, ATTO)

    def covers(self, other: Budget) -> bool:
        """Say whether this is at least as much as another, in both parts."""
        return self.nano_rho >= other.nano_rho and self.atto_delta >= other.atto_delta

    def __add__(self, other: Budget) -> Budget:
        """Return the sum."""
        return Budget(self.nano_rho + other.nano_rho, self.atto_delta + other.atto_delta)

    def __sub__(self, other: Budget) -> Budget:
        """Return the difference; raises ValueError where either part would be negative."""
        return Budget(self.nano_rho - other.nano_rho, self.atto_delta - other.atto_delta)

    def __str__(self) -> str:
        """Render exactly: rho, and delta where there is any."""
        return self.in_full if self.atto_delta else f"rho {self.rho_text}"

    @property
    def about(self) -> str:
        """The amount for people who weigh it: rho to six digits, rounded up, so that never too little is said."""
        if not self.nano_rho:
            return str(self)
        places = max(len(str(self.nano_rho)) - 6, 0)
        return str(Budget(-(-self.nano_rho // 10**places) * 10**places, self.atto_delta))

    @property
    def in_full(self) -> str:
        """Both parts, exactly, the second too where it is 0: for saying what is missing."""
        return f"rho {self.rho_text}, delta {self.delta_text}"

    @property
    def rho_text(self) -> str:
        """The amount in rho as a decimal number, exactly, such as `0.25`."""
        return rho_text(self.rho)

    @property
    def delta_text(self) -> str:
        """The approximate part as a decimal number, exactly, such as `2.5e-7`."""
        return f"{Decimal(self.atto_delta).scaleb(-18).normalize():e}" if self.atto_delta else "0"
