"""How much information a coarser table loses: non-uniform entropy (de Waal and Willenborg 1999, JOS 15(4))."""

from __future__ import annotations

import numpy as np

from anonymise.risk.coarser.table import Grouped, Levels


class Loss:
    """Loss of the columns of a table, by level.

    Of a column it is the mean, over units, of -log2 of the chance that a unit with the coarser value has the value
    that it has: the bits it would take to tell. It is given as a share of what dropping the column loses; 0 is nothing
    lost, 1 everything. Of a table it is the mean over its columns. It never falls from one step to the next.
    """

    def __init__(self, table: Grouped) -> None:
        self._columns = [
            [_bits(table, column, level) for level in range(len(s))] for column, s in enumerate(table.steps)
        ]

    def of(self, levels: Levels) -> float:
        """Return the loss at some levels, 0 to 1."""
        return sum(self.of_column(column, level) for column, level in enumerate(levels)) / max(1, len(levels))

    def of_column(self, column: int, level: int) -> float:
        """Return the loss of one column, 0 to 1; a column that never varies has nothing to lose."""
        bits = self._columns[column]
        return bits[level] / bits[-1] if bits[-1] > 0 else 0.0


def _bits(table: Grouped, column: int, level: int) -> float:
    own, _ = table.codes(column, 0)
    if level == len(table.steps[column]) - 1:
        coarse = np.zeros_like(own)  # dropped: not even what is missing can be told
    else:
        coarse, _ = table.codes(column, level)
    of_own = np.bincount(own, weights=table.weights)
    of_coarse = np.bincount(coarse, weights=table.weights)
    share = of_own[own] / of_coarse[coarse]
    return float(-(table.weights * np.log2(share)).sum() / max(1, table.units))
