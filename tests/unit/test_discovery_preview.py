"""What is said of unlisted values before they are found out: which are told, and how far off chosen cells can be."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from drawn import discrete_gaussian
from offences import plan_of, question, ref
from rich.console import Console

from datalab.cli.tables import preview_table, telling_table
from datalab.engine.noise import OpenDPNoise
from datalab.privacy.accuracy import Telling, chance_told, preview, tellings
from datalab.privacy.accuracy.foreseen import FORESEEN_VALUES, foreseen_cells
from datalab.privacy.answer import dress
from datalab.privacy.plan import Cells, Plan
from datalab.query.model import CountRows

NOISE = OpenDPNoise()
DELTA = Fraction(1, 10**6)
VALUES = tuple(f"v{place:04d}" for place in range(FORESEEN_VALUES))


def plan_with(*, top: int | None, rho: Fraction = Fraction(1, 10)) -> Plan:
    """Return a plan that finds out codes, and answers the largest cells where so many are stated."""
    asked = question(CountRows(), by=[ref("code")], discover=ref("code"), rho=rho)
    return plan_of(replace(asked, query=replace(asked.query, top=top), rows_per_unit=2, rows_per_cell=1))


def half_widths(plan: Plan, *, found: bool) -> tuple[float, float]:
    """Return half of the interval before, and of the answer once so many values are found out."""
    shown = preview(plan, NOISE, DELTA).measures[0].half_width
    told = plan.with_values(VALUES if found else VALUES[:1])
    (part,) = told.parts
    answer = dress(told, NOISE.price(plan), Cells(vectors={part.name: (10_000,) * part.size}), epsilon=0, delta=DELTA)
    low, high = answer.cells[0].estimates[0].low, answer.cells[0].estimates[0].high
    assert None not in (shown, low, high)
    return float(shown or 0), (float(high or 0) - float(low or 0)) / 2


def test_chosen_cells_are_previewed_as_wide_as_they_are_answered() -> None:
    """With as many values as are reckoned with, the answer is as wide as the preview; with fewer it is narrower."""
    before, after = half_widths(plan_with(top=5), found=True)
    few = half_widths(plan_with(top=5), found=False)[1]
    alone = half_widths(plan_with(top=None), found=True)

    assert before == after
    assert few < before
    assert alone[0] == alone[1] < few


def test_the_previewed_width_holds_in_all_cells_at_once() -> None:
    """In 95 of 100 answers no cell is further off, whichever is chosen; the width of one cell alone never holds."""
    plan = plan_with(top=5)
    cells = foreseen_cells(plan)
    (scale,) = (NOISE.price(plan).scale(part.name) for part in plan.parts)
    noise = discrete_gaussian(np.random.default_rng(5), scale, 2_000 * cells).reshape(2_000, cells)
    furthest = np.abs(noise).max(axis=1)

    assert np.mean(furthest <= half_widths(plan, found=True)[0]) >= 0.94
    assert np.mean(furthest <= half_widths(plan_with(top=None), found=True)[0]) < 0.01


@pytest.mark.parametrize("rho", [Fraction(1, 5_000), Fraction(1, 10), Fraction(4)], ids=["large", "middle", "small"])
def test_values_are_told_as_often_as_is_said(rho: Fraction) -> None:
    """Of many values that so many units have each, OpenDP tells the share that the preview states."""
    plan = plan_with(top=None, rho=rho)
    price = NOISE.price(plan)
    (part,) = (part for part in price.parts if part.threshold)
    for units in {one.units for one in tellings(price)} | {part.threshold - 1, part.threshold + 1}:
        chance, times = chance_told(units, part), 4_000
        told = len(NOISE.discover(plan, {f"v{place}": units for place in range(times)})) / times

        assert told == pytest.approx(chance, abs=5 * (chance * (1 - chance) / times) ** 0.5 + 0.001)


def test_a_preview_says_who_is_told_and_what_is_reckoned_with() -> None:
    """The terminal shows the threshold, the chance for some sizes, and that cells are not counted yet."""
    shown = preview(plan_with(top=5), NOISE, DELTA)
    text = io.StringIO()
    console = Console(file=text, width=140)
    console.print(preview_table(shown))
    console.print(telling_table(shown))
    written = " ".join(text.getvalue().split())

    assert shown.telling[0] == Telling(units=1, chance=shown.telling[0].chance)
    assert shown.telling[0].chance <= 1e-9
    assert [round(one.chance, 1) for one in shown.telling[1:]] == [0.0, 0.5, 1.0]
    assert f"{shown.threshold:,} or more" in written
    assert "0 cells" not in written
    assert "Cells that are found out" in written
    assert f"reckoned with {FORESEEN_VALUES:,}" in written
    assert all(f"{one.units:,}" in written for one in shown.telling)


def test_listed_groups_have_nothing_to_be_told() -> None:
    """Where the contract lists the values there is no threshold; chosen cells are known to hold at once in all."""
    plan = plan_of(replace(question(CountRows(), by=[ref("kind")]), rho=Fraction(1, 10)))
    chosen = plan_of(replace(plan.question, query=replace(plan.question.query, top=1)))

    assert preview(plan, NOISE, DELTA).telling == ()
    assert preview(plan, NOISE, DELTA).holds == ""
    assert f"in {chosen.size}, shown or not" in preview(chosen, NOISE, DELTA).holds
