"""Tracing: was this person in the data that a table of many counts was made of?

Homer et al. (2008, PLoS Genetics 4:e1000167) told from the allele frequencies of a study whether a person had been in
it: the table's counts lean a little towards those who are in it, and many counts add that up. Dwork, Smith, Steinke,
Ullman and Vadhan (FOCS 2015, "Robust traceability from trace amounts") trace even through some noise. Here each person
has about half of many codes; the attacker knows the person's codes and how common each is, and scores

    sum over codes of (count - expected count) x (has the person it? - how common it is)

Under (epsilon, delta) the share of members found less the share of others accused, the advantage, is at most
(e**epsilon - 1 + 2 delta) / (e**epsilon + 1) for any attack whatever (Kairouz, Oh and Viswanath 2015).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from attack import less_noise
from drawn import copied
from offence_tables import POLICY, Row, column, question, ref

from datalab.contract.model import PrivacyUnit
from datalab.engine.noise import OpenDPNoise
from datalab.engine.reference import ReferenceEngine
from datalab.privacy.compile import compile_question
from datalab.privacy.plan import Cells, Plan
from datalab.query.model import CountRows
from datalab.query.schema import ViewSchema

Floats = npt.NDArray[np.float64]
NOISE = OpenDPNoise()
DELTA = Fraction(1, 10**6)
CODES = tuple(f"c{number:03d}" for number in range(300))
MOST = 180
"""R: nobody has so many codes."""
STUDY, KNOWN = 20, 60
"""People in the data beside the target, and people among whom both are drawn."""
TRIALS = 400
RHO = Fraction(1, 50)
SLACK = 3.5 * math.sqrt(0.5 / (TRIALS / 2))
"""Three and a half standard errors of a difference of two shares, each of a half of the trials."""
RECORDS = ViewSchema(
    dataset="records",
    privacy_unit=PrivacyUnit.PERSON,
    max_rows_per_unit=len(CODES),
    columns=(column("code", values=CODES),),
)
PLAN: Plan = compile_question(
    question(CountRows(), dataset="records", by=[ref("code")], rho=RHO, rows_per_unit=MOST, rows_per_cell=1),
    {"records": RECORDS},
    POLICY,
)


def person(number: int) -> list[Row]:
    """Return somebody's records: about half of the codes."""
    has = np.random.default_rng(number).random(len(CODES)) < 0.5
    return [{"unit_id": f"p{number}", "code": code} for code, one in zip(CODES, has, strict=True) if one]


@pytest.fixture(scope="module")
def people() -> Floats:
    """What each person adds to the table, as the engine bounds it; a table is the sum of its people's."""
    engine = ReferenceEngine()
    rows = [person(number) for number in range(KNOWN)]
    alone = [engine.cells(PLAN, {"records": own}).vectors["rows"] for own in rows]
    together = engine.cells(PLAN, {"records": [row for own in rows[:5] for row in own]}).vectors["rows"]
    assert together == tuple(map(sum, zip(*alone[:5], strict=True)))
    return np.array(alone, dtype=np.float64)


def noised(plan: Plan, tables: Floats) -> Floats:
    """Return each table with noise of its own, through OpenDP."""
    true = tuple(tables.astype(int).ravel().tolist())
    noisy = NOISE.draw(copied(plan, len(tables)), Cells(vectors={"rows": true})).vectors["rows"]
    return np.array(noisy, dtype=np.float64).reshape(tables.shape)


def advantage(people: Floats, release: Callable[[Floats], Floats]) -> float:
    """Return how many more members than others the tracer finds: its line is drawn on one half, judged on the other."""
    rng = np.random.default_rng(20261124)
    scores = []
    for member in (True, False):
        order = np.array([rng.permutation(KNOWN)[: STUDY + 1] for _ in range(TRIALS)])
        tables = people[order[:, :STUDY]].sum(axis=1)
        targets = people[order[:, STUDY]]
        if member:
            tables = tables + targets
        expected = (STUDY + 0.5) * 0.5
        scores.append(((release(tables) - expected) * (targets - 0.5)).sum(axis=1))
    half = TRIALS // 2
    lines = np.quantile(np.concatenate([one[:half] for one in scores]), np.linspace(0.02, 0.98, 49))
    line = max(lines, key=lambda at: (scores[0][:half] > at).mean() - (scores[1][:half] > at).mean())
    return float((scores[0][half:] > line).mean() - (scores[1][half:] > line).mean())


def most() -> float:
    """Return the largest advantage that the table's price allows anybody."""
    odds = math.exp(NOISE.epsilon(NOISE.price(PLAN).total, DELTA))
    return (odds - 1 + 2 * float(DELTA)) / (odds + 1)


def test_a_tracer_finds_hardly_more_members_than_others(people: Floats, measured: Callable[..., None]) -> None:
    """Who is in a table of 300 counts is found no more often than its epsilon allows."""
    found = advantage(people, lambda tables: noised(PLAN, tables))

    measured(f"{len(CODES)} counts of about {STUDY} people at rho {RHO}", f"{found:.3f}", f"{most():.3f}")
    assert found <= most()
    # All that Gaussian noise can tell of one person, were the others known: two normals sqrt(2 rho) apart.
    assert found <= math.erf(math.sqrt(2 * RHO) / 2 / math.sqrt(2)) + SLACK


@pytest.mark.parametrize(("factor", "what"), [(0, "exact counts"), (30, "a thirtieth of the noise")])
def test_a_table_with_too_little_noise_is_traced(
    factor: int, what: str, people: Floats, measured: Callable[..., None]
) -> None:
    """The same tracer finds more members than allowed in exact counts, and where the noise is far too small."""
    found = advantage(people, lambda tables: noised(less_noise(PLAN, factor), tables) if factor else tables)

    measured(what, f"{found:.3f}", f"{most():.3f}", control=True)
    assert found > most() + SLACK
