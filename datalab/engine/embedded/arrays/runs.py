"""Runs of one number in a column: where they begin, what they add up to, and an order within each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Truths = NDArray[np.bool_]

_SIGN = np.uint64(1 << 63)
_WORD = 64


def in_turn(lengths: Whole, hashes: Whole) -> Whole:
    """Return the order in which rows lie unit by unit, and those of one unit by their hashes.

    Args:
        lengths: how many rows each unit has; at least one.
        hashes: of the rows, unit by unit; signed.
    """
    numbers = np.repeat(np.arange(len(lengths)), lengths)
    bits = (len(lengths) - 1).bit_length()
    unsigned = hashes.view(np.uint64) ^ _SIGN
    if not bits:
        return np.argsort(unsigned)
    words = (numbers.view(np.uint64) << np.uint64(_WORD - bits)) | (unsigned >> np.uint64(bits))
    order = np.argsort(words)
    ordered = words[order]
    if (ordered[1:] == ordered[:-1]).any():  # hashes that are alike but for the bits that the unit's number pushed out
        return np.lexsort((hashes, numbers))
    return order


def starts_of(ordered: Whole) -> Whole:
    """Return where runs of one number begin."""
    if not len(ordered):
        return np.empty(0, np.int64)
    return np.concatenate(([0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1))


def sums_of(numbers: Whole, starts: Whole) -> Whole:
    """Return the sum of each run."""
    return np.add.reduceat(numbers, starts) if len(starts) else np.empty(0, np.int64)


def before_of(numbers: Whole, lengths: Whole) -> Whole:
    """Return for each row the sum of the numbers before it in its run.

    Args:
        numbers: of the rows, run by run.
        lengths: how many rows each run has; at least one.
    """
    before: Whole = np.cumsum(numbers) - numbers
    begins = np.cumsum(lengths) - lengths
    of_runs: Whole = before - np.repeat(before[begins], lengths)
    return of_runs
