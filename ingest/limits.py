"""Most that the lab reads of anything an agency sends: what is larger is refused before it fills memory or disk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes in bytes, unless they say otherwise."""

    ciphertext: int = 64 * 2**30
    """One sealed extract."""
    plaintext: int = 256 * 2**30
    """The same after opening and unpacking; what a compressed file claims about itself is not believed."""
    line: int = 16 * 2**20
    """One line of a text file."""
    cell: int = 2**20
    """One value, in characters: a long narrative fits, a file hidden in a cell does not."""
    columns: int = 2_000
    """Columns of one file."""
    batch_rows: int = 16_384
    """Rows held in memory at a time."""


DEFAULT_LIMITS = Limits()
"""What holds where the operator states nothing else."""
