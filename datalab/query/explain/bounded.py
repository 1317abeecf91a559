"""What of a unit's rows counts in each kind of figure, and what its interval therefore holds, in English.

It says what engines do (`datalab.engine.reference.bounding`): counts keep rows, sums and means keep a share of a unit's
total, quantiles keep rows drawn at random, and the rows of a unit are not bounded at all. Of bounds that can leave
nothing out nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from datalab.contract.model import PrivacyUnit
from datalab.query.explain.kept import keeps_rows, kept_sentences
from datalab.query.explain.most import bounded_cells, largest_table, most_rows
from datalab.query.explain.words import Words, counted, listed
from datalab.query.model import (
    CountRows,
    CountUnits,
    Deviation,
    Keep,
    Mean,
    Measure,
    Quantile,
    Query,
    Question,
    Ratio,
    Sum,
    UnitRows,
    Variance,
)


def bounded_sentences(question: Question, words: Words) -> Iterator[str]:
    """Yield how a unit's rows are bounded, what that makes of each kind of figure, and what intervals hold."""
    measures, most = question.query.measures, _stated_rows(question.query, words)
    bitten = tuple(measure for measure in measures if _may_bite(measure, question, words, most))
    paired = _paired_by_unit(question.query, words)
    if paired:
        yield (
            f"Before rows are paired, at most {counted(question.rows_per_unit, 'row')} of each {words.one} are taken "
            f"from each of {listed((question.query.dataset, *paired))}, drawn at random."
        )
    if any(keeps_rows(measure) and not isinstance(measure, Quantile) for measure in bitten):
        yield _rows_that_count(question, words)
    for kind, text in _by_kind(question, words).items():
        names = listed(measure.name for measure in bitten if isinstance(measure, kind))
        if names:
            yield f"{names}: {text}"
    yield from kept_sentences(question, bitten, words)
    missed = ", and does not cover what the bounds leave out" if bitten or paired else ""
    if not bitten and not paired:
        if question.query.first is None and any(_may_bite(one, question, words, math.inf) for one in measures):
            # An extract that goes beyond the limit is reported and not held, so it may.
            limit = f", if the extract keeps to its contract's limit of {counted(int(most), 'row')} a {words.one}"
            missed = f", and does not cover rows of a {words.one} beyond that limit"
        else:
            limit = ""
        yield f"The bounds leave nothing out of these figures{limit}."
    yield f"An interval holds what is said here of its figure in at least 95 of 100 answers{missed}."


def _rows_that_count(question: Question, words: Words) -> str:
    cap, one, cells = question.rows_per_cell, words.one, bounded_cells(question.query, words)
    rows = most_rows(question, words)
    cell = " of all groups together, which the tables add up" if question.query.tables else ""
    most = f" and at most {cap:,} in one cell{cell}" if cap < rows else ""
    counts = f"Of each {one}, at most {_counting(rows)} in a figure{most}"
    if cells * cap <= question.rows_per_unit:
        return f"{counts}."
    return (
        f"{counts}; where they have more, it is drawn at random in which cells they count, each cell as likely as any "
        f"other however many rows they have in it: of such {words.many}, cells with few of their rows count for more "
        "than their share."
    )


def _counting(rows: int) -> str:
    return f"{counted(rows, 'row')} {'counts' if rows == 1 else 'count'}"


def _by_kind(question: Question, words: Words) -> Mapping[type[Measure], str]:
    """Return for each kind of figure, but for ratios, what of a unit counts in it and what its interval holds."""
    one, many, rows = words.one, words.many, question.rows_per_unit
    table = " of each table" * bool(question.query.tables)
    more = f"where a {one} has more rows in a cell than count there,"
    average = f"{more} those that count are taken to be like all of them on average"
    squares = f"{average}, in their values and in the squares of these"
    return {
        CountRows: "the interval holds the number of rows that so count.",
        CountUnits: f"a {one} counts once in a cell, and in at most {counted(rows, 'cell')}{table}, drawn at random; "
        f"the interval holds the number of {many} that so count.",
        Sum: f"{more} the same share of the total of them all counts (half of it where 3 of 6 rows count), not the "
        "values of some; the interval holds the sum of what so counts.",
        Mean: f"{average}, none by its own value; the interval holds the mean of what so counts.",
        Variance: f"{squares}; the interval holds the variance of what so counts.",
        Deviation: f"{squares}; the interval holds the standard deviation of what so counts.",
        Quantile: _of_quantiles(question, words),
        UnitRows: f"every {one} counts once, with the number of all their rows here; the interval holds the quantile "
        f"of these numbers. It has no upper end where it reaches the largest that are told apart, about {rows:,}: a "
        "number beyond needs a larger R.",
    }


def _of_quantiles(question: Question, words: Words) -> str:
    rows, cap = most_rows(question, words), question.rows_per_cell
    alone = bounded_cells(question.query, words) == 1
    cell = f" and at most {cap:,} in one cell, whatever steps of the range they lie in" * (cap < rows)
    return (
        f"of each {words.one}, at most {_counting(rows)} in all{cell}; where they have more, which "
        f"rows count is drawn at random, each{'' if alone else ' of a cell'} as likely as any other. The interval "
        "holds the quantile of the rows that so count, to within one step."
    )


def _may_bite(measure: Measure, question: Question, words: Words, most: float) -> bool:
    """Return whether bounds may leave something of a unit out of a figure, were no unit to have more than `most` rows.

    Of the rows of a unit none is left out, but numbers from about R on are not told apart: it is always said.
    """
    match measure:
        case UnitRows():
            return True
        case CountUnits():
            return min(most, largest_table(question.query, words)) > question.rows_per_unit
        case Ratio(top=top, bottom=bottom):
            return any(_may_bite(amount, question, words, most) for amount in (top, bottom))
        case _:
            return most > question.rows_per_cell


def _stated_rows(query: Query, words: Words) -> float:
    """Return the most rows that one unit should have in the question; infinite where nothing states it.

    The first row of a unit is one whatever the extract holds; a contract's limit is what it should keep to.
    """
    if any(join.keep is Keep.PAIRS for join in query.joins):
        return math.inf
    stated = 1 if query.first is not None else words.schemas[query.dataset].max_rows_per_unit
    return math.inf if stated is None else stated


def _paired_by_unit(query: Query, words: Words) -> tuple[str, ...]:
    """Return the datasets about units with whose rows those of the question are paired."""
    return tuple(
        join.dataset
        for join in query.joins
        if join.keep is Keep.PAIRS and words.schemas[join.dataset].privacy_unit is not PrivacyUnit.PUBLIC
    )
