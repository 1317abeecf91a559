"""Running searches over exact bins, whatever noises them; and the same course again, from the noisy sums alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from datalab.privacy.estimate.search.course import Course, Wholes
from datalab.privacy.estimate.search.reach import reach_of
from datalab.privacy.plan import Part, Search

Noised = Callable[[list[int]], Sequence[int]]
"""Noises the signed sums of one round, a cell each."""
LARGEST = 2**62
"""Largest |signed sum|. Plans of people keep them below it; whatever an engine returned, nothing wraps or raises."""


def searched(part: Part, vector: Sequence[int], scale: float, noised: Noised, *, times: int = 1) -> tuple[int, ...]:
    """Return the noisy sums of all rounds, those of one cell together; never raises for what the vector holds.

    Args:
        part: one with a search.
        vector: exact bins, of one cell after another.
        scale: of the noise of a round.
        noised: draws it.
        times: searches of each cell, one after another.
    """
    search, exact = search_of(part), signed_sums(part, vector)
    cells, drawn = np.repeat(np.arange(len(exact)), times), []
    course = _begun(part, len(cells), scale)
    for _ in range(search.rounds):
        edges = course.next()
        drawn.append(np.array(noised(exact[cells, edges].tolist()), dtype=np.int64))
        course.hear(edges, drawn[-1].astype(np.float64))
    return tuple(np.stack(drawn, axis=1).ravel().tolist())


def replayed(part: Part, drawn: Sequence[int], scale: float) -> Course:
    """Return the course that these noisy sums took: every edge follows from the sums before it.

    Args:
        part: one with a search.
        drawn: noisy sums as `searched` returns them.
        scale: of the noise of a round.
    """
    sums = np.array(drawn, dtype=np.float64).reshape(-1, search_of(part).rounds)
    course = _begun(part, len(sums), scale)
    for heard in sums.T:
        course.hear(course.next(), heard)
    return course


def search_of(part: Part) -> Search:
    """Return the search of a part that has one."""
    if part.search is None:
        message = "Only parts with a search are searched."
        raise AssertionError(message)
    return part.search


def signed_sums(part: Part, vector: Sequence[int]) -> Wholes:
    """Return the exact signed sums by cell and edge, from 0 to the number of bins.

    Args:
        part: one with a search.
        vector: exact bins, of one cell after another.
    """
    search = search_of(part)
    rows = [max(int(number), 0) for number in vector]
    # Whole numbers of Python where 64 bits could be too few: only a signed sum is held, which moves it no further.
    fits = max(rows, default=0) * part.bins * search.level.denominator <= LARGEST
    counts = np.array(rows, dtype=np.int64 if fits else object).reshape(-1, part.bins)
    below = np.concatenate([np.zeros((len(counts), 1), dtype=counts.dtype), np.cumsum(counts, axis=1)], axis=1)
    sums = search.level.denominator * below - search.above * below[:, -1:]
    return np.asarray(np.clip(sums, -LARGEST, LARGEST), dtype=np.int64)


def _begun(part: Part, cells: int, scale: float) -> Course:
    rounds = search_of(part).rounds
    return Course(cells=cells, bins=part.bins, rounds=rounds, scale=scale, reach=reach_of(scale, rounds))
