"""What figures and derived columns may be called: in words of the contracts, so that a name says nothing else.

A name leaves the lab with the answer. A free one would be a channel: whoever knows something of the data, such as an
operator, could write it into a label. So each word of a name, cut at `_`, is a word of a dataset that the question
names, of a column of one, of a listed value that the rows hold of which it is, or of the list below, or it says what
the figure is (`n` of a count, `p50` of a median). None says another figure (`median` of a mean), none stands twice, and
a name has few of them. So a question has a finite set of names, which contracts and question give. The name that is
given where none is stated always passes. What is still chosen is counted by `datalab.query.choices`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import assert_never
from unicodedata import normalize

from datalab.query.columns import columns_of
from datalab.query.model import (
    Band,
    Calendar,
    Clamp,
    Clock,
    CountRows,
    CountUnits,
    DaysBetween,
    Derived,
    Deviation,
    Expression,
    Linear,
    Mean,
    Measure,
    Predicate,
    Quantile,
    Query,
    Ratio,
    Recode,
    Sum,
    UnitRows,
    Variance,
)
from datalab.query.narrowed import beside
from datalab.query.schema import ViewSchema
from datalab.query.stated import held_values

MAX_WORDS = 5
"""Most words of a name."""
MAX_NAME = 60
"""Longest name, in characters."""
MEDIAN = Fraction(1, 2)
_WORDS = (
    "row rows unit units person people persons household households record records",
    "count counts number sum total amount mean average variance deviation median quantile spread typical",
    "share rate ratio percent per low high least greatest",
    "cnt num tot avg med var std stdev stddev pct prop proportion percentage fraction freq frequency",
    "day week month quarter year academic financial hour weekday time days weeks months years",
    "band bands group groups merged held combined score range difference",
    "first last earlier later before after since until within between during",
    "all any none both other others again and or not no with without of by in on at to from",
)
VOCABULARY = frozenset(" ".join(_WORDS).split())
"""Words that are no contract's and that every question may use. No letter is one, and no number: they would spell."""
_PER_CENT = 100
_SAYS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("mean average avg", (Mean, Ratio)),
    ("median med quantile", (Quantile, UnitRows)),
    ("variance var", (Variance,)),
    ("deviation std stdev stddev", (Deviation,)),
    ("spread", (Deviation, Variance)),
    ("sum", (Sum,)),
    ("total tot amount", (Sum, CountRows, CountUnits)),
    ("count counts cnt num freq frequency", (CountRows, CountUnits, UnitRows)),
    ("rate ratio share proportion prop fraction", (Ratio, Mean)),
    ("pct percent percentage", (Ratio,)),
)
"""Words that say what a figure is, and the figures of which they are true."""
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_SPOKEN = re.compile(r"[a-z]{4,}")
"""A word of a value that may stand in a name: short ones, such as codes of countries, would spell."""
MAX_CHOSEN_WORDS = 40
"""Most words of all names of one question together, but for the names that are given where none is stated."""


def words_of(schemas: Iterable[ViewSchema]) -> frozenset[str]:
    """Return the words of datasets and their columns, as they stand in names; no single letters."""
    names = [name for schema in schemas for name in (schema.dataset, *(column.name for column in schema.columns))]
    return frozenset(word for name in names for word in name.split("_") if len(word) > 1)


def value_words(query: Query, schemas: Mapping[str, ViewSchema], named: Measure | Derived) -> frozenset[str]:
    """Return the words of listed values that the rows hold of which a figure or derived column is.

    Whoever reads the question sees them there already, and by no other value's name can a figure be called.
    """
    of_its_own: object = None
    match named:
        case Derived(expression=expression):
            of_its_own = expression
        case Ratio(top=top):
            of_its_own = top.where
        case UnitRows():
            pass
        case _:
            of_its_own = named.where
    listed = (
        value
        for value, column in held_values((query.where, query.joins, of_its_own), query.dataset, schemas)
        if isinstance(value, str) and value in (column.values or ())
    )
    words = (word.lower() for value in listed for word in _WORD.findall(normalize("NFC", value)))
    return frozenset(word for word in words if _SPOKEN.fullmatch(word))


def says_another(word: str, measure: Measure) -> bool:
    """Return whether a word of the vocabulary says another figure than this one."""
    for words, kinds in _SAYS:
        if word in words.split():
            is_wrong_level = (
                word.startswith("med") and isinstance(measure, Quantile | UnitRows) and measure.level != MEDIAN
            )
            is_no_percent = (
                word.startswith(("pct", "percent")) and isinstance(measure, Ratio) and measure.per != _PER_CENT
            )
            return not isinstance(measure, kinds) or is_wrong_level or is_no_percent
    return False


