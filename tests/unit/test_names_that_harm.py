"""Names that are words are found on both sides of what somebody does to somebody."""

from __future__ import annotations

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.redaction import Redactor

REDACTOR = Redactor(RulesAndNames())


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("MARK HIT BILL", "[PERSON] HIT [PERSON]"),
        ("Seen at noon. FRANK TOLD GRACE TO LEAVE", "Seen at noon. [PERSON] TOLD [PERSON] TO LEAVE"),
        ("WILL PUNCHED ROB", "[PERSON] PUNCHED [PERSON]"),
        ("grace slapped hope, then left", "[PERSON] slapped [PERSON], then left"),
        ("BILL THREATENED MARK WITH A KNIFE", "[PERSON] THREATENED [PERSON] WITH A KNIFE"),
        ("KIERAN MET HOPE", "[PERSON] MET [PERSON]"),
    ],
)
def test_both_go(text: str, redacted: str) -> None:
    """In any case, where the first begins a clause and the second ends one or a preposition follows."""
    assert REDACTOR.redact([text])[0].text == redacted


@pytest.mark.parametrize(
    "text",
    [
        "RAIN HIT WALL",
        "POLICE HIT CAR",
        "WILL HIT MARK",
        "may hit rock bottom",
        "the mark hit bill posters",
        "he met hope",
    ],
)
def test_words_stay(text: str) -> None:
    """A thing, a modal, an article and a noun behind say that they are words."""
    assert REDACTOR.redact([text])[0].text == text


@pytest.mark.parametrize("text", ["MAY NEED SURGERY", "WILL ATTEND CLINIC", "AWAITING SURGERY", "REFUSED HOSPITAL"])
def test_a_need_is_no_place(text: str) -> None:
    """In capitals a verb before a surgery is no part of its name."""
    assert REDACTOR.redact([text])[0].text == text
