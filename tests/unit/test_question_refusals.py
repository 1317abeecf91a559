"""What derived columns, joins, tables and figures are refused for: each for its reason alone, with a remedy."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from language import LANGUAGE
from offences import POLICY, ref

from datalab.errors import QueryError
from datalab.query.build import (
    Asking,
    ask,
    band,
    clamp,
    col,
    combine,
    days,
    days_between,
    hour,
    month,
    recode,
    rows,
    total,
    units,
    weekday,
)
from datalab.query.build.measuring import changed
from datalab.query.check import check
from datalab.query.document import question_to_json
from datalab.query.model import Derived, Linear, Quantile, Table, Term
from datalab.query.refusals.derived import TIMES
from datalab.query.schema import ViewSchema

CRIMES = ask("crimes")
COUNTED = CRIMES.count_rows()
BY_WARD = COUNTED.group_by("ward")
PAIRED = COUNTED.join("treated")
WORDS = (
    "number", "total", "amount", "unit", "typical", "low", "high", "greatest", "least", "first", "days", "weeks",
    "months", "years",
)  # fmt: skip
WORDY = CRIMES
"""Fourteen figures, each named with three words."""
for edge, word in enumerate(WORDS):
    WORDY = WORDY.count_rows(where=col("minutes") > edge, name=f"{word}_of_crimes")

REFUSED: tuple[tuple[Asking, str], ...] = (
    # names
    (CRIMES.count_rows(name="alice_did_it"), "'alice' is no word of a dataset"),
    (CRIMES.count_rows(name="Rows"), "Words like it that work: rows,"),
    (CRIMES.count_rows(name="s_m_i_t_h"), "'s' is no word"),
    (CRIMES.count_rows(name="p83_rows"), "'p83' is no word"),
    (CRIMES.count_rows(name="p9_share"), "or call it rows"),
    (CRIMES.count_rows(name="rows_rows_units"), "'rows' stands in it twice"),
    (CRIMES.count_rows(name="rows_per_unit_by_month_of_year"), "more than 5 words"),
    (COUNTED.mean("loss", name="ward").group_by("ward"), "the same heading as the group ward"),
    (CRIMES.count_rows(name="minutes").mean("loss", name="minutes_low"), "the same heading as the figure minutes"),
    (
        CRIMES.mean("loss", name="minutes_high").count_rows(name="minutes"),
        "the same heading as the figure minutes_high",
    ),
    (WORDY, "have 42 words"),
    (COUNTED.group_by(band("minutes", 5, name="secret")), "or call it minutes_band"),
    (COUNTED.group_by(band("minutes", 5, name="kind")), "has a column called kind already"),
    # derived columns
    (COUNTED.group_by(band("kind", 5)), "cannot be cut into bands"),
    (COUNTED.group_by(band("minutes")), "no edge"),
    (COUNTED.group_by(band("minutes", 9, 5)), "do not rise"),
    (COUNTED.group_by(band("minutes", 5, 501)), "Cut within the range"),
    (COUNTED.group_by(month("kind")), "cannot be put on the calendar"),
    (PAIRED.group_by(month("treated.arrived")), "no bounds for treated.arrived"),
    (COUNTED.group_by(hour("on")), "has no hour"),
    (COUNTED.group_by(recode("code", ["x", "y"])), "lists no categories"),
    (COUNTED.group_by(recode("kind", ["arson", "piracy"])), "never holds 'piracy'"),
    (COUNTED.group_by(recode("kind", ["arson"], ["arson", "theft"])), "stands 2 times"),
    (COUNTED.group_by(recode("kind", [])), "is empty"),
    (CRIMES.sum(clamp("minutes", 0, 501)), "Hold it within that"),
    (CRIMES.sum(clamp("minutes", 9, 3)), "lower end first"),
    (CRIMES.sum(clamp("minutes", 0.5, 3)), "Write whole numbers"),
    (CRIMES.sum(combine({"minutes": 0})), "adds nothing"),
    (CRIMES.sum(combine({})), "from 1 to 20 terms"),
    (CRIMES.sum(combine({"kind": 1})), "cannot be added up"),
    (CRIMES.sum(combine({"story": 1})), "free text"),
    (COUNTED.where(days_between("on", "on") > 3), "no days pass"),
    # joins and first rows
    (COUNTED.join("rates"), "Say on which columns"),
    (ask("rates").count_rows().join("crimes", on={"ward": "ward"}), "join rates to it"),
    (COUNTED.join("treated", on={"minutes": "clinic"}), "of two types"),
    (
        COUNTED.join("treated", on={"kind": "area"}),
        "'arson', 'burglary', 'theft') and area of treated (such as 'north'",
    ),
    (COUNTED.group_by(weekday("on")).join("rates", on={"on_weekday": "ward"}), "never meet"),
    (COUNTED.join("treated", within=days("kind", "arrived", 0, 3)), "between which no days lie"),
    (COUNTED.join("treated", within=days("at", "arrived", 3, 0)), "lower number first"),
    (
        COUNTED.join("treated", within=days("on", "arrived", more_than=0, fewer_than=1)),
        "more than 0 and fewer than 1. Leave an end in",
    ),
    (COUNTED.join("treated", within=days("at", "arrived", more_than=0, at_most=3)), "are moments"),
    (COUNTED.join("treated", within=days("at", "arrived", 0, 40_000)), "at most 36600 days"),
    (COUNTED.join("treated", first="clinic"), "none of which is the first"),
    (COUNTED.join("rates", on={"ward": "ward"}, first="people"), "has no units of which to keep one row"),
    (COUNTED.first("kind"), "none of which is the first"),
    (COUNTED.having("treated").group_by("treated.clinic"), "only decides which rows are kept"),
    (COUNTED.without("treated").where(col("treated.days") > 3), "only decides which rows are kept"),
    (COUNTED.having("treated").join("rates", on={"treated.area": "ward"}), "not among the rows that are joined to"),
    # tables and cells
    (BY_WARD.mean("loss").tables(("ward",), ()), "cannot be asked for in several tables"),
    (BY_WARD.tables(("ward",), ("ward",)), "by the same columns"),
    (BY_WARD.tables(("ward", "ward")), "groups twice by one column"),
    (BY_WARD.tables(("ward",), (), weights=[1_001, 1]), "weight of a table"),
    (COUNTED.most_frequent(1), "Group by a column"),
    (BY_WARD.most_frequent(9), "largest 9 of 3 cells"),
    (CRIMES.mean("loss").group_by("ward").most_frequent(1), "no count and no sum"),
    (BY_WARD.tables(("ward",), ()).most_frequent(1), "of several tables"),
    (CRIMES.mean("loss").nonnegative(), "cannot be held above 0"),
    (CRIMES.sum("minutes").nonnegative(), "can be below 0"),
    (COUNTED.discover("kind"), "so nothing is to be discovered"),
    (COUNTED.discover("loss"), "hardly two are alike"),
    (COUNTED.discover("story"), "free text"),
    (COUNTED.group_by("code"), "are not public"),
    # figures
    (CRIMES.quantile("minutes", "1/2", bins=1), "Choose from 2 to 1024"),
    (
        changed(CRIMES, measures=(Quantile(column=ref("minutes"), name="minutes_p0", level=Fraction(0)),)),
        "not between 0 and 1",
    ),
    (CRIMES.median("kind"), "kind holds string values, which have no quantiles"),
    (CRIMES.ratio(top=rows(), bottom=rows()), "always 1"),
    (CRIMES.ratio(top=rows(), bottom=units(), per=10**7), "from 1 to 1000000"),
    (CRIMES.ratio(top=total("kind"), bottom=rows()), "cannot be summed"),
    (CRIMES.share(col("kind") == "piracy"), "never holds 'piracy'"),
    # values
    (COUNTED.where(col("minutes") > 838_377), "always so or never"),
    (COUNTED.where(col("on") < "2030-05-05"), "always so or never"),
    (COUNTED.where(col("code") == "a\u200bb"), "U+200B ZERO WIDTH SPACE at character 2"),
    (COUNTED.where(col("code").is_in(["ab", "ab\U000e0041"])), "U+E0041 TAG LATIN CAPITAL LETTER A at character 3"),
    (CRIMES.share(col("code") != "e\u0301"), "normal form C"),
    (COUNTED.having("treated", where=col("arrived") > "2024-01-31\u202f12:00"), "U+202F"),
    (COUNTED.where(col("code") == "x" * 101), "101 characters long and 100 are allowed"),
    (COUNTED.titled("For\u2060you"), "could not read the title as it is: it holds what nobody sees: U+2060"),
    (COUNTED.titled("t" * 201), "201 characters long and 200 are allowed"),
    (CRIMES.count_rows(where=col("nothing") == 1), "no column called nothing"),
    (CRIMES.unit_rows("9/10").group_by("ward"), "has no groups"),
    (CRIMES.unit_rows("9/10").join("treated"), "not of pairs"),
)


@pytest.mark.parametrize(("asking", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
def test_each_part_is_refused_for_its_reason(asking: Asking, reason: str) -> None:
    """Each question is refused for its reason, and for that alone."""
    with pytest.raises(QueryError) as caught:
        check(asking.spend(rho=1, rows_per_unit=4), LANGUAGE, POLICY)

    assert reason in caught.value.what
    assert "(1 reason(s))" in caught.value.what


def test_a_derived_column_is_made_of_contract_columns() -> None:
    """Derived columns are one step from the contract, however the document was written."""
    first = Derived(name="minutes_combined", expression=Linear(terms=(Term(column=ref("minutes"), weight=2),)))
    second = Derived(name="loss_combined", expression=Linear(terms=(Term(column=ref("minutes_combined"), weight=2),)))
    asking = changed(COUNTED, derive=(first, second))

    with pytest.raises(QueryError, match="is a derived column"):
        check(asking.spend(rho=1, rows_per_unit=4), LANGUAGE, POLICY)


def test_tables_are_by_the_groups_of_the_question() -> None:
    """A table by a column that is no group, and a group in no table, are refused."""
    asking = changed(BY_WARD, tables=(Table(by=(ref("kind"),)), Table(by=())))

    with pytest.raises(QueryError, match="not by the columns"):
        check(asking.spend(rho=1, rows_per_unit=4), LANGUAGE, POLICY)


def test_the_bins_of_all_cells_are_bounded() -> None:
    """A quantile's bins count in every cell."""
    limits = type(POLICY)(max_cells=50)
    asking = CRIMES.quantile("minutes", Fraction(1, 2), bins=1_000).group_by("kind")

    with pytest.raises(QueryError, match="4000 bins in 4 cells; the lab allows 3200"):
        check(asking.spend(rho="1/10", rows_per_unit=4), LANGUAGE, limits)


