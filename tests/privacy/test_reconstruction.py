"""Reconstruction: a secret bit of everybody, from many overlapping counts.

Dinur and Nissim (PODS 2003) showed that answers to enough random counts, each with little noise, give nearly every bit
back; Dwork, McSherry and Talwar (STOC 2007) did it by a linear programme; the US Census Bureau did it to its own tables
of 2010 (Abowd 2021, declaration in Alabama v. Department of Commerce). The attacker here knows everybody's block and
asks how many people in a random half of the blocks were charged. The custodian's grant holds all questions together.

Of rho-zCDP the Kullback-Leibler divergence of two neighbouring worlds is at most rho (Bun and Steinke 2016, at order
1), so their total variation is at most sqrt(rho / 2) (Pinsker 1964), and nobody guesses one person's bit rightly more
often than (1 + sqrt(rho / 2)) / 2: no reconstruction has a larger share of bits right on average. The base rate is
1/2: bits are fair coins.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from drawn import copied
from granted import allowed
from offence_tables import POLICY, Row, column, question, ref
from scipy.optimize import linprog

from datalab.contract.model import LogicalType, PrivacyUnit
from datalab.engine.noise import OpenDPNoise
from datalab.engine.reference import ReferenceEngine
from datalab.privacy.budget import Budget
from datalab.privacy.compile import compile_question
from datalab.privacy.plan import Cells, Plan
from datalab.query.model import AllOf, Compare, CountUnits, IsIn, Operator
from datalab.query.schema import ViewSchema
from datalab.query.spend import rho_for_epsilon

Floats = npt.NDArray[np.float64]
Subsets = list[tuple[int, ...]]
NOISE = OpenDPNoise()
GRANTED = Budget.ceil(Fraction(1, 5))
PEOPLE = 64
BLOCKS = tuple(f"b{number:02d}" for number in range(PEOPLE))
RESIDENTS = ViewSchema(
    dataset="residents",
    privacy_unit=PrivacyUnit.PERSON,
    max_rows_per_unit=1,
    columns=(column("block", values=BLOCKS), column("charged", LogicalType.BOOLEAN, values=("false", "true"))),
)
CHARGED = Compare(column=ref("charged"), operator=Operator.EQ, value=True)
DICE = np.random.default_rng(20261124)
SECRET = DICE.integers(0, 2, PEOPLE)
"""Who was charged: one person in each block."""
ROWS: list[Row] = [
    {"unit_id": f"p{number}", "block": block, "charged": bool(bit)}
    for number, (block, bit) in enumerate(zip(BLOCKS, SECRET, strict=True))
]
RELEASES = 60
"""Answers to all questions, each with noise of its own: bits are counted over all of them."""
QUESTIONS = 256
"""Four for each bit, as many as any of the attacks above needs."""
ONE = rho_for_epsilon(1.0)
"""What an epsilon of 1 buys."""
SLACK = 0.04
"""Bits of one release share their noise: four standard errors of a share over so many releases, as measured."""


CHOSEN: Subsets = [tuple(half) for half in DICE.integers(0, 2, (QUESTIONS, PEOPLE)).tolist()]
"""Random halves of the blocks, one a question."""


def asked(chosen: tuple[int, ...], rho: Fraction) -> Plan:
    """Compile a question: how many people in these blocks were charged."""
    some = IsIn(column=ref("block"), values=tuple(block for block, one in zip(BLOCKS, chosen, strict=True) if one))
    bounds = {"rows_per_unit": 1, "rows_per_cell": 1}
    where = AllOf(predicates=(CHARGED, some))
    return compile_question(
        question(CountUnits(), dataset="residents", where=where, rho=rho, **bounds), {"residents": RESIDENTS}, POLICY
    )


@cache
def counted(chosen: tuple[int, ...]) -> int:
    """Return the bounded count of a subset, as the engine has it; what a question may spend does not change it."""
    cells = ReferenceEngine().cells(asked(chosen, ONE), {"residents": ROWS})
    return cells.vectors["units"][0]


def answered(questions: Subsets, rho: Fraction, releases: int) -> Floats:
    """Return noisy answers to questions of that price, by release and question."""
    plan = asked(questions[0], rho)  # the others differ in their condition alone, and noise knows nothing of it
    many = copied(plan, releases * len(questions))
    true = tuple(map(counted, questions)) * releases
    noisy = NOISE.draw(many, Cells(vectors={"units": true})).vectors["units"]
    return np.array(noisy, dtype=np.float64).reshape(releases, len(questions))


def least_squares(questions: Subsets, answers: Floats) -> Floats:
    """Return everybody's bit by least squares, held to 0 or 1: for normal noise, nothing linear is better."""
    found = np.linalg.lstsq(np.array(questions, dtype=float), answers.T, rcond=None)[0].T
    return np.asarray(found > 0.5)


