"""The order in which a unit's rows and cells are kept when it has too many: xxHash64, as Spark computes it.

Privacy does not hang on this hash: any choice among a unit's own rows is within the stated sensitivity. It is here so
that the reference keeps exactly what Spark keeps. Algorithm: xxHash specification, XXH64; Spark chains columns by using
one column's hash as the seed of the next, and skips missing values.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

SEED = 42
"""Spark's own first seed."""
_MASK = 2**64 - 1
_P1 = 0x9E3779B185EBCA87
_P2 = 0xC2B2AE3D27D4EB4F
_P3 = 0x165667B19E3779F9
_P4 = 0x85EBCA77C2B2AE63
_P5 = 0x27D4EB2F165667C5
_STRIPE = 32  # bytes that XXH64 takes at once, as four lanes of eight
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAN = 0x7FF8000000000000  # Java writes every NaN so


def row_hash(salt: int, values: Iterable[object]) -> int:
    """Return Spark's `xxhash64(salt, values...)`: a signed 64-bit number.

    Args:
        salt: signed 64-bit number.
        values: text, bool, int (as 64-bit), float, date or datetime; None is skipped.
    """
    state = _long(salt, SEED)
    for value in values:
        state = state if value is None else _value(value, state)
    return _signed(state)


def order_hash(salt: int, values: Sequence[object]) -> int:
    """Return the hash by which a unit's rows and values are put in order.

    `row_hash` skips missing values, so ("a", missing) and (missing, "a") hash alike and are not the same row: where
    any is missing, which ones are, as 0s and 1s, is hashed after them.
    """
    gaps = "".join("1" if value is None else "0" for value in values)
    return row_hash(salt, (*values, gaps if "1" in gaps else None))


def cell_hash(salt: int, unit: str | None, labels: Sequence[str | None]) -> int:
    """Return the hash by which a unit's cells are put in order: of the unit, and of each label's own hash.

    Labels are hashed by themselves, so that an engine hashes each of them once and not once a unit.
    """
    return row_hash(salt, (unit, *(_signed(SEED if label is None else _value(label, SEED)) for label in labels)))


def nth_hash(turn: int, number: int) -> int:
    """Return the hash by which a unit's rows of one group are put in order beside its other rows: of the n-th of them.

    Rows of a group are alike, so they are numbered from 1 instead of told apart.

    Args:
        turn: `cell_hash` of the unit and the group.
        number: of the row.
    """
    return row_hash(turn, (number,))


def _signed(word: int) -> int:
    return word - 2**64 if word >= 2**63 else word


def _value(value: object, seed: int) -> int:
    match value:
        case str():
            return _bytes(value.encode(), seed)
        case bool():
            return _int(int(value), seed)
        case int():
            return _long(value, seed)
        case float():
            return _long(_double_bits(value), seed)
        case datetime():
            moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value
            past = moment - _EPOCH
            return _long((past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds, seed)
        case date():
            return _int((value - _EPOCH.date()).days, seed)
        case _:
            message = f"{type(value).__name__} is not a type that views hold."
            raise TypeError(message)


def _double_bits(value: float) -> int:
    if math.isnan(value):
        return _NAN
    bits: int = struct.unpack("<q", struct.pack("<d", 0.0 if value == 0 else value))[0]
    return bits


def _rotate(word: int, by: int) -> int:
    word &= _MASK
    return ((word << by) | (word >> (64 - by))) & _MASK


def _finish(state: int) -> int:
    state ^= state >> 33
    state = (state * _P2) & _MASK
    state ^= state >> 29
    state = (state * _P3) & _MASK
    return state ^ (state >> 32)


def _int(value: int, seed: int) -> int:
    state = (seed + _P5 + 4) & _MASK
    state ^= ((value & 0xFFFFFFFF) * _P1) & _MASK
    return _finish((_rotate(state, 23) * _P2 + _P3) & _MASK)


def _long(value: int, seed: int) -> int:
    state = (seed + _P5 + 8) & _MASK
    state ^= _round(0, value & _MASK)
    return _finish((_rotate(state, 27) * _P1 + _P4) & _MASK)


def _round(lane: int, word: int) -> int:
    return (_rotate(lane + word * _P2, 31) * _P1) & _MASK


def _bytes(data: bytes, seed: int) -> int:
    state, at = (seed + _P5) & _MASK, 0
    if len(data) >= _STRIPE:
        lanes = [(seed + _P1 + _P2) & _MASK, (seed + _P2) & _MASK, seed, (seed - _P1) & _MASK]
        while at + _STRIPE <= len(data):
            lanes = [_round(lane, word) for lane, word in zip(lanes, struct.unpack_from("<4Q", data, at), strict=True)]
            at += _STRIPE
        state = sum(_rotate(lane, by) for lane, by in zip(lanes, (1, 7, 12, 18), strict=True)) & _MASK
        for lane in lanes:
            state = ((state ^ _round(0, lane)) * _P1 + _P4) & _MASK
    state = (state + len(data)) & _MASK
    while at + 8 <= len(data):
        state = (_rotate(state ^ _round(0, struct.unpack_from("<Q", data, at)[0]), 27) * _P1 + _P4) & _MASK
        at += 8
    if at + 4 <= len(data):
        state = (_rotate(state ^ (struct.unpack_from("<I", data, at)[0] * _P1), 23) * _P2 + _P3) & _MASK
        at += 4
    for byte in data[at:]:
        state = (_rotate(state ^ (byte * _P5), 11) * _P1) & _MASK
    return _finish(state)
