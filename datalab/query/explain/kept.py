"""Which rows of a unit count in which figure, in English: where figures keep rows of their own, and where not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datalab.query.explain.most import largest_table, most_rows
from datalab.query.explain.words import Words, counted, listed
from datalab.query.model import CountRows, CountUnits, Measure, Question, Ratio, Sum, UnitRows
from datalab.query.narrowed import narrowed

_TOO_OFTEN = "that which is rare about them counts too often, and a share can come out above 1."
_HOLDS = "The interval holds the one side so counted over the other."


def kept_sentences(question: Question, measures: Sequence[Measure], words: Words) -> Iterator[str]:
    """Yield what bounding means for figures that look at some rows only, and for ratios.

    Args:
        question: the whole of it.
        measures: those of its figures that bounds may leave something out of.
        words: of the question.
    """
    rows, one = counted(most_rows(question, words), "row"), words.one
    ratios = [measure for measure in measures if isinstance(measure, Ratio)]
    together = [ratio for ratio in ratios if narrowed(ratio, words.dataset) is not None]
    apart = [ratio for ratio in ratios if ratio not in together]
    of_rows, of_units = ([one for one in apart if keeps_rows(one) is rows_too] for rows_too in (True, False))
    some = [measure for measure in measures if not isinstance(measure, Ratio | UnitRows) and measure.where is not None]
    if together:
        yield (
            f"{_names(together)}: both sides keep the same rows, those kept below the line: it is a share of the kept "
            f"rows and never above all of them. Where a {one} has more rows in a cell than are kept there, those that "
            "are kept count as if they were like all of them on average. The interval holds that share."
        )
    if any(map(keeps_rows, some)):
        yield f"Each figure that looks at some rows only keeps its own of these, at most {rows} of each {one}."
    if any(isinstance(measure, CountUnits) for measure in some):
        yield (
            f"Each figure of different {words.many} that looks at some rows only counts a {one} in cells of its own, "
            "drawn among those with such rows."
        )
    if of_rows:
        yield (
            f"{_names(of_rows)}: each side keeps its own of the rows that it looks at, at most {rows} of each {one}, "
            f"so where they have more, {_TOO_OFTEN} {_sides(of_rows, question, words)}{_HOLDS}"
        )
    if of_units:
        yield (
            f"{_names(of_units)}: each side counts a {one} in cells of its own, in at most {question.rows_per_unit:,} "
            f"of them, so where they have rows in more, {_TOO_OFTEN} {_HOLDS}"
        )
    if any(isinstance(ratio.top, CountRows) and isinstance(ratio.bottom, CountRows) for ratio in apart):
        yield (
            "To have a share of rows bounded as one, write every condition of the rows below the line also above it, "
            "joined by 'and'."
        )


def keeps_rows(measure: Measure) -> bool:
    """Return whether rows are kept of a unit in a figure; of different units cells are, and nothing of its rows."""
    if isinstance(measure, Ratio):
        return not (isinstance(measure.top, CountUnits) and isinstance(measure.bottom, CountUnits))
    return not isinstance(measure, CountUnits | UnitRows)


def _sides(ratios: list[Ratio], question: Question, words: Words) -> str:
    """Return what is special about the sides of ratios: a sum is shared out, and a unit counts once in a cell."""
    sides = [side for ratio in ratios for side in (ratio.top, ratio.bottom)]
    total, once = (any(isinstance(side, kind) for side in sides) for kind in (Sum, CountUnits))
    shared = f"Of a sum, the same share of a {words.one}'s total in a cell counts as of their rows there. " * total
    cells = counted(question.rows_per_unit, "cell")
    most = f", and in at most {cells}" * (largest_table(question.query, words) > question.rows_per_unit)
    return f"{shared}{f'Of different {words.many}, each counts once in a cell{most}. ' * once}"


def _names(ratios: list[Ratio]) -> str:
    return listed(ratio.name for ratio in ratios)
