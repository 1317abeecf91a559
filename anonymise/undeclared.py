"""Identifiers in a column that says it holds none: told by check digits, shapes and lists of names.

A register's column of remarks, or a code column that somebody filled with telephone numbers, would reach research as it
is: its contract says `keep`. What stands in it is looked at before anything is published; what is said of it is a kind
and a share, never a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from anonymise.cells.days import born_days
from anonymise.cells.fields import field_kinds
from anonymise.cells.held import held_kinds
from anonymise.cells.kind import SURE, CellKind
from anonymise.cells.makes import are_makes
from anonymise.cells.names import name_kinds
from anonymise.cells.numbers import ADDRESS, number_kinds
from anonymise.cells.standing_out import standing_out
from anonymise.cells.written import as_meant
from anonymise.prose.cleaned.signs import typed

FEWEST: Final = 3
"""Distinct values of several kinds together below which nothing is said."""
HALF: Final = 0.5
"""Share of values that, each of some kind, are told together though no kind alone would be."""
MIXED: Final = "identifiers of several kinds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeclared:
    """What a column holds beside what its contract says."""

    kind: str
    """In words, plural: `telephone numbers`."""
    found: int
    """Distinct values that look like it."""
    looked_at: int
    """Distinct values that were looked at."""


def undeclared(values: Iterable[str]) -> Undeclared | None:
    """Return the kind of identifier that most distinct values of a column look like, None where they look like none.

    Args:
        values: distinct values; blank ones are passed over.
    """
    looked_at = [typed(as_meant(value.strip())) for value in values if value.strip()]
    are_nobodys = are_makes(looked_at)
    counts: Counter[CellKind] = Counter()
    sure = telling = 0
    for value in looked_at:
        kinds = {*number_kinds(value), *held_kinds(value), *field_kinds(value)}
        kinds.update(() if are_nobodys else name_kinds(value))
        counts.update(kinds)
        sure += any(kind.sure for kind in kinds)
        telling += any(kind.sure or kind is ADDRESS for kind in kinds)
    for kind, found in counts.most_common():
        if found >= kind.fewest and found >= kind.share * len(looked_at):
            return Undeclared(kind=kind.words, found=found, looked_at=len(looked_at))
    if (stands := standing_out(looked_at)) is not None:
        return Undeclared(kind=stands[0].words, found=stands[1], looked_at=len(looked_at))
    if born := born_days(looked_at):
        return Undeclared(kind="dates of birth", found=born, looked_at=len(looked_at))
    if sure >= max(FEWEST, SURE * len(looked_at)) or (telling > 1 and telling >= HALF * len(looked_at)):
        return Undeclared(kind=MIXED, found=max(sure, telling), looked_at=len(looked_at))
    return None