def linear_programme(questions: Subsets, answers: Floats) -> Floats:
    """Return everybody's bit by the least sum of absolute errors with bits held between 0 and 1."""
    number = len(questions)
    cost = np.concatenate([np.zeros(PEOPLE), np.ones(number)])
    design = np.array(questions, dtype=float)
    above = np.hstack([design, -np.eye(number)])
    below = np.hstack([-design, -np.eye(number)])
    bounds = [(0, 1)] * PEOPLE + [(0, None)] * number
    found = [
        linprog(cost, A_ub=np.vstack([above, below]), b_ub=np.concatenate([one, -one]), bounds=bounds).x[:PEOPLE]
        for one in answers
    ]
    return np.asarray(np.array(found) > 0.5)


def reconstructed(solve: Callable[..., Floats], questions: Subsets, answers: Floats) -> float:
    """Return the share of bits that a solver has right."""
    return float((solve(questions, answers) == SECRET).mean())


def most() -> float:
    """Return the largest share that rho allows anybody."""
    return (1 + math.sqrt(GRANTED.rho / 2)) / 2


@pytest.fixture(scope="module")
def under_the_ledger(tmp_path_factory: pytest.TempPathFactory) -> Floats:
    """Answers to questions that share the whole grant between them: the ledger lets all of them through."""
    each = Fraction(GRANTED.rho, QUESTIONS)
    plans = [asked(half, each) for half in CHOSEN]
    price = NOISE.price(plans[0])
    passed = allowed([(plan, price) for plan in plans], GRANTED, tmp_path_factory.mktemp("ledger"), dataset="residents")
    assert passed == plans
    return answered(CHOSEN, each, RELEASES)


@pytest.mark.parametrize(("solve", "releases"), [(least_squares, RELEASES), (linear_programme, 8)])
def test_the_whole_grant_reconstructs_hardly_a_bit(
    solve: Callable[..., Floats],
    releases: int,
    under_the_ledger: Floats,
    measured: Callable[..., None],
) -> None:
    """Overlapping counts that spend a dataset's whole grant give back hardly more bits than guessing does."""
    found = reconstructed(solve, CHOSEN, under_the_ledger[:releases])

    name = solve.__name__.replace("_", " ")
    measured(f"{name}, {QUESTIONS} counts for one grant", f"{found:.3f}", f"{most():.3f}")
    assert found <= most()
    assert 0.5 - SLACK < found < 0.5 + 0.1


def test_a_table_with_a_cell_for_everybody_tells_no_more_than_rho_allows(measured: Callable[..., None]) -> None:
    """The best single question, one cell a person for the whole grant, tells of each no more than rho allows."""
    plan = compile_question(
        question(
            CountUnits(),
            dataset="residents",
            where=CHARGED,
            by=[ref("block")],
            rho=GRANTED.rho,
            rows_per_unit=1,
            rows_per_cell=1,
        ),
        {"residents": RESIDENTS},
        POLICY,
    )
    true = ReferenceEngine().cells(plan, {"residents": ROWS}).vectors["units"]
    noisy = NOISE.draw(copied(plan, RELEASES), Cells(vectors={"units": true * RELEASES})).vectors["units"]
    found = float(((np.array(noisy).reshape(RELEASES, PEOPLE) > 0.5) == SECRET).mean())

    measured("one table with a cell for each person, for the whole grant", f"{found:.3f}", f"{most():.3f}")
    assert found <= most()  # by three standard errors and more


def test_counts_of_epsilon_one_under_the_ledger_are_too_few(tmp_path: Path, measured: Callable[..., None]) -> None:
    """Whoever asks count after count at epsilon 1 is stopped after a dozen, and those leave nearly every bit open."""
    plans = [asked(half, ONE) for half in CHOSEN[:40]]
    price = NOISE.price(plans[0])
    passed = allowed([(plan, price) for plan in plans], GRANTED, tmp_path, dataset="residents")
    half = CHOSEN[: len(passed)]
    found = reconstructed(least_squares, half, answered(half, ONE, RELEASES))

    what = f"least squares, the {len(passed)} counts at epsilon 1 that the grant pays for"
    measured(what, f"{found:.3f}", f"{most():.3f}")
    assert passed == plans[: math.floor(GRANTED.rho / price.total.rho)]
    assert found <= most()


@pytest.mark.parametrize("solve", [least_squares, linear_programme])
def test_exact_counts_give_every_bit_back(solve: Callable[..., Floats], measured: Callable[..., None]) -> None:
    """The same attacks on exact counts have every bit right: they are good ones."""
    exact = np.array([[counted(half) for half in CHOSEN]], dtype=np.float64)
    found = reconstructed(solve, CHOSEN, exact)

    measured(f"{solve.__name__.replace('_', ' ')}, exact counts", f"{found:.3f}", f"{most():.3f}", control=True)
    assert found == 1


def test_counts_of_epsilon_one_without_a_ledger_give_nearly_every_bit_back(measured: Callable[..., None]) -> None:
    """With no shared budget, counts of epsilon 1 asked ten times each give back nearly all: noise alone is no help."""
    times = 10
    answers = answered(CHOSEN, ONE, RELEASES).reshape(-1, times, QUESTIONS).mean(axis=1)
    found = reconstructed(least_squares, CHOSEN, answers)

    what = f"least squares, {times * QUESTIONS:,} counts at epsilon 1 without a ledger"
    measured(what, f"{found:.3f}", f"{most():.3f}", control=True)
    assert found > 0.95
