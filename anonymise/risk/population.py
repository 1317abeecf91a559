"""How many of those who are unique in an extract are unique in the population that it was drawn from.

Two estimators, chosen by the sampling fraction as Dankar et al. (2012, doi:10.1186/1472-6947-12-66) found them best:
Pitman's in small samples, Zayatz's in larger ones. Their rule has a third, which is left out: it often does not
converge, and the rule takes the smaller of it and Zayatz's, so what stands here is the more cautious.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import exp, lgamma, log
from typing import Final

from anonymise.risk.classes import Classes

SMALL_SAMPLE: Final = 0.1
"""Largest sampling fraction at which Pitman's estimator is taken."""
_GOLDEN: Final = (5**0.5 - 1) / 2
_STEPS: Final = 40


class Estimator(StrEnum):
    """How the number was estimated."""

    PITMAN = "Pitman (Hoshino 2001)"
    ZAYATZ = "Zayatz (1991)"
    WHOLE = "none: the extract is the whole population"
    NONE = "none: everybody is unique in the extract, so all may be"


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationUniques:
    """An estimate."""

    estimator: Estimator
    in_extract: float
    """Units of the extract that nobody else in the population has the combination of."""
    in_population: float
    """The same of the population."""


def population_uniques(classes: Classes, population: int) -> PopulationUniques:
    """Estimate them.

    Where units have several combinations each, what is counted is units in classes on both sides.

    Args:
        classes: of the extract, which has units.
        population: how many units the extract's could be mistaken for, as many as the extract's at least.
    """
    uniques = classes.by_size.get(1, 0)
    fraction = classes.units / population
    if fraction >= 1:
        return PopulationUniques(estimator=Estimator.WHOLE, in_extract=classes.below(2), in_population=classes.below(2))
    if uniques == classes.memberships:
        return PopulationUniques(estimator=Estimator.NONE, in_extract=classes.units, in_population=population)
    everybody = round(population * classes.memberships / classes.units)
    if fraction <= SMALL_SAMPLE and uniques:
        everywhere = _pitman(classes.by_size, everybody)
        found = min(float(classes.below(2)), everywhere * fraction)
        return PopulationUniques(estimator=Estimator.PITMAN, in_extract=found, in_population=found / fraction)
    found = min(float(classes.below(2)), uniques * _zayatz(classes.by_size, everybody))
    return PopulationUniques(estimator=Estimator.ZAYATZ, in_extract=found, in_population=found / fraction)


def _zayatz(by_size: Mapping[int, int], everybody: int) -> float:
    """Return the chance that who is unique in the sample is unique in the population.

    Bayes' rule, with the sizes of the sample's classes for those of the population's (Zayatz 1991, US Bureau of the
    Census, SRD/RR-91/08): a class of `size` gives a sample unique with the hypergeometric probability.
    """
    drawn = sum(size * classes for size, classes in by_size.items())
    # log of size * C(everybody - size, drawn - 1), the same denominator left out of all.
    one_of = {
        size: log(size) + _log_choose(everybody - size, drawn - 1) for size in by_size if everybody - size >= drawn - 1
    }
    if 1 not in one_of:
        return 0.0
    weights = {size: by_size[size] * exp(logged - one_of[1]) for size, logged in one_of.items()}
    return weights[1] / sum(weights.values())


def _pitman(by_size: Mapping[int, int], everybody: int) -> float:
    """Return how many uniques a population has, of which the sample's classes are Pitman's sampling formula's.

    Hoshino (2001, Journal of Official Statistics 17(4)): theta and alpha by maximum likelihood, then the expected
    number of classes of one. The likelihood has one hill, so two nested searches by golden section find its top.
    """
    drawn = sum(size * classes for size, classes in by_size.items())
    different = sum(by_size.values())

    def likelihood(alpha: float, theta: float) -> float:
        ladder = different * log(alpha) + lgamma(theta / alpha + different) - lgamma(theta / alpha)
        whole = lgamma(theta + drawn) - lgamma(theta)
        within = sum(classes * (lgamma(size - alpha) - lgamma(1 - alpha)) for size, classes in by_size.items())
        return ladder - whole + within

    def best_theta(alpha: float) -> float:
        return exp(_top(lambda logged: likelihood(alpha, exp(logged)), log(1e-3), log(1e3 * drawn)))

    alpha = _top(lambda one: likelihood(one, best_theta(one)), 1e-4, 1 - 1e-4)
    theta = best_theta(alpha)
    return exp(lgamma(theta + 1) - lgamma(theta + alpha) + alpha * log(everybody))


def _top(height: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function with one hill is highest."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = height(left), height(right)
    for _ in range(_STEPS):
        if at_left < at_right:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = height(right)
        else:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = height(left)
    return (low + high) / 2


def _log_choose(total: int, chosen: int) -> float:
    return lgamma(total + 1) - lgamma(chosen + 1) - lgamma(total - chosen + 1)
