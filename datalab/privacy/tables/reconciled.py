"""Noisy tables made to agree: every margin is exactly the sum of its cells."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from datalab.privacy.tables.residual import Floats, Keys, Layout, residual_variances, subsets, table_variances

STEP = 1_000
"""Agreed figures are told in thousandths of the whole unit: fine beside any noise, and exact to add up."""
Wholes = npt.NDArray[np.object_]
"""Whole numbers of any size."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """One table after agreement."""

    shown: tuple[int, ...]
    """Figures in thousandths, in the order of the table's own vector: these add up exactly."""
    best: Floats
    """Best linear unbiased estimates, before rounding and before anything else was done to the figures."""
    variance: float
    """Of each cell of `best`."""


def agreed(
    layout: Layout,
    axes: Sequence[tuple[int, ...]],
    vectors: Sequence[Sequence[int]],
    variances: Sequence[float],
    *,
    change: Callable[[Layout, dict[Keys, Floats]], dict[Keys, Floats]] | None = None,
) -> tuple[Agreed, ...]:
    """Return every table's best linear unbiased estimate from all of them, as figures that agree.

    Estimates agree but for float rounding. What is shown agrees to the last digit where one table holds all keys, or
    wherever a margin has one table that it is taken from: cells of the tables that no other contains are rounded to
    thousandths, and a margin is the sum of the rounded cells of the first such table that contains it. Between two such
    tables that overlap, margins differ by rounding alone: at most half a thousandth for each cell that is added up.

    Args:
        layout: sizes and keys of the tables.
        axes: the keys of each table in the order of its vector, the last changing quickest.
        vectors: noisy tables.
        variances: of the noise of each; all 0 where they are exact.
        change: what is done to the estimates before they are shown, such as `nonnegative`.
    """
    tables = [_sorted(layout, order, vector) for order, vector in zip(axes, vectors, strict=True)]
    best = _estimated(layout, tables, variances) if all(variances) else dict(zip(layout.members, tables, strict=True))
    after = table_variances(layout, variances)
    changed = change(layout, best) if change is not None else best
    shown = _rounded(layout, changed)
    return tuple(
        Agreed(
            shown=tuple(_unsorted(order, shown[keys]).ravel().tolist()),
            best=_unsorted(order, best[keys]).ravel(),
            variance=variance,
        )
        for order, keys, variance in zip(axes, layout.members, after, strict=True)
    )


def _sorted(layout: Layout, order: tuple[int, ...], vector: Sequence[int]) -> Floats:
    """Return a vector as an array with one axis a key, keys in rising order."""
    array = np.array(vector, dtype=np.float64).reshape([layout.sizes[key] for key in order])
    return array.transpose([order.index(key) for key in sorted(order)])


def _unsorted(order: tuple[int, ...], array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    keys = sorted(order)
    return array.transpose([keys.index(key) for key in order])


def _estimated(layout: Layout, tables: Sequence[Floats], variances: Sequence[float]) -> dict[Keys, Floats]:
    known = residual_variances(layout, variances)
    residuals: dict[Keys, Floats] = {}
    for keys, table, variance in zip(layout.members, tables, variances, strict=True):
        for residual in subsets(keys):
            precision = known[residual] / (variance * layout.cells(keys - residual))
            part = precision * _residual(table, keys, residual)
            residuals[residual] = residuals[residual] + part if residual in residuals else part
    return {keys: _spread(layout, residuals, keys) for keys in layout.members}


def _residual(table: Floats, keys: Keys, residual: Keys) -> Floats:
    """Return the margin by some keys with the mean over each of them taken out."""
    places = sorted(keys)
    margin = table.sum(axis=tuple(place for place, key in enumerate(places) if key not in residual))
    for axis in range(margin.ndim):
        margin = margin - margin.mean(axis=axis, keepdims=True)
    return np.asarray(margin, dtype=np.float64)


def _spread(layout: Layout, residuals: dict[Keys, Floats], keys: Keys) -> Floats:
    """Add up the residuals of a table, each spread evenly over the keys that it lacks."""
    places = sorted(keys)
    whole = np.zeros([layout.sizes[key] for key in places])
    for residual in subsets(keys):
        if residual in residuals:
            shape = [layout.sizes[key] if key in residual else 1 for key in places]
            whole = whole + residuals[residual].reshape(shape) / layout.cells(keys - residual)
    return whole


def _rounded(layout: Layout, tables: dict[Keys, Floats]) -> dict[Keys, Wholes]:
    shown: dict[Keys, Wholes] = {}
    for keys in dict.fromkeys(itertools.chain(layout.largest, layout.members)):
        source = next((other for other in layout.largest if keys < other), None)
        if source is None:
            array = np.empty(tables[keys].shape, dtype=object)
            if array.size:
                array[...] = np.vectorize(_whole, otypes=[object])(tables[keys])
            shown[keys] = array
        else:
            gone = tuple(place for place, key in enumerate(sorted(source)) if key not in keys)
            summed = shown[source].sum(axis=gone)
            shown[keys] = np.asarray(summed, dtype=object)
    return shown


def _whole(figure: float) -> int:
    return round(float(figure) * STEP)
