"""Names of communities whose names are short, or words, or on no list: found in small letters."""

from __future__ import annotations

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.redaction import Redactor

REDACTOR = Redactor(RulesAndNames())


@pytest.mark.parametrize(
    "name",
    [
        "nguyen thi lan", "tran van minh", "pham thi huong", "le quang dung", "bui ngoc anh", "do van tuan",
        "vo minh chau", "dang duc long", "ngo kim yen", "hoang thi mai", "ho thi thu trang", "lam quoc hung",
        "NGUYEN THI LAN", "Do Van Tuan", "nguyễn thị lan",
        "mizelli lee", "shadrach doe", "sinfi boswell", "job quilligan",
    ],
)  # fmt: skip
def test_a_full_name_goes_as_a_whole(name: str) -> None:
    """No part of it is left beside the placeholder."""
    assert REDACTOR.redact([f"{name} was seen at home"])[0].text == "[PERSON] was seen at home"


@pytest.mark.parametrize(
    "text",
    [
        "what to do van or car",
        "do long walks help",
        "she will do hang up the phone",
        "ho hum said nobody",
        "the dang van broke",
        "ta son hang on",
        "the mac van hung long",
        "so do son and dad",
        "ta sang and left",
        "a la long term plan",
        "to hang a coat up",
        "do van checks",
        "the lam sang song",
    ],
)
def test_words_that_are_parts_of_such_names_stay(text: str) -> None:
    """Words side by side that could be parts of a Vietnamese name are left where none is a name alone."""
    assert REDACTOR.redact([text])[0].text == text
