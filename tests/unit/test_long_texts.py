"""The longest texts take a time that grows with them, not with their square."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest

from anonymise.prose.dates.periods import with_periods
from anonymise.prose.entities import Entity, Span
from anonymise.prose.replacing.mention import read_mentions

FINDINGS = 6_000
MOST_SECONDS = 5.0
"""Ten times what it takes, and a fifth of what looking at every place for every finding took."""


def the_same_again(piece: str, start: int, end: int, kind: Entity) -> tuple[str, list[Span]]:
    """Return a text of one piece after another, and what is found in each."""
    spans = [Span(at * len(piece) + start, at * len(piece) + end, kind, 0.9) for at in range(FINDINGS)]
    return piece * FINDINGS, spans


@pytest.mark.parametrize(
    ("piece", "start", "end", "kind", "read"),
    [
        ("\u0408o\u0430n Smith, ", 0, 10, Entity.PERSON, read_mentions),
        ("\\u004aoan%20Smith met ", 0, 16, Entity.PERSON, read_mentions),
        ("on 3/5/2021, March 2020, June 2021, May 2022, ", 3, 11, Entity.DATE, with_periods),
    ],
    ids=["look-alikes", "escapes", "months"],
)
def test_many_findings_are_read_in_a_line(
    piece: str, start: int, end: int, kind: Entity, read: Callable[[str, list[Span]], list[object]]
) -> None:
    """A cell of stock phrases, or of an e-mail in quoted-printable, does not hold a worker for minutes."""
    text, spans = the_same_again(piece, start, end, kind)
    before = process_time()
    done = read(text, spans)

    assert len(done) >= FINDINGS
    assert process_time() - before < MOST_SECONDS
