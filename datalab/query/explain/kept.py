"""Which rows of a unit count in which figure, in English: where figures keep rows of their own, and where not."""

from __future__ import annotations

from collections.abc import Iterator

from datalab.query.explain.words import Words, listed
from datalab.query.model import CountRows, Measure, Question, Ratio, UnitRows
from datalab.query.narrowed import narrowed


def kept_sentences(question: Question, words: Words) -> Iterator[str]:
    """Yield what bounding means for figures that look at some rows only, and for ratios."""
    measures, rows, one = question.query.measures, question.rows_per_unit, words.one
    ratios = [measure for measure in measures if isinstance(measure, Ratio)]
    together = [ratio for ratio in ratios if narrowed(ratio, words.dataset) is not None]
    apart = [ratio for ratio in ratios if ratio not in together]
    if together:
        yield (
            f"{_names(together)}: both sides keep the same rows, those kept below the line: it is a share of the kept "
            f"rows and never above all of them. Where a {one} has more rows in a cell than are kept there, those that "
            "are kept count as if they were like all of them on average."
        )
    if any(map(_looks_at_some, measures)):
        yield f"Each figure that looks at some rows only keeps its own {rows} of these."
    if apart:
        yield (
            f"{_names(apart)}: each side keeps its own {rows} of the rows that it looks at, so where a {one} has more, "
            "that which is rare about them counts too often, and a share can come out above 1."
        )
    if any(isinstance(ratio.top, CountRows) and isinstance(ratio.bottom, CountRows) for ratio in apart):
        yield (
            "To have a share of rows bounded as one, write every condition of the rows below the line also above it, "
            "joined by 'and'."
        )


def _names(ratios: list[Ratio]) -> str:
    return listed(ratio.name for ratio in ratios)


def _looks_at_some(measure: Measure) -> bool:
    return not isinstance(measure, Ratio | UnitRows) and measure.where is not None
