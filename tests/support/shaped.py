"""Rows of many shapes within stated bounds, their exact cells, and how far noisy figures of them really are off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from drawn import answers
from offences import ref
from scipy.stats import norm

from datalab.privacy.answer import Estimate
from datalab.privacy.bounds import in_steps
from datalab.privacy.plan import Figure, FigureKind, Flag, Part, PartKind, Plan, Price
from datalab.query.model import Clamp, Derived

Floats = npt.NDArray[np.float64]
HELD = Derived(name="minutes_held", expression=Clamp(column=ref("minutes"), lower=0, upper=500))
BOUNDS = {"loss": (0.0, 99.95), "minutes_held": (0.0, 500.0)}
CHARGED = 0.3
"""Share of the rows that meet a condition, as far as a question has one."""


def _lognormal(median: float, sigma: float) -> Callable[[Floats], Floats]:
    return lambda ranks: median * np.exp(sigma * norm.ppf(ranks))


def _zeros(ranks: Floats) -> Floats:
    return np.where(ranks < 0.9, 0.0, _lognormal(0.1, 1.0)(np.maximum(ranks - 0.9, 0.0) / 0.1))


SHAPES: Mapping[str, Callable[[Floats], Floats]] = {
    "even": lambda ranks: ranks,
    "amounts": _lognormal(0.18, 1.0),
    "long tail": _lognormal(0.08, 1.1),
    "waiting times": lambda ranks: -0.2 * np.log(1 - ranks),
    "low": lambda ranks: 0.02 * ranks,
    "high": lambda ranks: 1.0 - 0.02 * ranks,
    "ends": lambda ranks: np.where(ranks < 0.5, 0.0, 1.0),
    "zeros": _zeros,
    "tiny": _lognormal(0.005, 1.0),
    "one": lambda ranks: np.full(len(ranks), 0.3),
}
"""From ranks to shares of the stated range, before they are clamped: spread evenly, skewed (3), and at all extremes."""
SKEWED = ("amounts", "long tail", "waiting times")


@dataclass(frozen=True, slots=True)
class Rows:
    """Values by column, and which rows meet the condition."""

    values: Mapping[str, Floats]
    charged: npt.NDArray[np.bool_]


def rows_of(shape: str, rows: int, seed: int = 1) -> Rows:
    """Return rows of a shape, in an order drawn for each column."""
    rng = np.random.default_rng([seed, rows])
    ranks = (np.arange(rows) + 0.5) / rows
    shares = {name: np.clip(SHAPES[shape](rng.permutation(ranks)), 0.0, 1.0) for name in BOUNDS}
    values = {name: low + shares[name] * (high - low) for name, (low, high) in BOUNDS.items()}
    values["minutes_held"] = np.rint(values["minutes_held"])
    return Rows(values=values, charged=np.arange(rows) < round(CHARGED * rows))


def cells_of(plan: Plan, rows: Rows) -> dict[str, list[int]]:
    """Return the exact vectors of a plan of one cell, each row one unit's."""
    return {part.name: _vector(part, rows) for part in plan.parts}


def _vector(part: Part, rows: Rows) -> list[int]:
    counted = rows.charged if part.where is not None else np.ones(len(rows.charged), dtype=bool)
    if part.keys and (bin_ := part.keys[-1].bin):
        return np.bincount((_fixed(part, rows) - bin_.fixed.lower) // bin_.width, minlength=bin_.count).tolist()
    if isinstance(part.value, Flag):
        flags = np.where(rows.charged, part.value.fixed.upper, part.value.fixed.lower)
        return [int((flags - part.value.fixed.centre).sum())]
    if part.value is None:
        return [int(counted.sum())]
    whole = _fixed(part, rows)[counted]
    centred = whole - part.value.fixed.centre
    match part.kind:
        case PartKind.SUM:
            return [int(whole.sum())]
        case PartKind.CENTRED_SUM:
            return [int(centred.sum())]
        case _:
            return [int(in_steps(centred**2, part.step).sum())]


def _fixed(part: Part, rows: Rows) -> npt.NDArray[np.int64]:
    bin_ = part.keys[-1].bin if part.keys else None
    if bin_ is not None:
        fixed, column = bin_.fixed, part.keys[-1].column
    else:
        assert part.value is not None
        assert not isinstance(part.value, Flag)
        fixed, column = part.value.fixed, part.value.column
    scaled = np.floor(rows.values[column.name] * 10.0**fixed.exponent + 0.5).astype(np.int64)
    return np.clip(scaled, fixed.lower, fixed.upper)


@dataclass(frozen=True, slots=True)
class Actual:
    """What releases were like."""

    error: float
    """95 of 100 figures were so near to the bounded truth; infinite where fewer are stated."""
    half: float
    """Half of their intervals: the middle one of all."""
    estimates: Sequence[Estimate]


def actual(plan: Plan, price: Price, rows: Rows, copies: int = 200) -> dict[str, Actual]:
    """Release a plan of one cell many times, and return for each figure how far off it was."""
    drawn = answers(plan, price, cells_of(plan, rows), np.random.default_rng(7), copies)
    return {
        figure.name: _actual(estimates, true_of(figure, plan, rows))
        for figure, (estimates,) in zip(plan.figures, drawn, strict=True)
    }


def _actual(estimates: list[Estimate], true: float) -> Actual:
    errors = [np.inf if one.value is None else abs(one.value - true) for one in estimates]
    halves = [np.inf if one.high is None or one.low is None else (one.high - one.low) / 2 for one in estimates]
    error = float(np.quantile(errors, 0.95, method="lower"))
    return Actual(error=error, half=float(np.median(halves)), estimates=estimates)


def true_of(figure: Figure, plan: Plan, rows: Rows) -> float:
    """Return the bounded truth of a figure, from the rows themselves."""
    parts = plan.parts_of(figure)
    value = parts[0].value or parts[-1].value
    if figure.kind is FigureKind.RATIO:
        top, bottom = (_amount(part, rows) for part in parts)
        return figure.per * top / bottom
    if figure.kind in (FigureKind.ROWS, FigureKind.UNITS, FigureKind.SUM):
        return _amount(parts[0], rows)
    if figure.kind is FigureKind.QUANTILE:
        column = rows.values[parts[0].keys[-1].column.name]
        return float(np.quantile(column, float(figure.level or 0), method="inverted_cdf"))
    assert value is not None
    assert not isinstance(value, Flag)
    column = rows.values[value.column.name]
    return float(
        {FigureKind.MEAN: np.mean, FigureKind.VARIANCE: np.var, FigureKind.DEVIATION: np.std}[figure.kind](column)
    )


def _amount(part: Part, rows: Rows) -> float:
    counted = rows.charged if part.where is not None else np.ones(len(rows.charged), dtype=bool)
    if isinstance(part.value, Flag):
        return float(rows.charged.sum())
    return float(counted.sum()) if part.value is None else float(rows.values[part.value.column.name][counted].sum())
