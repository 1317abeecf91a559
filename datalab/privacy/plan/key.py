"""Grouping columns and their groups: a fixed public list, or bins of a number's stated range."""

from __future__ import annotations

from dataclasses import dataclass

from datalab.contract.published import MISSING
from datalab.privacy.bounds import FixedPoint
from datalab.query.model import ColumnRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Equal steps of a number's stated range: a value lies in bin `(to_fixed(value) - lower) // width`."""

    fixed: FixedPoint
    width: int
    """In the fixed point's integer unit; above 0."""
    count: int
    """Number of bins; the last one ends at the upper bound or beyond it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One grouping column and every group it can give, in public order."""

    column: ColumnRef
    """With its dataset always named."""
    values: tuple[str, ...]
    """Labels of the groups; numbers of the bins, as text, where there is a bin."""
    nullable: bool
    """Whether one more group, the last, holds rows without a value."""
    bin: Bin | None = None
    """Set where the column is a number and its groups are bins; such a key is never nullable."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Groups as the answer shows them."""
        return (*self.values, MISSING) if self.nullable else self.values
