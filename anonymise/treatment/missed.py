"""The estimated share of identifiers that redaction misses, with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

NORMAL: Final = 1.959964
"""Quantile .975 of the normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissRate:
    """Of `planted` canaries `missed` were left readable, in part at least."""

    planted: int
    missed: int

    @property
    def share(self) -> float:
        """The estimate."""
        return self.missed / self.planted if self.planted else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share lies with 95 % confidence; 0 to 1 where nothing was planted.

        Wilson's score interval (1927, doi:10.1080/01621459.1927.10502953): honest at shares near 0, where the usual
        one is not.
        """
        if not self.planted:
            return 0.0, 1.0
        square = NORMAL**2 / self.planted
        middle = (self.share + square / 2) / (1 + square)
        half = NORMAL * sqrt(self.share * (1 - self.share) / self.planted + square / (4 * self.planted)) / (1 + square)
        return max(0.0, middle - half), min(1.0, middle + half)

    def document(self, by_kind: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
        """Render for a report: counts, the share, its interval, and of each kind how many were planted and missed."""
        low, high = self.interval
        return {
            "planted": self.planted,
            "missed": self.missed,
            "share": round(self.share, 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "kinds": {kind: {"planted": planted, "missed": missed} for kind, (planted, missed) in by_kind.items()},
        }
