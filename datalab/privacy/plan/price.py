"""Prices: what noising a plan's vectors costs, known before data is touched."""

from __future__ import annotations

from dataclasses import dataclass

from datalab.privacy.budget import Budget


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPrice:
    """What noising one part takes."""

    part: str
    """Name of the part; `discovery` for that of unlisted values."""
    scale: float
    """Standard deviation parameter of the discrete Gaussian, in the part's integer unit; of a search: of each round."""
    cost: Budget
    """Cost a unit as the noise library states it, rounded up."""
    mechanism: str
    """From what the cost can be recomputed: mechanism, sensitivity, scale."""
    threshold: int = 0
    """Of a discovery: a value is told where its noisy count is at least this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What the whole answer costs; known before data is touched."""

    parts: tuple[PartPrice, ...]
    """Empty for public data."""
    software: str
    """Name and version of the library that stated the cost, such as `opendp 0.16.0`."""

    @property
    def total(self) -> Budget:
        """Cost of all parts together: zCDP adds up."""
        return sum((part.cost for part in self.parts), Budget(0))

    @property
    def mechanism(self) -> str:
        """All mechanisms in one line, for the ledger."""
        return "; ".join(f"{part.part}: {part.mechanism}" for part in self.parts) or "exact: public data"

    def scale(self, part: str) -> float:
        """Return the noise scale of a part; 0 where it is exact."""
        return next((price.scale for price in self.parts if price.part == part), 0.0)
