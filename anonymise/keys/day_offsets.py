"""By how many days the dates of one unit are moved: a secret of the key space, and the same wherever the unit stands.

Shift of all dates of a person by one random number of days keeps the intervals between them (Hripcsak et al. 2016,
Preserving temporal relations in clinical data while maintaining privacy, doi:10.1093/jamia/ocw001; MIMIC moves dates so
too). Here the number is drawn by HMAC-SHA256 under a key of its own, uniformly from -182 to 182 without 0: half a year
either way, so that neither season nor year of a single date can be told, and no date is ever the true one.

What it does not hide: who knows one true date of a unit and finds it knows all of them; a date moved beyond the end
of the extract tells the sign; so do a season, a holiday or a famous day that the text names.
"""

from __future__ import annotations

import hmac
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from anonymise.keys.keyring import NamedKey
from datalab.contract.generalisation import MOST_DAYS

_CHOICES: Final = 2 * MOST_DAYS
"""Whole days from -182 to 182 without 0."""
_DRAWN_BYTES: Final = 8
"""Of the digest; 2^64 is no multiple of 364, which favours no day by more than 2^-55."""


def day_offset(key: NamedKey, unit: str) -> int:
    """Return by how many days the dates of a unit are moved; never 0.

    Args:
        key: key of the purpose `dates/<key space>`.
        unit: the unit's `unit_ref`.
    """
    drawn = int.from_bytes(hmac.digest(key.secret, unit.encode(), "sha256")[:_DRAWN_BYTES], "big") % _CHOICES
    return drawn - MOST_DAYS if drawn < MOST_DAYS else drawn - MOST_DAYS + 1


def day_offsets(key: NamedKey, units: pa.Array) -> pa.Array:
    """Return `day_offset` of each unit, as int32; null where there is no unit."""
    encoded = pc.dictionary_encode(units)
    drawn = [None if unit is None else day_offset(key, unit) for unit in encoded.dictionary.to_pylist()]
    return pa.array(drawn, pa.int32()).take(encoded.indices)
