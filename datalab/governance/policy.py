"""The lab's appetite for risk, as data: limits that no request may pass, whatever its budget."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Limits on what one question may do."""

    version: str = "2026-11"
    """Stored with every answer, so that a reader knows which limits held."""
    delta: Fraction = Fraction(1, 10**6)
    """The delta at which a budget is shown to people as an epsilon; well below 1 / people in the data."""
    max_rho_per_question: Fraction = Fraction(1, 2)
    """Largest zCDP charge of one question."""
    max_cells: int = 20_000
    """Most cells one answer may have."""
    max_rows_per_unit: int = 10_000
    """Largest contribution bound R that a question may ask for."""
    max_joins: int = 3
    """Most datasets joined to the first one."""
    max_question_bytes: int = 64 * 1024
    """Largest question JSON that is read."""


DEFAULT_POLICY = Policy()
"""What holds where the operator states nothing else."""
