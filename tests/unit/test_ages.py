"""Ages over 89 as notes write them, and figures beside them that are no ages."""

from __future__ import annotations

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.entities import Entity, Span
from anonymise.prose.patterns.aged import find_ages
from anonymise.prose.redaction import Redactor

REDACTOR = Redactor(RulesAndNames())


def _redacted(text: str) -> str:
    (redacted,) = REDACTOR.redact([text])
    assert redacted.text is not None
    return redacted.text


@pytest.mark.parametrize(
    "text",
    [
        "{94}F SOB",
        "{92}M fall at home",
        "adm {101}F, # NOF",
        "he's {92}",
        "She is {93} now",
        "she\u2019s {95} and lives alone",
        "who is {91}, fell",
        "Mum is {97} today",
        "his grandmother was {102}.",
        "pt is {90}",
        "she is {ninety-two}",
        "he's {ninety three} now",
        "she is {a hundred and one}.",
        "she is nearly {100}",
        "{94}yrs",
        "{94} yrs, lives alone",
        "a {94} yr old",
        "Mum, {91}, lives with us",
        "gran ({96}) fell",
        "her husband, {93}, cares",
        "Pt ({92}) admitted",
        "{94}-year-old",
        "turned {100} last week",
    ],
)
def test_an_age_over_89_is_masked_however_it_is_said(text: str) -> None:
    """Beside a letter for the sex, behind who is that old, and in brackets or commas behind a relative."""
    before, _, rest = text.partition("{")
    _, _, after = rest.partition("}")
    assert _redacted(text.replace("{", "").replace("}", "")) == f"{before}[AGE]{after}"


@pytest.mark.parametrize(
    "text",
    [
        "BP 92/60",
        "BP is 120/80, pulse is 92.",
        "sats are 94% on air",
        "she is 92% on air",
        "he's 92kg",
        "she is 95 kg now",
        "he is 1.92 m",
        "it's 92 now",
        "the price is 95 today",
        "room is 101, first floor",
        "temp 104F",
        "temperature of 98F",
        "\u00a392M budget",
        "92m from the road",
        "he was 94 minutes late",
        "for 94 yrs the school",
        "over the last 100 yrs",
        "she is 89 now",
        "Mum is 64",
        "84F SOB",
        "she is 92nd on the list",
        "Mum, 91 letters came",
        "she is one hundred percent sure",
        "his score was 95/100",
        "bus 94F is late",
    ],
)
def test_figures_that_are_no_ages_stay(text: str) -> None:
    """Blood pressures, weights, prices, rooms, lengths, degrees and younger ages are no ages over 89."""
    assert "[AGE]" not in _redacted(text)


@pytest.mark.parametrize(
    ("text", "aged"),
    [
        ("<Mrs Pratt> (94) fell", ["94"]),
        ("<Joan Pratt>, 91, of Hull", ["91"]),
        ("<Joan Pratt>, 91.", ["91"]),
        ("<Joan Pratt> 97 years", ["97"]),
        ("<Joan Pratt> is 97", ["97"]),
        ("<Joan Pratt> was 101 in May", ["101"]),
        ("<Joan Pratt> (1994)", []),
        ("<Joan Pratt>, 91 Mill Lane", []),
        ("<Joan Pratt> is 97%", []),
        ("<Joan Pratt> (64)", []),
        ("<Joan Pratt> (94%)", []),
        ("<Joan Pratt> was 94 miles away", []),
    ],
)
def test_an_age_beside_a_name_is_one(text: str, aged: list[str]) -> None:
    """Behind a person who was found a number of an old age in brackets or commas, or behind `is`, is their age."""
    start, end = text.index("<"), text.index(">") - 1
    plain = text.replace("<", "").replace(">", "")
    found = find_ages(plain, [Span(start, end, Entity.PERSON, 0.9)])
    assert [plain[span.start : span.end] for span in found] == aged
    assert not list(find_ages(plain, [Span(start, end, Entity.ORGANISATION, 0.9)]))
