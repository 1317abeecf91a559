"""How a price and a finding look in a notebook: what the command line says, as text and as HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Any, cast

import pytest
from desk_lab import AREAS, DeskLab, build, question

from datalab.broker.client import ReleaseClient
from datalab.broker.documents import finding_document, price_document
from datalab.errors import QueryError
from datalab.privacy.accuracy import Seen, Visibility
from datalab.privacy.wish import Of, Wish
from datalab.query.build import ask
from datalab.query.spend import rho_text
from datalab.release.sheet import priced_question, sheet_of_price, visible_finding
from notebooks.display import FindingDisplay, PriceDisplay
from notebooks.enclave import ProjectLab


@pytest.fixture
def lab(tmp_path: Path) -> DeskLab:
    """A small lab."""
    return build(tmp_path / "lab")


def shown(lab: DeskLab, wish: Wish) -> PriceDisplay:
    """Return the display of what a wish costs."""
    return PriceDisplay(price_document(sheet_of_price(lab.desk, question(1), wish, project="safer", person="ann")))


def test_a_wish_for_several_sizes_is_a_table(lab: DeskLab) -> None:
    """Each size of a cell has its least budget, what 5 % of it is, and what that can tell about one person."""
    price = shown(lab, Wish(measure="rows", within=20, of=Of.PERCENT))

    assert (price.rho, price.sheet) == (None, None)
    assert list(price.table) == ["cell of", "\u00b120 % is", "rho", "epsilon", "what it can tell"]
    assert list(price.table["cell of"]) == ["100", "1,000", "10,000"]
    text, page = repr(price), price._repr_html_()
    for said in (text, page):
        assert "The least budget for \u00b120 % of rows" in said
        assert "\u00b1200 rows: percent of the figure" in said
        assert "sure after this answer" in said
        assert "It is enough whatever the data within its bounds." in said
        assert "Choose a size" in said
    assert "<table" in page
    assert "..." not in page, "sentences are shown whole"


def test_texts_of_a_table_stand_at_the_left_and_numbers_at_the_right(lab: DeskLab) -> None:
    """Sizes, budgets and figures are at the right of their columns, and the words of a price at the left."""
    wish = Wish(measure="rows", within=20, of=Of.PERCENT)
    page = shown(lab, wish)._repr_html_()
    preview = shown(lab, replace(wish, group_size=400))._repr_html_()

    assert re.findall('<th style="text-align: (left|right)">([^<]*)</th>', page) == [
        ("right", "cell of"),
        ("left", "\u00b120 % is"),
        ("right", "rho"),
        ("right", "epsilon"),
        ("left", "what it can tell"),
    ]
    assert '<td style="text-align: right">1,000</td>' in page
    assert re.search('<td style="text-align: left">[^<]*sure after this answer', page)
    assert '<th style="text-align: left">figure</th>' in preview
    assert re.search(
        r'<th style="text-align: right">95 % within, if even</th>.*text-align: right">[\d.,]+</td>', preview
    )


def test_a_wish_for_one_size_is_a_preview_at_its_price(lab: DeskLab) -> None:
    """With a size of the cell it shows the whole preview, and the budget to spend: the one that the desk finds."""
    wish = Wish(measure="rows", within=20, of=Of.PERCENT, group_size=400)
    price = shown(lab, wish)
    least = priced_question(lab.desk, question(1), wish, project="safer", person="ann")

    assert price.rho == rho_text(least.rho)
    asked = ask("incidents").group_by("area").count_rows().spend(rho=price.rho, rows_per_unit=4)
    assert asked.rho == least.rho
    text, page = repr(price), price._repr_html_()
    for said in (text, page):
        assert "Cost:" in said
        assert "\u00b120 % is \u00b180 rows: percent of the figure" in said
        assert "the least that gives this" in said
    assert f'Spend rho="{rho_text(least.rho)}"' in text


def test_a_size_that_no_budget_reaches_says_how_near_it_comes(lab: DeskLab) -> None:
    """The row of such a size has no budget; the others have."""
    mean = ask("incidents").mean("minutes", name="minutes_mean").spend(rho=Fraction(1, 10), rows_per_unit=4)
    wish = Wish(measure="minutes_mean", within=0.01, of=Of.PERCENT)
    price = PriceDisplay(price_document(sheet_of_price(lab.desk, mean, wish, project="safer", person="ann")))

    assert "-" in set(price.table["rho"])
    assert "not in one question: at the most that one may spend" in repr(price)


def test_a_price_touches_neither_data_nor_budget(lab: DeskLab) -> None:
    """Whether a size is stated or not; and a wish that cannot be had is refused with a remedy."""
    for size in (None, 400):
        shown(lab, Wish(measure="rows", within=20, of=Of.PERCENT, group_size=size))
    with pytest.raises(QueryError, match="cannot be that exact"):
        shown(lab, Wish(measure="rows", within=1e-9))

    assert (lab.engine.touches, lab.spent()) == (0, 0)


def test_a_finding_is_said_as_the_command_line_says_it(lab: DeskLab) -> None:
    """How often it is seen, and the least that is, in two lines of text or HTML."""
    seen = visible_finding(
        lab.desk, question(), measure="rows", difference=30.0, count=None, project="safer", person="ann"
    )
    finding = FindingDisplay(finding_document(30.0, seen))

    assert (finding.chance, finding.least, finding.visible) == (seen.chance, seen.least, True)
    first, second = repr(finding).splitlines()
    assert first == "A difference of 30 is seen in 100% of answers, by the noise alone."
    assert second.startswith("The least that is seen in 80 of 100 answers: 3.9")
    assert finding._repr_html_() == f"<p>{first}<br>{second}</p>"


def test_a_finding_that_is_never_seen_says_so() -> None:
    """Where the noise leaves nothing to divide by, no difference can be counted on."""
    finding = FindingDisplay(finding_document(30.0, Seen(tables=(Visibility(chance=0.0, least=inf),))))

    assert (finding.least, finding.visible) == (inf, False)
    assert repr(finding).startswith("No difference can be counted on: ")


def test_what_the_service_says_is_no_markup(lab: DeskLab) -> None:
    """Names and words are shown as text, in tables and beside them."""
    price = shown(lab, Wish(measure="rows", within=20, of=Of.PERCENT)).price
    odd = dict(price, measure="<b>rows", sizes=[dict(one, sold_for="<i>", risk="<u>") for one in price["sizes"]])
    page = PriceDisplay(odd)._repr_html_() + FindingDisplay({"says": "<s>"})._repr_html_()

    assert not [mark for mark in ("<b>rows", "<i>", "<u>", "<s>") if mark in page]


class Told:
    """A release service that repeats what it was sent."""

    def price(self, project: str, asked: bytes) -> dict[str, Any]:
        """Keep what was asked."""
        return {"project": project, "asked": asked}

    finding = price


def test_a_notebook_sends_the_options_of_the_command_line(tmp_path: Path) -> None:
    """Errors are texts or numbers; what is not stated is not sent; the project is the lab's own."""
    inside = ProjectLab(contracts={}, project="safer", data=tmp_path, client=cast("ReleaseClient", Told()))
    asked = replace(question(1), title=AREAS[0])

    percent = inside.price(asked, measure="rows", within="5%", of=2000).price
    plain = inside.price(asked, measure="rows", within=20).price
    finding = inside.finding(asked, measure="rows", difference=3, group_size=400).finding

    assert percent["asked"].endswith(b',"measure":"rows","within":"5%","of":2000}')
    assert plain["asked"].endswith(b',"measure":"rows","within":"20"}')
    assert finding["asked"].endswith(b',"measure":"rows","difference":3,"group_size":400}')
    assert {one["project"] for one in (percent, plain, finding)} == {"safer"}