def moved(**key_spaces: str | None) -> dict[str, ViewSchema]:
    """The language's datasets, the dates of each moved by the days of a key space or by none."""
    return {
        name: replace(
            schema,
            columns=tuple(
                replace(one, moved=key_spaces.get(name)) if one.logical_type in TIMES else one for one in schema.columns
            ),
        )
        for name, schema in LANGUAGE.items()
    }


COMPARED: tuple[Asking, ...] = (
    COUNTED.join("treated", within=days("at", "arrived", 0, 30)),
    COUNTED.join("treated").where(days_between("at", "treated.arrived") < 30),
)


@pytest.mark.parametrize("asking", COMPARED)
@pytest.mark.parametrize("other", [None, "county_hospital"])
def test_dates_that_are_moved_by_other_days_are_not_compared(asking: Asking, other: str | None) -> None:
    """An interval between dates of two key spaces, or with dates that are as they were, is refused: it is not true."""
    with pytest.raises(QueryError, match="no interval between them is true"):
        check(asking.spend(rho=1, rows_per_unit=4), moved(crimes="county_police", treated=other), POLICY)


@pytest.mark.parametrize("asking", COMPARED)
def test_dates_that_are_moved_alike_are_compared(asking: Asking) -> None:
    """In one key space, and where nothing moves, intervals are true."""
    for space in (None, "county"):
        check(asking.spend(rho=1, rows_per_unit=4), moved(crimes=space, treated=space), POLICY)


