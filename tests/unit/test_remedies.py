"""What price, preview and finding advise: each remedy that they name can be followed, and helps."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from desk_lab import build
from desk_lab import question as lab_question
from offences import plan_of, question, ref

from datalab.broker.documents import price_document
from datalab.engine.noise import OpenDPNoise
from datalab.errors import QueryError
from datalab.privacy.accuracy import half_width_of, sold_for
from datalab.privacy.wish import Of, Wish, aim_of, kept_for, least_budget
from datalab.query.model import (
    Clamp,
    Compare,
    CountRows,
    CountUnits,
    Derived,
    Deviation,
    Mean,
    Measure,
    Operator,
    Quantile,
    Question,
    Ratio,
    Sum,
    UnitRows,
    Variance,
)
from datalab.release.sheet import Sheet, sheet_of_price, sheet_of_question
from notebooks.display import PriceDisplay

NOISE = OpenDPNoise()
MOST = Fraction(1, 100)
LOSS, HELD, NARROW = ref("loss"), ref("minutes_held"), ref("loss_held")
CHARGED = Compare(column=ref("charged"), operator=Operator.EQ, value=True)
DERIVE = (
    Derived(name="minutes_held", expression=Clamp(column=ref("minutes"), lower=0, upper=500)),
    Derived(name="loss_held", expression=Clamp(column=LOSS, lower=0, upper=20)),
)


def _kinds(column: object) -> dict[str, Measure]:
    """Return a measure of each kind, of one column where it has one."""
    return {
        "count": CountRows(name="loss"),
        "units": CountUnits(name="loss"),
        "sum": Sum(column=column, name="loss"),  # type: ignore[arg-type]  # a reference
        "mean": Mean(column=column, name="loss"),  # type: ignore[arg-type]  # as above
        "variance": Variance(column=column, name="loss"),  # type: ignore[arg-type]  # as above
        "deviation": Deviation(column=column, name="loss"),  # type: ignore[arg-type]  # as above
        "median": Quantile(column=column, name="loss", level=Fraction(1, 2), bins=512),  # type: ignore[arg-type]  # as above
        "p95": Quantile(column=column, name="loss", level=Fraction(19, 20), bins=512),  # type: ignore[arg-type]  # as above
        "share of rows": Ratio(top=CountRows(where=CHARGED, name=""), bottom=CountRows(name=""), name="loss"),
        "share of people": Ratio(top=CountUnits(where=CHARGED, name=""), bottom=CountUnits(name=""), name="loss"),
        "rows a person": Ratio(top=CountRows(name=""), bottom=CountUnits(name=""), name="loss"),
        "charged rows a person": Ratio(top=CountRows(where=CHARGED, name=""), bottom=CountUnits(name=""), name="loss"),
        "sum a person": Ratio(top=Sum(column=column, name=""), bottom=CountUnits(name=""), name="loss"),  # type: ignore[arg-type]  # as above
        "share of a sum": Ratio(
            top=Sum(column=column, where=CHARGED, name=""),  # type: ignore[arg-type]  # as above
            bottom=Sum(column=column, name=""),  # type: ignore[arg-type]  # as above
            name="loss",
        ),
        "ratio of sums": Ratio(top=Sum(column=column, name=""), bottom=Sum(column=HELD, name=""), name="loss"),  # type: ignore[arg-type]  # as above
        "rows of a unit": UnitRows(name="loss", level=Fraction(1, 2)),
    }


KINDS = _kinds(LOSS)
AMOUNTS = ("count", "units", "sum")
COLUMNS = ("sum", "mean", "variance", "deviation", "median", "p95", "sum a person", "share of a sum", "ratio of sums")
"""Kinds that are of the values of a column."""
TINY = 1e-7
SIZE, LARGE = 500, 20_000
CASES = [
    (kind, by, most, beside, of)
    for kind, by, most, beside, of in itertools.product(
        KINDS, (False, True), (1, 6), (False, True), (Of.UNIT, Of.PERCENT)
    )
    if not (kind == "rows of a unit" and (by or most == 1))
]


def asked(
    kind: str, *, by: bool, most: int, beside: bool = False, kinds: dict[str, Measure] = KINDS, **rest: object
) -> Question:
    """Return a question about one kind of figure, alone or beside another."""
    other = (Sum(column=HELD, where=CHARGED, name="minutes"),) if beside else ()
    return question(
        kinds[kind],
        *other,
        by=[ref("kind")] if by else (),
        rows_per_unit=most,
        rows_per_cell=most,
        derive=DERIVE,
        rho=MOST,
        **rest,  # type: ignore[arg-type]  # passed on
    )


def refused(one: Question, of: Of = Of.UNIT, supposed: float | None = None) -> str:
    """Return the remedy for a wish that no budget keeps."""
    wish = Wish(measure="loss", within=TINY, of=of, group_size=SIZE, supposed=supposed)
    with pytest.raises(QueryError, match="cannot be that exact") as error:
        least_budget(one, wish, compiled=plan_of, noise=NOISE, most=MOST)
    return error.value.remedy.lower()


def half(one: Question, size: int = SIZE) -> float:
    """Return half of the interval."""
    plan = plan_of(one)
    return half_width_of("loss", plan, NOISE.price(plan), count=size)


@pytest.mark.parametrize(("kind", "by", "most", "beside", "of"), CASES)
def test_a_refusal_names_what_can_be_done_and_nothing_else(
    kind: str, *, by: bool, most: int, beside: bool, of: Of
) -> None:
    """Fewer figures or rows of several, larger groups where there are groups, a narrower column where there is one."""
    remedy = refused(asked(kind, by=by, most=most, beside=beside), of)

    assert ("fewer figures" in remedy) is beside
    fewer = most > 1 and kind != "rows of a unit" and (kind not in ("units", "share of people") or by)
    assert ("fewer rows of a person" in remedy) is fewer
    assert ("larger groups" in remedy) is (by and (kind not in AMOUNTS or of is Of.PERCENT))
    assert ("clamp the column" in remedy) is (kind in COLUMNS)
    assert ("suppose that size (`of`)" in remedy) is (of is Of.PERCENT and kind not in ("count", "units"))
    assert remedy.endswith("tate a larger error.")
    assert "--of" not in remedy
    assert "of=" not in remedy


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_refusal_names_helps(kind: str) -> None:
    """In large groups the same figure is nearer where each remedy is followed, one at a time."""
    by = kind != "rows of a unit"
    most, size = (6, LARGE) if by else (20, 100)  # rows of a unit are whole ones: in large groups all are told to one
    one = asked(kind, by=by, most=most, beside=True)
    remedy, before = refused(one, Of.PERCENT), half(one, size)

    assert "fewer figures" in remedy
    assert half(asked(kind, by=by, most=most), size) < before
    if "fewer rows" in remedy:
        assert half(asked(kind, by=by, most=2, beside=True), size) < before
    if "larger groups" in remedy and kind not in AMOUNTS:
        assert half(one, 20 * size) < before
    if "clamp the column" in remedy:
        assert noise(asked(kind, by=by, most=6, beside=True, kinds=_kinds(NARROW))) < noise(one)


def noise(one: Question) -> float:
    """Return the noise of a figure's last part above the line in the column's unit, or the width of its bins."""
    plan = plan_of(one)
    parts = plan.parts_of(plan.figures[0])
    if parts[0].keys[-1].bin is not None:
        return parts[0].keys[-1].bin.width / 10.0 ** parts[0].keys[-1].bin.fixed.exponent
    part = next(part for part in parts if part.value is not None)
    assert part.value is not None
    return NOISE.price(plan).scale(part.name) / 10.0**part.value.fixed.exponent


def test_holding_figures_at_0_is_named_where_it_costs() -> None:
    """Of counts held at 0 or above in groups leaving that out helps; alone it is the same."""
    held, alone = (asked("count", by=by, most=1, nonnegative=True) for by in (True, False))

    assert "leave out that figures are held at 0 or above" in refused(held)
    assert "held at 0" not in refused(alone)
    assert half(asked("count", by=True, most=1)) < half(held)


@pytest.mark.parametrize(
    ("kind", "by"), [(kind, by) for kind in KINDS for by in (False, True) if kind != "rows of a unit" or not by]
)
def test_what_is_sold_as_assumed_advises_only_what_can_be_done(kind: str, *, by: bool) -> None:
    """Only what is of a column can be clamped; only a ratio of counts is better supposed; counts need nothing."""
    one = asked(kind, by=by, most=6)
    plan = plan_of(one)
    said = sold_for(plan.figures[0], plan)
    assumed = said.startswith("It is enough for data as assumed.")

    assert ("clamp the column" in said) is (assumed and kind in COLUMNS)
    assert ("suppose that size (`of`)" in said) is (assumed and kind not in COLUMNS and kind != "rows of a unit")
    assert assumed or said.startswith("It is enough whatever the data")
    if "(`of`)" in said:
        size = aim_of(Wish(measure="loss", within=100, of=Of.PERCENT, group_size=SIZE), plan).within
        wish = Wish(measure="loss", within=20, of=Of.PERCENT, group_size=SIZE, supposed=size)
        assert "as supposed" in kept_for(wish, plan)


def sheet(tmp_path: Path, measure: Measure, *, grouped: bool, rho: Fraction = Fraction(1, 10)) -> Sheet:
    """Return the sheet of a question about minutes with little budget."""
    desk = replace(build(tmp_path / "lab").desk, noise=NOISE)
    plain = lab_question(1, rho=rho)
    query = replace(plain.query, measures=(measure,), group_by=plain.query.group_by if grouped else ())
    return sheet_of_question(desk, replace(plain, query=query), project="safer", person="ann")


@pytest.mark.parametrize("grouped", [False, True])
def test_a_preview_of_quantiles_advises_larger_groups_where_there_are_groups(tmp_path: Path, *, grouped: bool) -> None:
    """Of a question without groups, more budget or another level is all that helps."""
    measure = Quantile(column=ref("minutes"), name="minutes_p75", level=Fraction(3, 4), bins=64)
    said = " ".join(remark.text for remark in sheet(tmp_path, measure, grouped=grouped, rho=Fraction(1, 1000)).remarks)

    larger = "of larger groups, " if grouped else ""
    assert f"than the stated bound. Ask {larger}with more budget, or at a level nearer to the middle." in said


@pytest.mark.parametrize(
    ("measure", "counted"),
    [
        (Mean(column=ref("minutes"), name="minutes_mean"), "rows"),
        (Ratio(top=CountRows(name=""), bottom=CountUnits(name=""), name="rate"), "people"),
        (Ratio(top=Sum(column=ref("minutes"), name=""), bottom=CountRows(name=""), name="rate"), "rows"),
        (UnitRows(name="typical_rows", level=Fraction(1, 2)), "people"),
    ],
    ids=["mean", "rows a person", "minutes a row", "rows of a unit"],
)
def test_sizes_are_of_what_is_counted_below_the_line(tmp_path: Path, measure: Measure, counted: str) -> None:
    """A group of a rate a person has people, as one of their rows has, and that of a mean rows."""
    shown = sheet(tmp_path, measure, grouped=not isinstance(measure, UnitRows))
    said = [remark.text for remark in shown.remarks if remark.topic.startswith("error")]

    assert f"10,000 {counted}" in said[0]
    assert f"10,000 {'rows' if counted == 'people' else 'people'}" not in said[0]


@pytest.mark.parametrize(("of", "named"), [(Of.PERCENT, True), (Of.POINTS, False)])
def test_a_table_of_sizes_names_a_supposed_size_where_one_can_be_stated(tmp_path: Path, of: Of, *, named: bool) -> None:
    """Points of a share are the same however large it is, so that only the size of the group is left to be stated."""
    desk = replace(build(tmp_path / "lab").desk, noise=NOISE)
    share = Ratio(
        top=CountRows(where=Compare(column=ref("minutes"), operator=Operator.GE, value=60), name=""),
        bottom=CountRows(name=""),
        name="share",
    )
    plain = lab_question(0)
    one = replace(plain, query=replace(plain.query, measures=(share,), where=None))
    shown = sheet_of_price(desk, one, Wish(measure="share", within=20, of=of), project="safer", person="ann")

    assert ("group_size or of " in repr(PriceDisplay(price_document(shown)))) is named
    assert "give group_size" in repr(PriceDisplay(price_document(shown)))


def test_what_is_supposed_is_not_advised_again() -> None:
    """Whoever states how large a figure is, and asks for too much, is told other ways."""
    wish = Wish(measure="loss", within=1e-6, of=Of.PERCENT, group_size=SIZE, supposed=10)
    refused = []
    for one in (wish, replace(wish, supposed=None)):
        with pytest.raises(QueryError, match="cannot be that exact") as error:
            least_budget(question(KINDS["deviation"]), one, compiled=plan_of, noise=NOISE, most=MOST)
        refused.append(error.value.remedy)

    assert [sold.startswith("Where public knowledge says how large the figure is") for sold in refused] == [False, True]


def test_fewer_rows_are_advised_where_values_of_units_are_found_out() -> None:
    """One unit may have several of the values that are found out: the fewer of its rows count, the less noise."""
    asked = question(CountUnits(), by=[ref("code")], discover=ref("code"), rows_per_unit=6, rows_per_cell=6)
    with pytest.raises(QueryError, match="cannot be that exact") as refused:
        least_budget(asked, Wish(measure="units", within=TINY), compiled=plan_of, noise=NOISE, most=MOST)

    assert "let fewer rows of a person count" in refused.value.remedy.lower()