def own_words(measure: Measure) -> frozenset[str]:
    """Return the words that say what a figure is and nothing else: `n` of a count, `p50` of a median."""
    match measure:
        case CountRows() | CountUnits():
            return frozenset({"n"})
        case Quantile(level=level) | UnitRows(level=level) if (percent := level * 100).denominator == 1:
            return frozenset({f"p{percent.numerator}", f"p{percent.numerator:02}"})
        case _:
            return frozenset()


def strange_words(name: str, words: Collection[str]) -> tuple[str, ...]:
    """Return the words of a name that are neither of the contracts nor of the vocabulary."""
    return tuple(word for word in name.split("_") if word not in words and word not in VOCABULARY)


def repeated_words(name: str) -> tuple[str, ...]:
    """Return the words that stand twice in a name: repeating is counting, and a number can stand for anything."""
    return tuple(word for word, times in Counter(name.split("_")).items() if times > 1)


def is_short(name: str) -> bool:
    """Return whether a name is no longer than a name may be."""
    return len(name) <= MAX_NAME and name.count("_") < MAX_WORDS


def chosen(query: Query) -> tuple[Measure | Derived, ...]:
    """Return the derived columns and figures whose name an author chose: those that have not the one given anyway."""
    columns = (one for one in query.derive if one.name != default_column_name(one.expression))
    figures = (one for one in query.measures if one.name != default_measure_name(one))
    return (*columns, *figures)


def chosen_names(query: Query) -> tuple[str, ...]:
    """Return the names that an author chose."""
    return tuple(one.name for one in chosen(query))


def default_column_name(expression: Expression) -> str:  # noqa: PLR0911 - a case each
    """Return what a derived column is called where its author gives no name."""
    match expression:
        case Band(column=ref):
            return f"{ref.name}_band"
        case Calendar(column=ref, period=period):
            return f"{ref.name}_{period.value}"
        case Clock(column=ref, part=part):
            return f"{ref.name}_{part.value}"
        case Recode(column=ref):
            return f"{ref.name}_group"
        case Clamp(column=ref):
            return f"{ref.name}_held"
        case Linear(terms=terms):
            return f"{terms[0].column.name}_combined" if terms else "combined"
        case DaysBetween(later=later):
            return f"{later.name}_days"
        case _:
            assert_never(expression)


def default_measure_name(measure: Measure) -> str:  # noqa: PLR0911 - a case each
    """Return what a figure is called where its author gives no name."""
    match measure:
        case CountRows():
            return "rows"
        case CountUnits():
            return "units"
        case Sum(column=ref):
            return f"{ref.name}_sum"
        case Mean(column=ref):
            return f"{ref.name}_mean"
        case Variance(column=ref):
            return f"{ref.name}_variance"
        case Deviation(column=ref):
            return f"{ref.name}_deviation"
        case Quantile(column=ref, level=level):
            return f"{ref.name}_{_level_name(level)}"
        case Ratio():
            return _ratio_name(measure)
        case UnitRows(level=level):
            return f"rows_per_unit_{_level_name(level)}"
        case _:
            assert_never(measure)


def named_by_default(measure: Measure, name: str | None) -> Measure:
    """Return the measure under a name, or under the one that it has where none is stated."""
    return replace(measure, name=default_measure_name(measure) if name is None else name)


def _level_name(level: Fraction) -> str:
    if level == MEDIAN:
        return "median"
    percent = level * 100
    return f"p{percent.numerator}" if percent.denominator == 1 else "quantile"


def _ratio_name(ratio: Ratio) -> str:
    if not is_share(ratio):
        return "ratio" if ratio.per == 1 else "rate"
    more = _beside(ratio)
    names = {ref.name for term in more for ref in columns_of(term)}
    return f"{names.pop()}_share" if len(names) == 1 else "share"


def is_share(ratio: Ratio) -> bool:
    """Return whether a ratio is of the same amount above and below the line, above it of some of the rows only."""
    return ratio.per == 1 and bool(_beside(ratio))


def _beside(ratio: Ratio) -> tuple[Predicate, ...]:
    """Return what is asked of the rows above the line beside what is asked below, where the amount is the same."""
    if replace(ratio.top, where=None, name="") != replace(ratio.bottom, where=None, name=""):
        return ()
    return beside(ratio.top.where, ratio.bottom.where) or ()
