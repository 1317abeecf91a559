"""Columns that hold what their contract does not declare are told by kind and share."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from anonymise.undeclared import undeclared

WORDS = [
    f"{colour} {thing}" for colour in ("red", "green", "blue") for thing in ("car", "door", "field", "coat", "hat")
]
NHS = ["9434765919", "943 476 5870", "9434765889", "999 000 0018"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (WORDS, None),
        ([], None),
        (["", "  "], None),
        ([*WORDS, "07700 900123", "01632 960 001", "+44 7700 900456"], "telephone numbers"),
        ([*WORDS, "07700 900123", "01632 960 001"], None),  # two may be slips
        (["a.nowak@example.org", "b@example.org", "c.d@mail.example.com"], "e-mail addresses"),
        (["GU21 4XX", "BA2 3AA", "LS1 4DY"], "full postcodes"),
        (["AB123456C", "JG103759A", "AB 12 34 56 D"], "National Insurance numbers"),
        (["2003/0011985X", "12/123456Y", "03/11985x", "12/0123456Y"], "PNC identifiers"),
        ([f"12/{number}A" for number in range(400)], None),  # one in twenty-three passes the check
        (["GB29 NWBK 6016 1331 9268 19", "DE89370400440532013000", "FR1420041010050500013M02606"], "bank accounts"),
        (["4111 1111 1111 1111", "378282246310005", "5555555555554444"], "payment cards"),
        (["9276308686", "9276308694", "9276308708"], "unique learner numbers"),
        (["Agnieszka Nowak", "Okonkwo, Ngozi", "Siobhan Murphy", "Imran Hussain", "unknown"], "names of people"),
        (["Grace Field", "Rose Garden", "Will Power", "Mark Down", "Bill Board"], None),  # words
        ([str(number) for number in range(1_000_000_000, 1_000_003_000, 7)], None),  # one in eleven passes the check
        ([f"E{number:08d}" for number in range(1_000_000, 1_000_300)], None),  # codes of areas
        ([str(number) for number in range(90)], None),
        ([f"Incident {number} at the bus stop" for number in range(90)], None),
    ],
)
def test_a_column_is_told_by_its_values(values: Sequence[str], kind: str | None) -> None:
    """Check digits, shapes and lists of names tell identifiers; words, codes and counts are none."""
    found = undeclared(values)

    assert (found.kind if found else None) == kind


def test_nhs_numbers_are_told_among_words() -> None:
    """Half a column of valid NHS numbers is told, with how many of how many."""
    found = undeclared([*NHS, "pending", "unknown"])

    assert found is not None
    assert (found.kind, found.looked_at) == ("NHS numbers", 6)
    assert found.found >= 3
