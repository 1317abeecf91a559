"""What a wish costs for any data, beside what it costs for data as assumed: where the two differ, both are said."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import cast

import pytest
from desk_lab import build
from desk_lab import question as lab_question
from offences import plan_of, question, ref
from rich.console import Console
from shaped import SHAPES, actual, rows_of

from datalab.broker.documents import price_document, sheet_document
from datalab.cli.tables import preview_table, price_table
from datalab.engine.noise import OpenDPNoise
from datalab.privacy.accuracy import expected, preview
from datalab.privacy.wish import Assured, Of, Wish, assured, least_budget
from datalab.query.model import (
    Compare,
    CountRows,
    CountUnits,
    Deviation,
    Mean,
    Measure,
    Operator,
    Quantile,
    Question,
    Ratio,
    Sum,
    Table,
    Variance,
)
from datalab.release.sheet import Sheet, priced_sizes, sheet_of_price
from datalab.web.portal import page_templates
from notebooks.display import PriceDisplay, SheetDisplay

NOISE = OpenDPNoise()
MOST = Fraction(50)
LOSS = ref("loss")
CHARGED = Compare(column=ref("charged"), operator=Operator.EQ, value=True)
SPREAD = Deviation(column=LOSS, name="loss")
RATE = Ratio(top=CountRows(where=CHARGED, name=""), bottom=CountUnits(name=""), name="loss")
ROWS = 4_000


def asked(measure: Measure, most: int = 1) -> Question:
    """Return a question about one figure, of people with up to so many rows."""
    return question(measure, rows_per_unit=most, rows_per_cell=most)


def sold(measure: Measure, within: float, *, rows: int = 1, most: Fraction = MOST) -> tuple[Question, Assured | None]:
    """Return the question with what a wish costs for data as assumed, and for any."""
    wish = Wish(measure="loss", within=within, group_size=ROWS)
    found = least_budget(asked(measure, rows), wish, compiled=plan_of, noise=NOISE, most=MOST)
    return found, assured(found, wish, compiled=plan_of, noise=NOISE, most=most)


@pytest.mark.parametrize(("measure", "within", "rows"), [(SPREAD, 3.0, 1), (RATE, 0.05, 12)], ids=["deviation", "rate"])
def test_a_price_for_any_data_is_just_enough(measure: Measure, within: float, rows: int) -> None:
    """It is more than for data as assumed; at it the figure is as near as wished at most, at a billionth less not."""
    found, any_data = sold(measure, within, rows=rows)
    assert any_data is not None
    assert any_data.rho is not None

    def most(rho: Fraction) -> float:
        plan = plan_of(replace(found, rho=rho))
        return expected(plan.figures[0], plan, NOISE.price(plan), count=ROWS).at_most

    assert any_data.rho > found.rho
    assert most(any_data.rho) <= within < most(any_data.rho - Fraction(1, 10**9))
    assert any_data.says == f"Whatever the data within its bounds, rho {float(any_data.rho):.9g} is enough."


def test_what_breaks_the_price_for_data_as_assumed_keeps_the_one_for_any() -> None:
    """Deviations of values that hardly differ are further off than wished at the first price, and not at the second."""
    found, any_data = sold(SPREAD, 3.0)
    assert any_data is not None
    assert any_data.rho is not None
    furthest = []
    for rho in (found.rho, any_data.rho):
        plan = plan_of(replace(found, rho=rho))
        price = NOISE.price(plan)
        furthest.append(max(actual(plan, price, rows_of(shape, ROWS), 60)["loss"].error for shape in SHAPES))

    assert furthest[1] <= 3.0 < furthest[0]


@pytest.mark.parametrize(
    ("measure", "within", "rows"),
    [
        (Mean(column=LOSS, name="loss"), 1.0, 1),
        (Variance(column=LOSS, name="loss"), 100.0, 1),
        (Quantile(column=LOSS, name="loss", level=Fraction(1, 2), bins=64), 5.0, 1),
        (Ratio(top=CountRows(where=CHARGED, name=""), bottom=CountRows(name=""), name="loss"), 0.05, 1),
        (Ratio(top=CountRows(name=""), bottom=CountUnits(name=""), name="loss"), 0.1, 12),
        (Ratio(top=Sum(column=LOSS, where=CHARGED, name=""), bottom=Sum(column=LOSS, name=""), name="loss"), 0.1, 1),
        (CountRows(name="loss"), 100.0, 1),
    ],
    ids=["mean", "variance", "median", "share", "rows a person", "share of a sum", "count"],
)
def test_there_is_one_price_where_it_is_for_any_data_or_none_can_be(measure: Measure, within: float, rows: int) -> None:
    """Figures that are sold for any data, that the whole range limits, or that nothing does, have no second price."""
    assert sold(measure, within, rows=rows)[1] is None


def test_a_price_for_any_data_that_is_too_much_says_how_near_the_most_comes() -> None:
    """Where no rho of one question is enough it is said, with what the most one gives."""
    _, any_data = sold(SPREAD, 3.0, most=Fraction(1, 10))
    assert any_data is not None

    assert any_data.rho is None
    assert any_data.reached > 3.0
    assert any_data.says.startswith(
        "Whatever the data within its bounds, no rho of one question is enough: at 0.1, the most, 95%"
    )


def test_the_desk_says_both_prices(tmp_path: Path) -> None:
    """After what the wish comes to and for which data it is sold stands what it costs for any, and for each size."""
    lab = build(tmp_path / "lab")
    desk = replace(lab.desk, noise=NOISE)
    minutes = Deviation(column=ref("minutes"), name="minutes")
    spread = replace(lab_question(1), query=replace(lab_question(1).query, measures=(minutes,)))
    wish = Wish(measure="minutes", within=20, of=Of.PERCENT)
    sizes = priced_sizes(desk, spread, wish, project="safer", person="ann")
    one = sheet_of_price(desk, spread, replace(wish, group_size=10_000), project="safer", person="ann")

    (alone,) = one.sizes
    assert (sizes[2].assured, sizes[2].priced.rho) == (alone.assured, alone.priced.rho)
    assert alone.assured is not None
    any_data = alone.assured.says
    assert any_data in list(price_table("±20 %", sizes).columns[-1].cells)[2]
    assert alone.priced.sold_for.startswith("It is enough for data as assumed.")
    assert any_data.startswith("Whatever the data within its bounds,")
    shown = PriceDisplay(price_document(one))
    assert any_data in repr(shown)
    assert any_data in shown._repr_html_()
    assert any_data in repr(
        PriceDisplay(price_document(sheet_of_price(desk, spread, wish, project="safer", person="ann")))
    )
    assert (lab.engine.touches, lab.spent()) == (0, 0)


def test_the_desk_prices_figures_as_they_are_held(tmp_path: Path) -> None:
    """Of figures held at 0 or above the price is more, and price, sheet, page and notebook say of which data it is."""
    desk = replace(build(tmp_path / "lab").desk, noise=NOISE)
    asked = lab_question(1)
    held = replace(asked, query=replace(asked.query, nonnegative=True))
    wish = Wish(measure=asked.query.measures[0].name, within=20)

    plain, price = (sheet_of_price(desk, one, wish, project="safer", person="ann") for one in (asked, held))

    assert plain.sheet is not None
    assert price.sheet is not None
    assert (plain.sizes[0].priced.rho or 0) < (price.sizes[0].priced.rho or 0)
    assert "full cell among empty ones" not in plain.sizes[0].priced.sold_for
    assert "full cell among empty ones" in price.sizes[0].priced.sold_for
    said = [" ".join(remark.text for remark in one.remarks) for one in (plain.sheet, price.sheet)]
    assert ["full cell among empty ones (2 in all)" in one for one in said] == [False, True]
    assert "full cell among empty ones (2 in all)" in repr(PriceDisplay(price_document(price)))


@pytest.mark.parametrize("fitted", [False, True], ids=["margins", "tables that overlap"])
def test_every_door_shows_held_figures(tmp_path: Path, *, fitted: bool) -> None:
    """Terminal, notebook and page say the most and of which data it is, or that it is not known beforehand."""
    keys = tuple(map(ref, ("kind", "ward", "age_band")))
    tables = (Table(by=keys[:2]), Table(by=keys[1:] if fitted else ()))
    plan = plan_of(question(CountRows(), by=keys if fitted else keys[:2], tables=tables, nonnegative=True))
    shown = preview(plan, NOISE, Fraction(1, 10**6))
    sheet = Sheet(explanation="", preview=shown, remarks=())
    document = sheet_document(sheet)
    screen = Console(file=StringIO(), width=400)
    screen.print(preview_table(shown))
    printed = cast("StringIO", screen.file).getvalue()

    assert ("not known beforehand" in printed) is fitted
    assert ("at most" in printed) is not fitted
    first = document["preview"]["measures"][0]
    assert (first["half_width"] is None) is fitted
    page = page_templates().get_template("sheet.html").render(sheet=document)
    for text in (repr(SheetDisplay(document)), page):
        assert ("not known beforehand" if fitted else "full cell among empty ones") in text
    assert ("Not known beforehand." in page) is fitted
