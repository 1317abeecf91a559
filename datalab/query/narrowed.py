"""Shares of rows: which ratios count above the line some of the very rows that count below it."""

from __future__ import annotations

from datalab.query.columns import in_dataset
from datalab.query.model import AllOf, CountRows, Predicate, Ratio


def narrowed(ratio: Ratio, dataset: str) -> tuple[Predicate, ...] | None:
    """Return the conditions that rows above the line meet beside those of the rows below it.

    Only conditions that are written down on both sides are recognised: what is asked above has to be all that is asked
    below, and more. Of such a ratio both sides are bounded together: of each unit, rows are kept as those below the
    line are, and counted above it by what the kept ones are like.

    Args:
        ratio: any.
        dataset: the question's own.

    Returns:
        Conditions that all have to be met, with their columns' datasets named: none where both sides ask for the same;
        None where the ratio is not of rows, or where the upper side's rows cannot be seen to be some of the lower's.
    """
    top, bottom = ratio.top, ratio.bottom
    if not isinstance(top, CountRows) or not isinstance(bottom, CountRows):
        return None
    above, below = (None if one.where is None else in_dataset(one.where, dataset) for one in (top, bottom))
    return beside(above, below)


def beside(above: Predicate | None, below: Predicate | None) -> tuple[Predicate, ...] | None:
    """Return what one condition asks beside all that another asks; None where it does not ask all of that."""
    more, less = _terms(above), _terms(below)
    return tuple(term for term in more if term not in less) if set(less) <= set(more) else None


def _terms(predicate: Predicate | None) -> tuple[Predicate, ...]:
    """Return conditions that all have to be met, each once."""
    if predicate is None:
        return ()
    if not isinstance(predicate, AllOf):
        return (predicate,)
    return tuple(dict.fromkeys(term for one in predicate.predicates for term in _terms(one)))