ANSWERED: tuple[Asking, ...] = (
    COUNTED.group_by("ward", month("at"), band("minutes", 15, 60)).where(hour("at") >= 22),
    COUNTED.first("on").join("treated", on={"ward": "area"}, within=days("at", "arrived", -7, 30), last="arrived"),
    COUNTED.join("rates", on={"ward": "ward"}).group_by("rates.ward"),
    COUNTED.group_by("ward", "kind").margins().nonnegative(),
    COUNTED.discover("code").most_frequent(5),
    CRIMES.histogram("minutes", 10, 100),
    CRIMES.unit_rows("9/10").having("treated"),
    CRIMES.share(col("kind") == "theft").ratio(top=rows(), bottom=units(), per=1_000, name="rows_per_person"),
    COUNTED.where(col("minutes") < 501, col("minutes") > -21, col("on") < "2025-01-01", col("code") == "Siân 7"),
    CRIMES.quantile("minutes", "9/10", name="typical_p90").titled("Übersicht, £5 or more"),
    CRIMES.count_rows(name="rows_of_crimes").mean("minutes", name="share_of_minutes").group_by("kind"),
    CRIMES.variance(clamp("minutes", 0, 100)).deviation(combine({"minutes": 1, "loss": 2.5})).median("loss"),
)


@pytest.mark.parametrize("asking", ANSWERED)
def test_what_can_be_answered_passes(asking: Asking) -> None:
    """Each part of the language is let through as the builder writes it, under the names that it gives."""
    check(asking.spend(rho=1, rows_per_unit=4), LANGUAGE, POLICY)


def test_quantiles_of_too_many_steps_together_are_refused() -> None:
    """Four quantiles of the most steps can be asked together, five are refused with how many can."""
    asked = CRIMES
    for tenth in range(1, 5):
        asked = asked.quantile("minutes", f"{tenth}/10", bins=1_024)
    check(asked.spend(rho=1, rows_per_unit=4), LANGUAGE, POLICY)
    with pytest.raises(QueryError, match="at most 4,096"):
        check(asked.quantile("minutes", "6/10", bins=1_024).spend(rho=1, rows_per_unit=4), LANGUAGE, POLICY)


@pytest.mark.parametrize("name", ["minutes", "loss", "ward", "kind", "at", "code"])
def test_no_question_reads_a_column_whose_values_were_made_of_several_peoples(name: str) -> None:
    """Whatever a question does with such a column, it is refused, and for that reason; others are let through."""
    own = LANGUAGE["crimes"]
    columns = tuple(replace(one, askable=one.name != name) for one in own.columns)
    schemas = {**LANGUAGE, "crimes": replace(own, columns=columns)}
    reads = [one for one in ANSWERED if f'"{name}"' in question_to_json(one.spend(rho=1, rows_per_unit=4))]

    assert reads
    for asking in ANSWERED:
        question = asking.spend(rho=1, rows_per_unit=4)
        if asking in reads:
            with pytest.raises(QueryError, match="microaggregated"):
                check(question, schemas, POLICY)
        else:
            check(question, schemas, POLICY)
