"""The risk part of an extract's report: for its custodian alone, since it holds small counts; never a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from anonymise.risk.attack import attack_risk
from anonymise.risk.classes import Classes
from anonymise.risk.measured import Measured
from anonymise.risk.population import population_uniques
from anonymise.risk.special import SpecialUniques
from datalab.contract.model import Contract

FORMAT: Final = "datalab-disclosure-risk/1"
THRESHOLDS: Final = (2, 3, 5, 10, 20)
"""Units in classes of fewer than each are counted."""
BARS: Final = ((1, 1), (2, 2), (3, 4), (5, 9), (10, 19), (20, 49), (50, 99), (100, None))
"""Sizes of classes, from and to, that the picture has a bar each of."""
SETS: Final = 5
"""Sets of columns that single units out, shown."""


def risk_report(contract: Contract, measured: Measured, suggestions: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Put the report of one extract's risk together; everything in it can be written as JSON."""
    classes = measured.classes
    head = {
        "format": FORMAT,
        "unit": contract.privacy_unit.value,
        "quasi_identifiers": list(measured.columns),
        "units": classes.units,
        "combinations": classes.combinations,
        "k": classes.k,
        "min_k": contract.min_k,
        "max_below_k": contract.max_below_k,
        "suggestions": list(suggestions),
    }
    if not classes.units:
        return head
    attack = attack_risk(classes, contract.population)
    return head | {
        "below": [
            {"fewer_than": size, "units": classes.below(size), "share": _share(classes.below(size), classes.units)}
            for size in THRESHOLDS
        ],
        "sizes": [{"size": _named(least, most), "units": classes.between(least, most)} for least, most in BARS],
        "prosecutor": {"highest": _digits(attack.prosecutor_highest), "average": _digits(attack.prosecutor_average)},
        "journalist": None if attack.journalist_highest is None else {"highest": _digits(attack.journalist_highest)},
        "marketer": None if attack.marketer is None else {"share": _digits(attack.marketer)},
        "population": _population(classes, contract.population),
        "diversity": [
            {
                "column": one.column,
                "distinct": one.distinct,
                "entropy": _digits(one.entropy),
                "alike": one.alike,
                "share": _share(one.alike, one.judged),
            }
            for one in measured.diversity
        ],
        "special": _special(measured.special),
    }


def _population(classes: Classes, population: int | None) -> dict[str, Any] | None:
    if population is None:
        return None
    if population < classes.units:
        return {"stated": population, "too_small": True}
    found = population_uniques(classes, population)
    return {
        "stated": population,
        "estimator": found.estimator.value,
        "uniques_in_extract": round(found.in_extract, 1),
        "share_of_extract": _share(found.in_extract, classes.units),
        "uniques_in_population": round(found.in_population, 1),
    }


def _special(special: SpecialUniques | None) -> dict[str, Any] | None:
    if special is None:
        return None
    sets = sorted(special.sets.items(), key=lambda one: (len(one[0]), -one[1], one[0]))
    return {
        "by_columns": {str(size): units for size, units in sorted(special.by_size.items())},
        "sets": [{"columns": list(columns), "units": units} for columns, units in sets[:SETS]],
    }


def _named(least: int, most: int | None) -> str:
    if most is None:
        return f"{least} or more"
    return str(least) if least == most else f"{least} to {most}"


def _share(part: float, whole: int) -> float:
    return round(part / whole, 6) if whole else 0.0


def _digits(value: float) -> float:
    return round(value, 6)
