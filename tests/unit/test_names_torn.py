"""Names that a hyphen tears at the end of a line, that underscores join, and that an account runs together."""

from __future__ import annotations

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.entities import Entity, Span
from anonymise.prose.recorded.known_values import KnownValue
from anonymise.prose.redaction import Redactor, merge

REDACTOR = Redactor(RulesAndNames())
ROW = [KnownValue("Siobhan", Entity.PERSON), KnownValue("O'Callaghan", Entity.PERSON, is_surname=True)]


@pytest.mark.parametrize(
    ("text", "found", "replaced"),
    [
        ("to Jona-\nthan today", "Jona", ["Jona-\nthan"]),
        ("to Jona-\nthan today", "Jona-", ["Jona-\nthan"]),
        ("Mr Pember-\nton called", "Mr Pember-\nton", ["Mr Pember-\nton"]),
        ("to Joan\nthan was planned", "Joan", ["Joan"]),
        ("to Joan -\nthen left", "Joan", ["Joan"]),
    ],
)
def test_a_name_that_is_torn_at_the_end_of_a_line_goes_whole(text: str, found: str, replaced: list[str]) -> None:
    """Behind a hyphen at the end of a line the small letters of the next one belong to the name."""
    start = text.index(found)
    spans = merge(text, [Span(start, start + len(found), Entity.PERSON, 0.5)])
    assert [text[span.start : span.end] for span in spans] == replaced


def test_two_underscores_join_a_name() -> None:
    """What stands behind two underscores is the same person's surname."""
    assert REDACTOR.redact(["Jonathan__Pemberton came"])[0].text == "[PERSON] came"


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("siobhanocallaghan@x", "[PERSON]@x"),
        ("insta siobhanocallaghan1 ok", "insta [PERSON] ok"),
        ("OCALLAGHANSIOBHAN99", "[PERSON]"),
        ("mssiobhanocallaghanx", "mssiobhanocallaghanx"),
    ],
)
def test_two_names_of_the_row_in_one_word_are_found(text: str, published: str) -> None:
    """In either order, in any case, before a sign or figures; not within a longer word."""
    assert REDACTOR.redact([text], [ROW])[0].text == published


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("4471 Hughes attended", "[REFERENCE] [PERSON] attended"),
        ("Seen. 44713 Agnieszka attended", "Seen. [REFERENCE] [PERSON] attended"),
        ("statement by 4471 Agnieszka", "statement by [REFERENCE] [PERSON]"),
        ("1430 Agnieszka seen", "1430 [PERSON] seen"),
        ("2019 Agnieszka left", "2019 [PERSON] left"),
        ("about 5000 Agnieszka fans", "about 5000 [PERSON] fans"),
    ],
)
def test_a_number_before_a_name_is_an_officers_where_a_clause_begins(text: str, published: str) -> None:
    """A number of four or five digits that is no year and no time stands for an officer there."""
    out = REDACTOR.redact([text.replace("Hughes", "Agnieszka")])[0].text
    assert out == published
