"""`datalab.engine.order.row_hash` for whole columns at once: the same numbers, by NumPy on Arrow arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_SEED = np.uint64(42)
_P1 = np.uint64(0x9E3779B185EBCA87)
_P2 = np.uint64(0xC2B2AE3D27D4EB4F)
_P3 = np.uint64(0x165667B19E3779F9)
_P4 = np.uint64(0x85EBCA77C2B2AE63)
_P5 = np.uint64(0x27D4EB2F165667C5)
_STRIPE, _WORD, _HALF = 32, 8, 4
"""Bytes that XXH64 takes at once: as four lanes, as one word, as half a word."""


def row_hashes(salt: int, columns: Sequence[pa.Array], rows: int) -> NDArray[np.int64]:
    """Return Spark's `xxhash64(salt, columns...)` of every row; missing values are skipped.

    Args:
        salt: signed 64-bit number.
        columns: text, bool, int64, double, date32 or timestamp in microseconds, each `rows` long.
        rows: how many rows there are.
    """
    state = _long(np.full(rows, salt, dtype=np.int64).view(np.uint64), np.full(rows, _SEED))
    for column in columns:
        known = ~np.asarray(column.is_null())
        state = np.where(known, _hashed(column, state), state)
    return state.view(np.int64)


def order_hashes(salt: int, columns: Sequence[pa.Array], rows: int) -> NDArray[np.int64]:
    """Return `datalab.engine.order.order_hash` of every row, by which rows and cells are put in order."""
    hashes = row_hashes(salt, columns, rows)
    gaps = np.stack([np.asarray(column.is_null()) for column in columns], axis=1)
    some = np.flatnonzero(gaps.any(axis=1))
    letters = np.where(gaps[some], np.uint8(ord("1")), np.uint8(ord("0")))
    hashes[some] = _bytes(letters, hashes[some].view(np.uint64)).view(np.int64)
    return hashes


class CellHashes:
    """`datalab.engine.order.cell_hash` of units and places: every label is hashed once, and a unit's text once."""

    def __init__(self, labels: Sequence[Sequence[str | None]], strides: Sequence[int]) -> None:
        """Hash the labels of a grouping.

        Args:
            labels: of each key, its groups in order; a missing one is None.
            strides: of each key, how many places lie between one group and the next.
        """
        self._keys: list[tuple[Words, np.int64]] = []
        for groups, stride in zip(labels, strides, strict=True):
            column = pa.array(groups, pa.string())
            seeds = np.full(len(groups), _SEED)
            hashes = np.where(np.asarray(column.is_null()), seeds, _texts(column.cast(pa.large_binary()), seeds))
            self._keys.append((_round(np.zeros_like(hashes), hashes), np.int64(stride)))

    def of(self, begun: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the hash of every pair of a unit and a cell.

        Args:
            begun: `row_hashes` of the salt and the unit's text.
            places: of the cells.
        """
        state = begun.view(np.uint64)
        for rounds, stride in self._keys:
            state = _next(rounds[places // stride % len(rounds)], state)
        return state.view(np.int64)


def nth_hashes(turns: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return `datalab.engine.order.nth_hash` of every pair of a turn and a number."""
    seeds = _long(turns.view(np.uint64), np.full(len(turns), _SEED))
    return _long(numbers.view(np.uint64), seeds).view(np.int64)


def _hashed(column: pa.Array, seed: Words) -> Words:
    kind = column.type
    if pa.types.is_boolean(kind):
        return _int(np.asarray(column.fill_null(False)).astype(np.uint64), seed)  # noqa: FBT003 - Arrow's signature
    if pa.types.is_date32(kind):
        days = np.asarray(column.cast(pa.int32()).fill_null(0))
        return _int(days.view(np.uint32).astype(np.uint64), seed)
    if pa.types.is_floating(kind):
        numbers = np.asarray(column.fill_null(0.0)) + 0.0  # makes -0 to 0
        bits = np.where(np.isnan(numbers), np.uint64(0x7FF8000000000000), numbers.view(np.uint64))
        return _long(bits, seed)
    if pa.types.is_integer(kind) or pa.types.is_timestamp(kind):
        return _long(np.asarray(column.cast(pa.int64()).fill_null(0)).view(np.uint64), seed)
    return _texts(column.cast(pa.large_binary()), seed)


def _texts(column: pa.LargeBinaryArray, seed: Words) -> Words:
    """Hash texts of one length together."""
    _, offsets_buffer, data_buffer = column.buffers()
    starts = np.frombuffer(offsets_buffer, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    data = np.frombuffer(data_buffer, dtype=np.uint8) if data_buffer is not None else np.zeros(0, dtype=np.uint8)
    lengths = np.diff(starts)
    hashes = np.empty(len(column), dtype=np.uint64)
    for length in np.unique(lengths):
        places = np.flatnonzero(lengths == length)
        letters = data[starts[places][:, None] + np.arange(length)]
        hashes[places] = _bytes(letters, seed[places])
    return hashes


def _rotate(word: Words, by: int) -> Words:
    return (word << np.uint64(by)) | (word >> np.uint64(64 - by))


def _finish(state: Words) -> Words:
    state = (state ^ (state >> np.uint64(33))) * _P2
    state = (state ^ (state >> np.uint64(29))) * _P3
    return state ^ (state >> np.uint64(32))


def _round(lane: Words, word: Words) -> Words:
    return _rotate(lane + word * _P2, 31) * _P1


def _int(half: Words, seed: Words) -> Words:
    return _finish(_rotate((seed + _P5 + np.uint64(4)) ^ (half * _P1), 23) * _P2 + _P3)


def _long(word: Words, seed: Words) -> Words:
    return _next(_round(np.zeros_like(word), word), seed)


def _next(rounded: Words, seed: Words) -> Words:
    """Hash a word of which a round was taken already."""
    return _finish(_rotate((seed + (_P5 + np.uint64(_WORD))) ^ rounded, 27) * _P1 + _P4)


def _bytes(letters: NDArray[np.uint8], seed: Words) -> Words:
    """Hash the rows of a matrix of bytes."""
    length = letters.shape[1]
    state, at = seed + _P5, 0
    if length >= _STRIPE:
        lanes = [seed + _P1 + _P2, seed + _P2, seed, seed - _P1]
        while at + _STRIPE <= length:
            lanes = [_round(lane, _word(letters, at + 8 * place)) for place, lane in enumerate(lanes)]
            at += _STRIPE
        state = sum((_rotate(lane, by) for lane, by in zip(lanes, (1, 7, 12, 18), strict=True)), np.zeros_like(seed))
        for lane in lanes:
            state = (state ^ _round(np.zeros_like(lane), lane)) * _P1 + _P4
    state = state + np.uint64(length)
    while at + _WORD <= length:
        state = _rotate(state ^ _round(np.zeros_like(state), _word(letters, at)), 27) * _P1 + _P4
        at += _WORD
    if at + _HALF <= length:
        half = np.ascontiguousarray(letters[:, at : at + _HALF]).view("<u4")[:, 0].astype(np.uint64)
        state = _rotate(state ^ (half * _P1), 23) * _P2 + _P3
        at += _HALF
    for place in range(at, length):
        state = _rotate(state ^ (letters[:, place].astype(np.uint64) * _P5), 11) * _P1
    return _finish(state)


def _word(letters: NDArray[np.uint8], at: int) -> Words:
    return np.ascontiguousarray(letters[:, at : at + _WORD]).view("<u8")[:, 0]
