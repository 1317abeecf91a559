"""Which rows of a unit count in which figure, in English: where figures keep rows of their own, and where not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datalab.query.explain.words import Words, listed
from datalab.query.model import CountRows, CountUnits, Measure, Question, Ratio, Sum, UnitRows
from datalab.query.narrowed import narrowed


def kept_sentences(question: Question, measures: Sequence[Measure], words: Words) -> Iterator[str]:
    """Yield what bounding means for figures that look at some rows only, and for ratios.

    Args:
        question: the whole of it.
        measures: those of its figures that bounds may leave something out of.
        words: of the question.
    """
    rows, one = question.rows_per_unit, words.one
    ratios = [measure for measure in measures if isinstance(measure, Ratio)]
    together = [ratio for ratio in ratios if narrowed(ratio, words.dataset) is not None]
    apart = [ratio for ratio in ratios if ratio not in together]
    if together:
        yield (
            f"{_names(together)}: both sides keep the same rows, those kept below the line: it is a share of the kept "
            f"rows and never above all of them. Where a {one} has more rows in a cell than are kept there, those that "
            "are kept count as if they were like all of them on average. The interval holds that share."
        )
    if any(map(_looks_at_some, measures)):
        yield f"Each figure that looks at some rows only keeps its own {rows} of these."
    if apart:
        yield (
            f"{_names(apart)}: each side keeps its own {rows} of the rows that it looks at, so where a {one} has more, "
            f"that which is rare about them counts too often, and a share can come out above 1. "
            f"{_sides(apart, words)}The interval holds the one side so counted over the other."
        )
    if any(isinstance(ratio.top, CountRows) and isinstance(ratio.bottom, CountRows) for ratio in apart):
        yield (
            "To have a share of rows bounded as one, write every condition of the rows below the line also above it, "
            "joined by 'and'."
        )


def _sides(ratios: list[Ratio], words: Words) -> str:
    """Return what is special about the sides of ratios: a sum is shared out, and a unit counts once in a cell."""
    sides = [side for ratio in ratios for side in (ratio.top, ratio.bottom)]
    total, once = (any(isinstance(side, kind) for side in sides) for kind in (Sum, CountUnits))
    shared = f"Of a sum, the same share of a {words.one}'s total in a cell counts as of their rows there. " * total
    return f"{shared}{f'Of different {words.many}, each counts once in a cell. ' * once}"


def _names(ratios: list[Ratio]) -> str:
    return listed(ratio.name for ratio in ratios)


def _looks_at_some(measure: Measure) -> bool:
    return not isinstance(measure, Ratio | UnitRows) and measure.where is not None
