"""Attackers who ask many questions, under one ledger: averaging the noise away, and telling two answers apart.

The attacker knows every row but whether one person is among them, as likely as not, and guesses as well as can be
done. A promise of (epsilon, delta) lets nobody be right more often than (e**epsilon + delta) / (1 + e**epsilon)
(Kairouz, Oh and Viswanath 2015, ICML). The ledger holds one grant; the same attackers without a ledger are nearly
always right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from drawn import copied
from granted import allowed
from offences import offence, plan_of, question, ref

from datalab.engine.noise import OpenDPNoise
from datalab.engine.reference import ReferenceEngine
from datalab.privacy.budget import Budget
from datalab.privacy.plan import Cells, Plan
from datalab.query.model import Compare, CountUnits, Operator

NOISE = OpenDPNoise()
DELTA = Fraction(1, 10**6)
GRANTED = Budget.ceil(Fraction(1, 5))
TRIALS = 4_000
SLACK = 3.3 * math.sqrt(0.25 / TRIALS)
"""More than three standard errors of a share of so many trials: one false alarm in two thousand."""
OTHERS = [offence(f"u{i}", kind="theft") for i in range(40)]
TARGET = [offence("target", kind="arson")]


def averaging(number: int, rho: Fraction) -> list[Plan]:
    """Return questions that all count the same persons, each written differently."""
    asked = question(CountUnits(), rho=rho, rows_per_unit=1, rows_per_cell=1)
    always = (Compare(column=ref("minutes"), operator=Operator.LT, value=100 + i) for i in range(number))
    return [plan_of(replace(asked, query=replace(asked.query, where=where))) for where in always]


def differencing(number: int, rho: Fraction) -> list[Plan]:
    """Return questions in pairs: about everybody, and about everybody but those who are like the target."""
    asked = question(CountUnits(), rho=rho, rows_per_unit=1, rows_per_cell=1)
    without = Compare(column=ref("kind"), operator=Operator.NE, value="arson")
    both = (None, without)
    return [plan_of(replace(asked, query=replace(asked.query, where=both[i % 2]), title=f"{i}")) for i in range(number)]


def accuracy(plans: Iterable[Plan], *, trials: int) -> float:
    """Return how often the best guess from all answers is right: the likelier of the two worlds."""
    engine = ReferenceEngine()
    evidence = np.zeros((2, trials))
    for plan in plans:
        scale = NOISE.price(plan).scale("units")
        absent, present = (
            engine.cells(plan, {"offences": rows}).vectors["units"] for rows in (OTHERS, [*OTHERS, *TARGET])
        )
        for world, true in enumerate((absent, present)):
            noisy = NOISE.draw(copied(plan, trials), Cells(vectors={"units": true * trials})).vectors["units"]
            middle = (absent[0] + present[0]) / 2
            evidence[world] += (np.array(noisy) - middle) * (present[0] - absent[0]) / scale**2
    return float(((evidence[0] < 0).mean() + (evidence[1] > 0).mean()) / 2)


def most(budget: Budget) -> float:
    """Return how often anybody can be right at most, by the epsilon that was promised."""
    odds = math.exp(NOISE.epsilon(budget, DELTA))
    return (odds + float(DELTA)) / (1 + odds)


@pytest.mark.parametrize("attack", [averaging, differencing])
@pytest.mark.parametrize("each", [1, 2, 20])
def test_many_questions_tell_no_more_than_the_grant(
    attack: Callable[[int, Fraction], list[Plan]], each: int, tmp_path: Path, measured: Callable[..., None]
) -> None:
    """However the grant is cut up, the attacker is right no more often than its epsilon allows."""
    asked = [(plan, NOISE.price(plan)) for plan in attack(40, Fraction(GRANTED.rho, each))]
    plans = allowed(asked, GRANTED, tmp_path, dataset="offences")
    found = accuracy(plans, trials=TRIALS)

    measured(f"{attack.__name__}, {each} questions for one grant", f"{found:.3f}", f"{most(GRANTED):.3f}")
    assert len(plans) == each
    assert found <= most(GRANTED) + SLACK
    # All of it spent on one count tells as much as Gaussian noise can: the distance of two normals.
    assert found <= NormalDist().cdf(math.sqrt(2 * GRANTED.rho) / 2) + SLACK


@pytest.mark.parametrize("attack", [averaging, differencing])
def test_without_a_ledger_they_are_right(
    attack: Callable[[int, Fraction], list[Plan]], measured: Callable[..., None]
) -> None:
    """The same attackers without a ledger find out nearly always: the attacks are good ones."""
    plans = attack(300, Fraction(1, 5))

    found = accuracy(plans, trials=200)
    measured(f"{attack.__name__}, 300 questions without a ledger", f"{found:.3f}", f"{most(GRANTED):.3f}", control=True)
    assert found > 0.99


def test_a_ledger_that_forgets_is_caught() -> None:
    """Were each question charged a hundredth, the attacker would be right more often than the promise allows."""
    plans = averaging(100, GRANTED.rho)

    assert accuracy(plans, trials=400) > most(GRANTED) + 0.02  # 400 of 400 by luck: one in 10**7
