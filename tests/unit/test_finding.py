"""A finding that is looked for: in which table, and whether it can be at all."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from desk_lab import build
from desk_lab import question as lab_question
from drawn import noised
from offences import plan_of, question, ref

from datalab.broker.asked import read_finding, write_asked
from datalab.broker.client import ReleaseClient
from datalab.broker.documents import finding_document
from datalab.engine.noise import OpenDPNoise
from datalab.errors import QueryError
from datalab.privacy.accuracy import POWER_Z, Seen, Z, expected, in_words, seen_in, visibility
from datalab.privacy.answer import dress
from datalab.privacy.wish import Of, Wish, aim_of, least_budget
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
    UnitRows,
    Variance,
)
from notebooks.display import FindingDisplay
from notebooks.enclave import ProjectLab

NOISE = OpenDPNoise()
DELTA = Fraction(1, 10**6)
LOSS = ref("loss")
CHARGED = Compare(column=ref("charged"), operator=Operator.EQ, value=True)
KIND, WARD = ref("kind"), ref("ward")
TABLES = (Table(by=(KIND, WARD), weight=4), Table(by=(KIND,)), Table(by=()))


class Told:
    """A release service that repeats what it was sent."""

    def finding(self, project: str, asked: bytes) -> dict[str, Any]:
        """Keep what was asked."""
        return {"project": project, "asked": asked}


def asked(*measures: Measure, most: int = 1, **rest: object) -> Question:
    """Return a question of people with up to so many rows."""
    return question(*measures, rho=Fraction(1, 10), rows_per_unit=most, rows_per_cell=most, **rest)  # type: ignore[arg-type]  # passed on


SEVERAL = asked(CountRows(), CountUnits(), by=(KIND, WARD), tables=TABLES, most=3)


def looked(one: Question, measure: str, difference: float, **rest: object) -> Seen:
    """Return what is said of a finding."""
    plan = plan_of(one)
    return seen_in(measure, plan, NOISE.price(plan), difference=difference, **rest)  # type: ignore[arg-type]  # passed on


@pytest.mark.parametrize("measure", ["rows", "units"])
def test_a_finding_is_looked_for_in_each_table_that_has_two_cells(measure: str) -> None:
    """Each table has its own noise, so each is told, by name; a total has no other cell to differ from."""
    plan = plan_of(SEVERAL)
    seen = looked(SEVERAL, measure, 30)

    assert [one.table for one in seen.tables] == ["kind, ward", "kind"]
    for table, one in enumerate(seen.tables):
        alone = visibility(measure, plan, NOISE.price(plan), difference=30, table=table)
        assert (one.chance, one.least) == (alone.chance, alone.least)
    assert len({one.least for one in seen.tables}) == 2
    assert (seen.chance, seen.least) == (min(one.chance for one in seen.tables), max(one.least for one in seen.tables))
    first, second = in_words(seen, 30).split("\n\n")
    assert first.startswith("By kind, ward: A difference of 30 is seen in")
    assert second.startswith("By kind: A difference of 30 is seen in")


RELEASES = 3_000


@pytest.mark.parametrize("weights", [(1, 1), (1, 200)], ids=["as they are", "an exact total"])
def test_a_finding_in_tables_that_agree_is_seen_as_often_as_is_said(weights: tuple[int, int]) -> None:
    """Where a total is nearly known one cell is too large where the other is too small: they differ by more noise."""
    tables = (Table(by=(ref("charged"),), weight=weights[0]), Table(by=(), weight=weights[1]))
    one = asked(CountRows(), by=(ref("charged"),), tables=tables, most=3)
    plan = plan_of(one)
    price = NOISE.price(plan)
    (seen,) = looked(one, "rows", 30).tables
    rng = np.random.default_rng(4)
    shares = {}
    for size in (0, round(seen.least)):
        cells = [1_000 + size, 1_000, 1_000]
        truth = dict(zip(plan.figures[0].parts, (cells, [sum(cells)]), strict=True))
        told = [
            dress(plan, price, noised(plan, price, truth, rng), epsilon=0, delta=DELTA).cells for _ in range(RELEASES)
        ]
        apart = [(one[0].estimates[0].value or 0) - (one[1].estimates[0].value or 0) for one in told]
        shares[size] = float(np.mean(np.abs(apart) > seen.least * Z / (Z + POWER_Z)))

    assert looked(one, "rows", seen.least).chance == pytest.approx(0.8, abs=1e-3)
    assert shares[0] == pytest.approx(0.05, abs=3.9 * math.sqrt(0.05 * 0.95 / RELEASES))
    assert shares[round(seen.least)] == pytest.approx(0.8, abs=3.9 * math.sqrt(0.8 * 0.2 / RELEASES) + 0.01)


@pytest.mark.parametrize(
    ("measure", "told"),
    [
        (CountRows(name="loss"), ""),
        (Mean(column=LOSS, name="loss"), "spread evenly over the stated range"),
        (Variance(column=LOSS, name="loss"), "spread evenly over the stated range"),
        (
            Ratio(top=CountRows(where=CHARGED, name=""), bottom=CountRows(name=""), name="loss"),
            "One quarter or three quarters",
        ),
        (Deviation(column=LOSS, name="loss"), "spread evenly over the stated range"),
        (Quantile(column=LOSS, name="loss", level=Fraction(1, 2), bins=64), "spread evenly over the stated range"),
        (Ratio(top=CountRows(where=CHARGED, name=""), bottom=CountUnits(name=""), name="loss"), "Half as much"),
    ],
    ids=["count", "mean", "variance", "share", "deviation", "median", "rate"],
)
def test_a_finding_says_of_which_data_it_is(measure: Measure, told: str) -> None:
    """Where other data would show it less often, it is said what is assumed, once."""
    said = in_words(looked(asked(measure, most=3), "loss", 0.5, count=10_000), 0.5)

    assert said.count("That is of data as assumed") == bool(told)
    assert told in said
    assert "At most" not in said


@pytest.mark.parametrize("times", [0.7, 0.9, 1.0, 1.01, 1.5, 2.0, 2.2])
def test_at_least_is_never_said_of_more_than_is_so(times: float) -> None:
    """Of figures held at 0 or above the share of answers is rounded down: 99.7 % are not at least 100 %."""
    one = asked(CountRows(), by=(KIND, WARD), most=3, nonnegative=True)
    difference = times * looked(one, "rows", 1).least
    seen = looked(one, "rows", difference)
    (told,) = re.findall(r"seen in at least (\d+)% of answers", in_words(seen, difference))

    assert int(told) / 100 <= seen.chance < (int(told) + 1) / 100 + 1e-9


@pytest.mark.parametrize(("by", "place"), [("kind", 1), ("ward, kind", 0), ("kind,ward", 0), ("(all)", 2)])
def test_a_finding_is_looked_for_in_the_table_that_is_named(by: str, place: int) -> None:
    """Its columns in any order, or (all) for the total."""
    (one,) = looked(SEVERAL, "rows", 30, by=by).tables

    assert one.table == ("kind, ward", "kind", "(all)")[place]


@pytest.mark.parametrize("by", ["ward", "kind, kind, ward, age_band", "kinds", "\n"])
def test_a_table_that_is_not_asked_is_refused_with_those_that_are(by: str) -> None:
    """The refusal names each table as it can be written, and never repeats what was."""
    with pytest.raises(QueryError, match="no such table") as refused:
        looked(SEVERAL, "rows", 30, by=by)

    for name in refused.value.remedy.removeprefix("Name one of: ").rstrip(".").split("; "):
        assert looked(SEVERAL, "rows", 30, by=name).tables


def test_one_table_needs_no_name() -> None:
    """It may be named; where it is not, words name none."""
    one = asked(CountRows(), by=(KIND,))

    assert in_words(looked(one, "rows", 30), 30).startswith("A difference of 30")
    assert looked(one, "rows", 30, by="kind").least == looked(one, "rows", 30).least


def test_every_door_takes_the_table(tmp_path: Path) -> None:
    """A notebook sends it, the service reads it, and the answer lists each table."""
    inside = ProjectLab(contracts={}, project="safer", data=tmp_path, client=cast("ReleaseClient", Told()))
    sent = inside.finding(SEVERAL, measure="rows", difference=3, by="kind").finding["asked"]
    assert read_finding(sent)[1].by == "kind"
    assert read_finding(write_asked(SEVERAL, measure="rows", difference=3))[1].by is None

    document = finding_document(30, looked(SEVERAL, "rows", 30))
    shown = FindingDisplay(document)
    assert [one["table"] for one in document["tables"]] == ["kind, ward", "kind"]
    assert (shown.chance, shown.least) == (document["chance"], document["least"])
    assert "By kind: A difference of 30" in repr(shown)


KINDS: dict[str, tuple[Measure, int, float, str]] = {
    "mean": (Mean(column=LOSS, name="loss"), 1, 99.95, "0 to 99.95 GBP"),
    "variance": (Variance(column=LOSS, name="loss"), 1, 49.975**2, "GBP squared"),
    "deviation": (Deviation(column=LOSS, name="loss"), 1, 49.975, "0 to 49.975 GBP"),
    "median": (Quantile(column=LOSS, name="loss", level=Fraction(1, 2), bins=64), 1, 99.95, "0 to 99.95 GBP"),
    "share": (Ratio(top=CountRows(where=CHARGED, name=""), bottom=CountRows(name=""), name="loss"), 1, 1, "0 to 1"),
    "percent": (
        Ratio(top=CountRows(where=CHARGED, name=""), bottom=CountRows(name=""), name="loss", per=100),
        1,
        100,
        "0 to 100",
    ),
    "rows a person": (Ratio(top=CountRows(name=""), bottom=CountUnits(name=""), name="loss"), 12, 11, "1 to 12"),
    "pounds a person": (
        Ratio(top=Sum(column=LOSS, name=""), bottom=CountUnits(name=""), name="loss"),
        2,
        199.9,
        "0 to 199.9",
    ),
    "rows of a unit": (UnitRows(name="loss", level=Fraction(1, 2)), 12, 11, "1 to 12 rows"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_difference_that_cannot_be_is_refused(kind: str) -> None:
    """Two figures differ by no more than their bounds are apart: what is more is no finding, as much is priced."""
    measure, most, width, told = KINDS[kind]
    one = asked(measure, most=most)

    with pytest.raises(QueryError, match="cannot differ by") as refused:
        looked(one, "loss", 1.01 * width, count=1_000)
    assert told in refused.value.why
    assert looked(one, "loss", -0.99 * width, count=1_000).chance >= 0


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_refusal_says_is_possible_is(kind: str) -> None:
    """The largest difference that a refusal names can be looked for, and the greatest figure can be supposed."""
    measure, most, width, _ = KINDS[kind]
    one = asked(measure, most=most)
    with pytest.raises(QueryError, match="cannot differ by") as refused:
        looked(one, "loss", 1.01 * width, count=1_000)
    named = _numbers(refused.value.remedy)[-1]
    assert looked(one, "loss", named, count=1_000).chance >= 0

    wish = Wish(measure="loss", within=10, of=Of.PERCENT, group_size=1_000, supposed=10 * width)
    with pytest.raises(QueryError, match="cannot be") as refused:
        aim_of(wish, plan_of(one))
    greatest = _numbers(refused.value.why)[-1]
    assert aim_of(replace(wish, supposed=greatest), plan_of(one)).within == pytest.approx(greatest / 10)


def _numbers(text: str) -> list[float]:
    return [float(one.replace(",", "")) for one in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_wish_that_every_figure_keeps_is_refused(kind: str) -> None:
    """No figure can be further off than its bounds are apart: such a wish has no price."""
    measure, most, width, told = KINDS[kind]
    one = asked(measure, most=most)

    def price(within: float) -> Question:
        wish = Wish(measure="loss", within=within, group_size=100_000)
        return least_budget(one, wish, compiled=plan_of, noise=NOISE, most=Fraction(50))

    with pytest.raises(QueryError, match="cannot be further off") as refused:
        price(1.01 * width)
    assert told in refused.value.why
    assert price(0.4 * width).rho


@pytest.mark.parametrize("measure", [CountRows(name="loss"), CountUnits(name="loss"), Sum(column=LOSS, name="loss")])
def test_amounts_may_differ_by_anything(measure: Measure) -> None:
    """Nothing public says how many rows there are."""
    assert looked(asked(measure), "loss", 1e9).chance == 1


def test_sums_a_person_that_may_be_below_0_have_two_ends() -> None:
    """Of minutes from -20 to 500 in up to 3 rows a person has 1,500 at most on either side."""
    minutes = Ratio(top=Sum(column=ref("minutes"), name=""), bottom=CountUnits(name=""), name="loss")
    plan = plan_of(asked(minutes, most=3))
    wish = Wish(measure="loss", within=10, of=Of.PERCENT, group_size=1_000, supposed=-1_501)

    assert aim_of(replace(wish, supposed=-1_499), plan).within == pytest.approx(149.9)
    with pytest.raises(QueryError, match="loss cannot be -1,501") as refused:
        aim_of(wish, plan)
    assert refused.value.why == "By its bounds it is from -1,500 to 1,500 minutes per person."


def test_percent_beyond_what_can_be_are_refused_too() -> None:
    """Of a mean supposed to be 90 of at most 99.95, 200 % are beyond the bounds; so are 100 points of a share."""
    mean, share = asked(KINDS["mean"][0]), asked(KINDS["share"][0])
    for one, wish in (
        (mean, Wish(measure="loss", within=200, of=Of.PERCENT, group_size=900, supposed=90)),
        (share, Wish(measure="loss", within=101, of=Of.POINTS, group_size=900)),
    ):
        with pytest.raises(QueryError, match="cannot be further off"):
            least_budget(one, wish, compiled=plan_of, noise=NOISE, most=Fraction(50))


def test_the_desk_looks_in_the_table_that_is_named(tmp_path: Path) -> None:
    """The command line's way in: by name, by each, and refused, without data or budget."""
    from datalab.release.sheet import visible_finding  # noqa: PLC0415 - beside the one test that needs the desk

    lab = build(tmp_path / "lab")
    plain = lab_question(1)
    one = replace(plain, query=replace(plain.query, tables=(Table(by=(ref("area"),)), Table(by=()))))

    def look(by: str | None) -> Seen:
        return visible_finding(
            lab.desk, one, measure="rows", difference=30, count=None, by=by, project="safer", person="ann"
        )

    assert [seen.table for seen in look(None).tables] == ["area"]
    assert [seen.table for seen in look("(all)").tables] == ["(all)"]
    with pytest.raises(QueryError, match="no such table"):
        look("minutes")
    assert (lab.engine.touches, lab.spent()) == (0, 0)


def test_what_is_said_of_noise_before_figures_are_held_stays_as_it_is() -> None:
    """Of tables that agree, the deviation of a figure and of a difference is that of its noise, held at 0 or not."""
    held_plan, plan = (
        plan_of(replace(SEVERAL, query=replace(SEVERAL.query, nonnegative=held))) for held in (True, False)
    )
    for table in range(2):
        held, plain = (expected(one.figures[0], one, NOISE.price(one), table=table) for one in (held_plan, plan))

        assert (held.deviation, held.apart, held.plain) == (plain.deviation, plain.apart, plain.half_width)
        assert plain.apart > plain.deviation * math.sqrt(2)
