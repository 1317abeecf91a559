"""Suggestions for a custodian: treatments that reach k, what each loses, and the contract's lines that say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from anonymise.risk.classes import Classes
from anonymise.risk.coarser.loss import Loss
from anonymise.risk.coarser.search import cheapest
from anonymise.risk.coarser.table import Grouped, Levels
from datalab.contract.model import Contract

DEFAULT_K: Final = 5
"""What suggestions aim at where the contract asks for no k; the least that guidance on health data takes for shared
files (El Emam and Dankar 2008 find 5 the most used)."""
MOST: Final = 5
"""Suggestions given."""


def suggest(contract: Contract, table: Grouped, count: Callable[[Levels], Classes]) -> list[dict[str, Any]]:
    """Return suggestions, the least loss first; each was counted on the whole extract.

    Args:
        contract: what the extract was judged by, and what a suggestion changes.
        table: the grouped table, perhaps of a sample of units.
        count: counts the classes of the whole extract at some levels. The table alone does not tell: a unit with
            several combinations counts once where they become one.
    """
    k = contract.min_k or DEFAULT_K
    loss = Loss(table)
    counted: dict[Levels, Classes] = {}

    def holds(levels: Levels) -> bool:
        counted[levels] = classes = count(levels)
        return classes.below(k) <= contract.max_below_k * classes.units

    found = cheapest(table, loss, k=k, allowed=contract.max_below_k, most=MOST, holds=holds)
    return [_document(table, levels, counted[levels], loss, k) for levels in found if any(levels)]


def _document(table: Grouped, levels: Levels, classes: Classes, loss: Loss, k: int) -> dict[str, Any]:
    changed = np.zeros(len(table.weights), bool)
    changes = []
    for place, (column, level) in enumerate(zip(table.columns, levels, strict=True)):
        step = table.steps[place][level]
        if step.change is not None:
            changes.append(step.change.document(column))
            touched = {value: value is not None and step.label(value) != value for value in set(table.values[place])}
            changed |= np.array([touched[value] for value in table.values[place]], bool)
    return {
        "aim": k,
        "k": classes.k,
        "below": classes.below(k),
        "combinations": classes.combinations,
        "information_kept": round(1 - loss.of(levels), 4),
        "units_changed": round(table.having(changed) / max(1, table.units), 4),
        "changes": changes,
    }
