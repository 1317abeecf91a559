"""How far a figure can be off at most, whatever the data within the stated bounds: known from the noise alone.

A quotient of noisy amounts T/B is further than t from the true r only if the noise of `T - (r + t) B` or that of
`T - (r - t) B` passes t times the true bottom. Both are normal with variances that are known but for r. So with r at
its largest and the bottom at its smallest, the least t with

    t bottom >= z sqrt(s_T**2 + (|r| + t)**2 s_B**2)

holds in 95 of 100 answers or more, for any data (the same inversion as Fieller's interval: Fieller 1954, J. R. Stat.
Soc. B 16:175-185). Where the bottom is no larger than z s_B there is no such t: the noise leaves nothing to divide by.

For a variance, W(m) = variance + (mean estimate - m)**2 at the true mean m is such a quotient
(`datalab.privacy.estimate.variance`), with |m| at most half of the range; the error of the mean squared comes on top.
A root of it is off by at most the root of its error: where the variance is next to nothing, it is that much.
A quantile is off by the whole range where no value lies near it; in rank it never is (`Expected.rank_error`).
"""

from __future__ import annotations

import math

from datalab.privacy.accuracy.foreseen import foreseen_confidence
from datalab.privacy.accuracy.possible import least_of, most_of
from datalab.privacy.bounds import FixedPoint
from datalab.privacy.estimate.figures import fixed_of
from datalab.privacy.estimate.noise_size import critical, spread
from datalab.privacy.estimate.ratio import is_share, step_of
from datalab.privacy.estimate.variance import NUISANCE
from datalab.privacy.plan import Figure, FigureKind, Flag, Part, Plan, Price


def at_most(figure: Figure, plan: Plan, price: Price, count: int) -> float:
    """Return how far 95 of 100 figures are from the bounded truth at most, for any data; infinite where nothing says.

    Args:
        figure: one of the plan's whose error depends on the size of the group.
        plan: the question's.
        price: the plan's.
        count: rows in the group: with a value, below the line, or units for rows of a unit.
    """
    parts = plan.parts_of(figure)
    noise = [spread(price.scale(part.name)) * part.step for part in parts]
    confidence = foreseen_confidence(plan)
    match figure.kind:
        case FigureKind.MEAN:
            fixed = fixed_of(parts[1])
            found = _mean(fixed, noise[0], noise[1], count, critical(confidence))
            return min(found, fixed.upper - fixed.lower) / 10.0**fixed.exponent
        case FigureKind.VARIANCE | FigureKind.DEVIATION:
            return _spread(fixed_of(parts[1]), noise, count, confidence, root=figure.kind is FigureKind.DEVIATION)
        case FigureKind.RATIO:
            return _ratio(figure, (parts[0], parts[1]), noise, count, critical(confidence))
        case _:
            return _whole(parts[0])


def within(top: float, bottom: float, *, ratio: float, least: float, z: float) -> float:
    """Return the least t that a quotient is within; infinite where the bottom is lost in its noise.

    Args:
        top: standard deviation of the noise above the line.
        bottom: of that below.
        ratio: the largest |quotient|.
        least: the least bottom.
        z: critical value.
    """
    lead = least**2 - (z * bottom) ** 2
    if lead <= 0:
        return math.inf
    middle = z**2 * ratio * bottom**2
    return (middle + math.sqrt(middle**2 + lead * z**2 * (top**2 + (ratio * bottom) ** 2))) / lead


def _mean(fixed: FixedPoint, rows: float, total: float, count: int, z: float) -> float:
    return within(total, rows, ratio=fixed.half_range, least=count, z=z)


def _spread(fixed: FixedPoint, noise: list[float], count: int, confidence: float, *, root: bool) -> float:
    rows, total, squares = noise
    half, error = fixed.half_range, 1 - confidence
    mean = _mean(fixed, rows, total, count, critical(1 - error * NUISANCE))
    about = within(
        math.hypot(squares, 2 * half * total),
        rows,
        ratio=half**2,
        least=count,
        z=critical(1 - error * (1 - NUISANCE)),
    )
    found = min(about + mean**2, ((fixed.upper - fixed.lower) / 2) ** 2)
    return (math.sqrt(found) if root else found) / 10.0 ** ((1 if root else 2) * fixed.exponent)


def _ratio(figure: Figure, parts: tuple[Part, Part], noise: list[float], count: int, z: float) -> float:
    top, bottom = parts
    if isinstance(top.value, Flag):
        fixed = top.value.fixed
        found = min(_mean(fixed, noise[1], noise[0], count, z), fixed.upper - fixed.lower)
        return found * figure.per / 10.0**fixed.exponent
    if top.name == bottom.name:
        return 0.0
    most = most_of(top, bottom)
    if math.isinf(most):
        return math.inf
    found = within(noise[0], noise[1], ratio=most, least=least_of(bottom) * count, z=z)
    return (min(found, 1.0) if is_share(top, bottom) else found) * figure.per * step_of(top, bottom)


def _whole(part: Part) -> float:
    if part.edges:
        return float(part.edges[-1])
    bin_ = part.keys[-1].bin
    if bin_ is None:
        message = "A quantile's parts are by bins."
        raise AssertionError(message)
    return (bin_.fixed.upper - bin_.fixed.lower) / 10.0**bin_.fixed.exponent
